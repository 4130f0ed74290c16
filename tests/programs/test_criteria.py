"""The criteria of an award as text: they tell the rules for free credits, limits and conditions."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import Organization
from assessments.models import Assessment
from competencies.models import Competency
from programs.audit.rules.requirements import Condition, Kind, ListCap, MetBy, Operator, Requirement, ShareCap, Unit
from programs.curriculum.actions.authoring import Node, save_requirement, set_sharing
from programs.curriculum.actions.version_credits import set_version_credit
from programs.curriculum.queries.criteria import criteria_of
from programs.models import AchievementVersion, Granting, ProgramVersion, RequirementKind, Sharing
from tests.programs.places import awarding, root_of

CONTENT = {
    "version": {"credit_unit": "credits"},
    "competencies": {
        "k": {"code": "K", "statement": "Can knead."},
        "b": {"code": "B", "statement": "Can bake."},
    },
}
KNEAD = Requirement("knead", Kind.COMPETENCY, title="K", accepts=("k",))
BAKE = Requirement("bake", Kind.COMPETENCY, title="B", accepts=("b",))
FREE = Requirement("free", Kind.CREDITS, title="Electives", accepts=("*",), min_credits=300)
AUTUMN = Condition("cohort", Operator.AMONG, ("Autumn 2026",))
EITHER = Requirement("if", Kind.IF, children=(KNEAD, BAKE), condition=AUTUMN)


def told(*parts: Requirement) -> list[str]:
    """The lines of a program of these parts."""
    return criteria_of(Requirement("r1", Kind.ALL, children=parts), CONTENT, "en").split("\n")


def test_a_condition_is_told_with_the_part_for_each_case() -> None:
    assert told(EITHER) == ["* If the cohort is “Autumn 2026”: Can knead; otherwise: Can bake"]
    assert told(replace(EITHER, title="By cohort")) == [
        "* By cohort: If the cohort is “Autumn 2026”: Can knead; otherwise: Can bake"
    ]
    assert told(replace(EITHER, children=(KNEAD,))) == ["* If the cohort is “Autumn 2026”: Can knead."]


def test_a_condition_between_groups_never_lists_both_as_asked_for() -> None:
    basics = Requirement("g", Kind.CHOOSE, title="Basics", n=1, children=(KNEAD, BAKE))

    assert told(replace(EITHER, children=(basics, BAKE))) == [
        "* One of these, by the condition",
        "  * If the cohort is “Autumn 2026”: Basics: 1 of these",
        "    * Can knead.",
        "    * Can bake.",
        "  * Otherwise: Can bake.",
    ]
    assert told(replace(EITHER, children=(basics,))) == [
        "* If the cohort is “Autumn 2026”: Basics: 1 of these",
        "  * Can knead.",
        "  * Can bake.",
    ]


def test_a_condition_in_a_condition_is_told() -> None:
    inner = replace(EITHER, id="inner", condition=Condition("admitted_on", Operator.AT_LEAST, ("2026-09-01",)))

    admitted = "If the day of admission is Sept. 1, 2026 or later: Can knead; otherwise: Can bake"
    assert told(replace(EITHER, children=(inner, BAKE))) == [
        "* One of these, by the condition",
        f"  * If the cohort is “Autumn 2026”: {admitted}",
        "  * Otherwise: Can bake.",
    ]


@pytest.mark.django_db
def test_a_place_of_study_is_told_by_its_name(school: Organization) -> None:
    here = Condition("place_of_study", Operator.AMONG, (str(school.public_id),))

    assert told(replace(EITHER, condition=here)) == [
        f"* If the place of study is {school.name}: Can knead; otherwise: Can bake"
    ]


def test_free_credits_are_told_with_their_amount_and_what_fills_them() -> None:
    group = replace(FREE, id="g", title="Breads", accepts=(), min_credits=450, children=(KNEAD,))

    assert told(FREE, replace(FREE, accepts=("k", "b")), group) == [
        "* Electives: at least 3 credits from anything that is worth credit",
        "* Electives: at least 3 credits from: Can knead, Can bake",
        "* Breads: at least 4.5 credits from these",
        "  * Can knead.",
    ]


def test_limits_on_what_counts_are_told() -> None:
    limited = replace(
        FREE,
        min_pieces=2,
        excludes=("b",),
        max_listed=(ListCap(("k", "b"), 1), ListCap(("k",), 600, Unit.CREDITS)),
    )

    limits = [
        "At least 2 different competencies",
        "At most 1 of these: Can knead, Can bake",
        "At most 6 credits from these: Can knead",
        "None of these: Can bake",
    ]
    assert told(limited) == [
        f"* Electives: at least 3 credits from anything that is worth credit ({'; '.join(limits)})"
    ]


def test_parts_that_share_nothing_or_little_are_told() -> None:
    parts = Requirement("g", Kind.ALL, title="Both", children=(KNEAD, BAKE), exclusive=True)
    whole = Requirement("r1", Kind.ALL, children=(KNEAD, FREE), share_caps=(ShareCap("knead", "free", 1),))

    assert told(parts)[0] == "* Both (Each piece of study counts toward one of these parts only)"
    assert criteria_of(whole, CONTENT, "en").split("\n")[2] == "* “K” and “Electives” share at most 1 piece of study"


@pytest.mark.parametrize(
    ("met_by", "words"),
    [
        (MetBy.AWARD, "The award of Bread"),
        (MetBy.TREE, "The requirements of Bread, whether it was awarded or not"),
        (MetBy.EITHER, "The award of Bread, or its requirements"),
    ],
)
def test_what_meets_a_stacked_program_is_told(met_by: MetBy, words: str) -> None:
    stacked = Requirement("p", Kind.PROGRAM, title="Bread", children=(KNEAD,), met_by=met_by)

    assert told(stacked) == [f"* {words}"]


@pytest.mark.django_db
def test_publishing_freezes_the_rules_in_the_criteria(
    draft: ProgramVersion, practice: Assessment, knead: Competency
) -> None:
    free = Node(
        kind=RequirementKind.CREDITS, title="Electives", credits_least=Decimal(3), qualifiers={"accepts": ["*"]}
    )
    save_requirement(None, version=draft, parent=root_of(draft), node=free)
    set_version_credit(draft, competency=None, worth=Decimal(3))
    set_sharing(root_of(draft), sharing=Sharing.EXCLUSIVE)

    version = awarding(draft, Granting.AUTOMATIC)

    frozen = AchievementVersion.objects.get(program_version=version)
    assert frozen.content is not None
    assert frozen.content["criteria"].split("\n") == [
        "* Can knead.",
        "* Can bake.",
        "* Electives: at least 3 credits from anything that is worth credit",
        "* Each piece of study counts toward one of these parts only",
    ]
