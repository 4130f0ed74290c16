"""Content `cairn-program@2` says what `@1` left unsaid; `@1` stays as it is, byte for byte (invariant 29)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.actions.organizations import save_organization
from accounts.errors import AwardingOrganizationError
from accounts.models import Learner, Organization, OrganizationKind, User
from assessments.models import Assessment
from competencies.actions import declare_credit
from competencies.models import Competency, Framework, ProficiencyScale
from core.text.canonical import digest
from programs.audit.queries.audits import audit_of
from programs.audit.queries.enrollment_facts import applying_tree_of, condition_facts_of
from programs.audit.queries.trees import tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.requirements import Condition, ListCap, MetBy, Operator, ShareCap, Unit
from programs.curriculum.actions.achievements import Terms, publish_achievement, set_achievement
from programs.curriculum.actions.authoring import (
    Node,
    make_draft,
    make_program,
    qualify_requirement,
    save_requirement,
    set_sharing,
)
from programs.curriculum.actions.publishing import publish_version, replacement_digest
from programs.curriculum.actions.version_credits import set_version_credit
from programs.curriculum.errors import TreeRefusedError
from programs.curriculum.queries.exclusivity import exclusivity_differences
from programs.curriculum.queries.findings import findings_of
from programs.curriculum.queries.signers import add_signer_check
from programs.enrollment.actions.cohorts import save_cohort
from programs.enrollment.actions.enrolling import enroll
from programs.errors import NotADraftError, PartnerAwardsError, QualifierError
from programs.models import (
    AchievementType,
    Award,
    Granting,
    OrganizationRole,
    ProgramVersion,
    Requirement,
    RequirementKind,
    Sharing,
)
from programs.models import MetBy as MetByColumn
from programs.pathway.admin import audit_of_enrollment
from programs.pathway.pages.conditions import conditions_of
from programs.pathway.queries.pathways import pathway_of
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, new_competency, show
from tests.programs.earlier import as_published_before
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, published, root_of, stack
from tests.recipes import institution

pytestmark = pytest.mark.django_db

SHARED, EXCLUSIVE = Sharing.SHARED, Sharing.EXCLUSIVE
START = date(2026, 3, 2)
AUTUMN = {"fact": "cohort", "op": "in", "values": ["Autumn"]}


def free_credits(parent: Requirement, amount: int, *accepts: Competency, **qualifiers: Any) -> Requirement:
    """A leaf that asks for an amount of credit from these competencies, or from any."""
    names = [str(competency.public_id) for competency in accepts] or ["*"]
    node = Node(
        kind=RequirementKind.CREDITS,
        title="Electives",
        credits_least=Decimal(amount),
        qualifiers={"accepts": names, **qualifiers},
    )
    return save_requirement(None, version=parent.version, parent=parent, node=node)


def codes_of(version: ProgramVersion) -> list[tuple[str, str]]:
    return [(entry.finding.node, entry.finding.code) for entry in findings_of(version)]


def stored(version: ProgramVersion) -> dict[str, Any]:
    assert version.content is not None
    return dict(version.content)


def test_a_new_version_says_whether_each_group_shares(draft: ProgramVersion, knead: Competency) -> None:
    electives = free_credits(root_of(draft), 3, knead)
    assert codes_of(draft) == [("r1", "sharing_undecided_exclusive")]
    set_sharing(root_of(draft), sharing=EXCLUSIVE)

    version = publish_version(draft, by=None, at=MONDAY)

    content = stored(version)
    assert (content["format"], content["programs_met_by"], content["tree"]["exclusive"]) == (
        "cairn-program@2",
        "award",
        True,
    )
    assert "exclusive" not in content["tree"]["children"][0]
    assert [child.id for child in tree_of(version).children] == ["r2", "r3", electives.key]
    assert tree_of(version).exclusive


def test_a_group_without_overlap_is_written_as_shared(bread: ProgramVersion) -> None:
    assert stored(bread)["tree"]["exclusive"] is False


def test_every_rule_is_frozen_and_read_back(draft: ProgramVersion, knead: Competency, bake: Competency) -> None:
    root = root_of(draft)
    one, other = str(knead.public_id), str(bake.public_id)
    qualifiers = {
        "min_pieces": 1,
        "excludes": [other],
        "max_listed": [{"accepts": [one], "most": "6.00", "unit": "credits"}],
        "accepts": ["*"],
    }
    electives = free_credits(root, 3, **qualifiers)
    save_requirement(
        root,
        version=draft,
        node=Node(
            kind=RequirementKind.ALL,
            title="Bread",
            sharing=SHARED,
            qualifiers={"share_caps": [{"between": ["r2", electives.key], "most": 1, "unit": "count"}]},
        ),
    )
    set_version_credit(draft, competency=None, worth=Decimal(3))

    version = publish_version(draft, by=None, at=MONDAY)

    tree = tree_of(version)
    leaf = tree.children[2]
    assert (leaf.min_pieces, leaf.excludes, leaf.max_listed) == (1, (other,), (ListCap((one,), 600, Unit.CREDITS),))
    assert tree.share_caps == (ShareCap("r2", electives.key, 1, Unit.COUNT),)
    assert tree.credit_table == (("*", 300),)
    assert leaf == applying(version).children[2]
    assert stored(version)["competencies"][other]["statement"] == "Can bake."


def applying(version: ProgramVersion) -> Any:
    """The tree read from the database, past what the process keeps."""
    from programs.audit.formats.audit_json import read_requirement

    return read_requirement(stored(ProgramVersion.objects.get(pk=version.pk))["tree"])


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("min_pieces", -1),
        ("min_pieces", "2"),
        ("excludes", ["knead"]),
        ("max_listed", [{"accepts": [], "most": 1, "unit": "count"}]),
        ("max_listed", [{"accepts": ["*"], "most": 1, "unit": "credits"}]),
        ("max_listed", [{"accepts": ["*"], "most": 1, "unit": "hours"}]),
        ("share_caps", [{"between": ["r2"], "most": 1, "unit": "count"}]),
        ("share_caps", [{"between": ["r2", "R 3"], "most": 1, "unit": "count"}]),
        ("condition", AUTUMN),
    ],
)
def test_a_rule_that_is_not_understood_is_refused_by_its_name(
    draft: ProgramVersion, member: str, value: object
) -> None:
    with pytest.raises(QualifierError) as refusal:
        qualify_requirement(root_of(draft), qualifiers={member: value})

    assert refusal.value.member == member


@pytest.mark.parametrize(
    "condition",
    [None, {"fact": "cohort", "op": "=", "values": ["a", "b"]}, {"fact": "cohort", "op": "<", "values": ["a"]}],
)
def test_one_or_the_other_needs_a_condition_that_can_be_read(
    draft: ProgramVersion, condition: dict[str, object] | None
) -> None:
    qualifiers = {} if condition is None else {"condition": condition}
    node = Node(kind=RequirementKind.IF, qualifiers=qualifiers)

    with pytest.raises(QualifierError):
        save_requirement(None, version=draft, parent=root_of(draft), node=node)


def test_what_was_published_before_stays_and_a_draft_from_it_says_that_it_is_shared(
    draft: ProgramVersion, knead: Competency, registrar: User
) -> None:
    free_credits(root_of(draft), 3, knead)
    set_sharing(root_of(draft), sharing=SHARED)
    before = as_published_before(publish_version(draft, by=None, at=MONDAY))
    content, marked = before.content, before.digest

    following = make_draft(before.program, based_on=before, by=registrar, at=TUESDAY)

    assert [node.sharing for node in following.requirements.order_by("pk")] == [SHARED, "", "", ""]
    assert codes_of(following) == []
    before.refresh_from_db()
    assert (before.content, before.digest, digest(content)) == (content, marked, marked)
    assert [tree_of(before).exclusive, "exclusive" in stored(before)["tree"]] == [False, False]


def test_a_draft_from_a_new_version_keeps_what_it_says(
    draft: ProgramVersion, knead: Competency, registrar: User
) -> None:
    free_credits(root_of(draft), 3, knead)
    set_sharing(root_of(draft), sharing=EXCLUSIVE)
    set_version_credit(draft, competency=knead, worth=Decimal(3))
    version = publish_version(draft, by=None, at=MONDAY)

    following = make_draft(version.program, based_on=version, by=registrar, at=TUESDAY)

    assert (root_of(following).sharing, following.credit_table.get().credits) == (EXCLUSIVE, Decimal(3))


def test_credit_is_of_the_requirement_else_of_the_version_else_of_the_framework(
    draft: ProgramVersion, baking: Framework, craft: ProficiencyScale, four: tuple[Competency, ...]
) -> None:
    knead, bake, shape, sell = four
    open_assessment(draft.program.organization, shape)
    ask_for(root_of(draft), shape, worth=4)
    free_credits(root_of(draft), 3)
    set_sharing(root_of(draft), sharing=SHARED)
    set_version_credit(draft, competency=shape, worth=Decimal(9))
    set_version_credit(draft, competency=bake, worth=Decimal(2))
    declare_credit(baking, credit=Decimal("1.5"), unit="credits")
    new_competency(baking, "mute", None)

    version = publish_version(draft, by=None, at=MONDAY)

    worth = {str(row.public_id): amount for row, amount in ((shape, 400), (bake, 200), (knead, 150), (sell, 150))}
    assert dict(tree_of(version).credit_table) == worth
    declare_credit(baking, credit=Decimal(7), unit="credits")
    assert dict(applying(version).credit_table) == worth


def test_a_framework_counts_in_its_own_unit_only(draft: ProgramVersion, baking: Framework) -> None:
    free_credits(root_of(draft), 3)
    declare_credit(baking, credit=Decimal(2), unit="hours")
    set_sharing(root_of(draft), sharing=SHARED)

    assert tree_of(publish_version(draft, by=None, at=MONDAY)).credit_table == ()


def test_the_approval_of_a_draft_is_void_when_a_credit_changes(
    bread: ProgramVersion, knead: Competency, registrar: User
) -> None:
    draft = make_draft(bread.program, based_on=bread, by=registrar, at=TUESDAY)
    free_credits(root_of(draft), 3, knead)
    before = replacement_digest(draft)

    set_version_credit(draft, competency=knead, worth=Decimal(3))

    assert replacement_digest(draft) != before


def test_a_stacked_program_keeps_its_own_credits(school: Organization, practice: Assessment, four: Any) -> None:
    knead, bake, shape, _sell = four
    inner = draft_of(school, "Bread", knead)
    free_credits(root_of(inner), 3)
    set_sharing(root_of(inner), sharing=SHARED)
    set_version_credit(inner, competency=bake, worth=Decimal(3))
    outer = draft_of(school, "Craft")
    stack(root_of(outer), publish_version(inner, by=None, at=MONDAY))
    free_credits(root_of(outer), 3)
    set_sharing(root_of(outer), sharing=SHARED)
    set_version_credit(outer, competency=shape, worth=Decimal(5))

    tree = tree_of(publish_version(outer, by=None, at=MONDAY))

    inside = dict(tree.children[0].children[0].credit_table)
    assert (inside[str(bake.public_id)], inside[str(shape.public_id)]) == (300, 0)


def test_what_meets_a_stacked_program_is_frozen(school: Organization, bread: ProgramVersion) -> None:
    craft = draft_of(school, "Craft")
    node = Node(kind=RequirementKind.PROGRAM, nested_version=bread, met_by=MetByColumn.TREE)
    save_requirement(None, version=craft, parent=root_of(craft), node=node)

    version = publish_version(craft, by=None, at=MONDAY)

    assert tree_of(version).children[0].met_by is MetBy.TREE


def test_mastery_fills_free_credits_and_counts_for_one_exclusive_part_only(
    draft: ProgramVersion, ada: Learner, knead: Competency, bake: Competency, registrar: User, assessor: User
) -> None:
    free_credits(root_of(draft), 3)
    set_sharing(root_of(draft), sharing=EXCLUSIVE)
    set_version_credit(draft, competency=None, worth=Decimal(3))
    version = publish_version(draft, by=None, at=MONDAY)
    studies = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)

    for competency in (knead, bake):
        show(ada, competency, 3, by=assessor, at=TUESDAY)
    audited = audit_of(studies, on=date(2026, 3, 6), at=FRIDAY)

    assert (audited.today.met, audited.today.distance) == (False, 300)


def one_or_the_other(parent: Requirement, condition: Mapping[str, object], *parts: Competency) -> Requirement:
    node = Node(kind=RequirementKind.IF, qualifiers={"condition": condition})
    chosen = save_requirement(None, version=parent.version, parent=parent, node=node)
    for competency in parts:
        ask_for(chosen, competency)
    return chosen


def test_a_condition_asks_of_a_cohort_what_it_asks(
    school: Organization, practice: Assessment, ada: Learner, grace: Learner, knead: Competency, bake: Competency,
    registrar: User,
) -> None:  # fmt: skip
    draft = draft_of(school, "Bread")
    chosen = one_or_the_other(root_of(draft), AUTUMN, knead, bake)
    version = publish_version(draft, by=None, at=MONDAY)
    autumn = save_cohort(None, version=version, title="Autumn", starts_on=START, ends_on=None, by=None)

    studies = enroll(ada, version=version, on=START, cohort=autumn, by=registrar, at=MONDAY)
    other = enroll(grace, version=version, on=START, by=registrar, at=MONDAY)

    assert tree_of(version).children[0].condition == Condition("cohort", Operator.AMONG, ("Autumn",))
    assert [step.node for step in audit_of(studies, on=START, at=MONDAY).today.steps] == ["r3"]
    assert [step.node for step in audit_of(other, on=START, at=MONDAY).today.steps] == ["r4"]
    assert [node.id for node in applying_tree_of(other, Method.THREE).walk()] == ["r1", chosen.key, "r4"]


def test_a_cohort_is_found_whatever_the_case_of_its_title_and_both_pages_say_why(
    school: Organization, practice: Assessment, ada: Learner, grace: Learner, knead: Competency, bake: Competency,
    registrar: User,
) -> None:  # fmt: skip
    draft = draft_of(school, "Bread")
    one_or_the_other(root_of(draft), AUTUMN, knead, bake)
    version = publish_version(draft, by=None, at=MONDAY)
    autumn = save_cohort(None, version=version, title="AUTUMN", starts_on=START, ends_on=None, by=None)
    studies = enroll(ada, version=version, on=START, cohort=autumn, by=registrar, at=MONDAY)
    other = enroll(grace, version=version, on=START, by=registrar, at=MONDAY)
    first, second = tree_of(version).children[0].children
    condition = f"If the cohort is “Autumn”, “{first.title}” is asked for."

    assert [step.node for step in audit_of(studies, on=START, at=MONDAY).today.steps] == [first.id]
    assert conditions_of(pathway_of(studies, at=MONDAY)) == (
        f"“{first.title}” is asked for, because the cohort is “AUTUMN”.",
    )
    assert audit_of_enrollment(other, at=MONDAY)["conditions"] == (
        f"“{second.title}” is asked for, because no cohort is on record. {condition}",
    )


def test_the_facts_of_an_enrollment(ada: Learner, bread: ProgramVersion, school: Organization, registrar: User) -> None:
    studies = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    autumn = save_cohort(None, version=bread, title="Autumn", starts_on=date(2026, 9, 1), ends_on=None, by=None)
    alone = {"admitted_on": "2026-03-02", "place_of_study": str(studies.organization.public_id)}
    assert dict(condition_facts_of(studies).values) == alone

    studies.cohort = autumn

    assert dict(condition_facts_of(studies).values) == {**alone, "cohort": "Autumn", "cohort_starts_on": "2026-09-01"}


def test_the_credits_of_a_published_version_stay(bread: ProgramVersion, knead: Competency) -> None:
    with pytest.raises(NotADraftError):
        set_version_credit(bread, competency=knead, worth=Decimal(1))
    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        bread.credit_table.create(competency=knead, credits=1)


# --- what is awarded (A6) ---


TERMS = Terms(achievement_type=AchievementType.CERTIFICATE, granting=Granting.AUTOMATIC, title="Baker")


def test_a_draft_touches_nothing_that_was_granted(
    draft: ProgramVersion, ada: Learner, knead: Competency, bake: Competency, registrar: User, assessor: User
) -> None:
    version = awarding(draft, Granting.AUTOMATIC)
    enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    for competency in (knead, bake):
        show(ada, competency, 3, by=assessor, at=TUESDAY)
    award = Award.objects.get()
    following = make_draft(version.program, based_on=version, by=registrar, at=TUESDAY)

    set_achievement(
        following, terms=replace(TERMS, achievement_type=AchievementType.DIPLOMA, title="Other"), by=None, at=FRIDAY
    )

    award.refresh_from_db()
    award.achievement.refresh_from_db()
    frozen = award.achievement_version
    assert (award.achievement.title, award.achievement.achievement_type) == ("Bread", "Certificate")
    assert (frozen.title, frozen.achievement_type, frozen.organization) == (
        "Bread",
        "Certificate",
        version.program.organization,
    )
    drafted = following.achievement_version
    assert (drafted.title, drafted.achievement_type) == ("Other", "Diploma")


def test_the_terms_of_a_published_version_are_frozen(draft: ProgramVersion, school: Organization) -> None:
    version = awarding(draft, Granting.REGISTRAR).achievement_version

    for columns in ({"achievement_type": "Diploma"}, {"organization": institution.make(name="Branch", parent=school)}):
        with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
            type(version).objects.filter(pk=version.pk).update(**columns)


def test_a_partner_does_not_award(school: Organization, draft: ProgramVersion) -> None:
    partner = institution.make(name="Acme", kind=OrganizationKind.PARTNER)

    with pytest.raises(PartnerAwardsError):
        make_program("AC", title="Acme's", organization=partner, by=None, at=MONDAY)
    with pytest.raises(IntegrityError, match="a partner does not award"), transaction.atomic():
        OrganizationRole.objects.create(version=draft, organization=partner, part="awarding")
    OrganizationRole.objects.create(version=draft, organization=partner, part="provider")
    with pytest.raises(AwardingOrganizationError):
        save_organization(
            school, name=school.name, kind=OrganizationKind.PARTNER, time_zone=school.time_zone, by=None, reason=""
        )


def test_a_version_whose_awards_nobody_can_sign_is_not_published(
    draft: ProgramVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("programs.curriculum.queries.signers._CHECKS", [])
    add_signer_check(lambda organization: organization.name == "Somebody else")

    with pytest.raises(TreeRefusedError) as refusal:
        publish_version(draft, by=None, at=MONDAY)

    assert [(finding.node, finding.code) for finding in refusal.value.findings] == [("r1", "nobody_signs")]


# --- versions published before ---


def overlapping_before(school: Organization, knead: Competency, bake: Competency) -> ProgramVersion:
    """A version in which one competency serves a choice and a part beside it, as it was published before."""
    draft = draft_of(school, "Bread", knead)
    choice = Node(kind=RequirementKind.CHOOSE, title="Choice", choose_count=1)
    group = save_requirement(None, version=draft, parent=root_of(draft), node=choice)
    ask_for(group, knead)
    ask_for(group, bake)
    set_sharing(root_of(draft), sharing=SHARED)
    return as_published_before(publish_version(draft, by=None, at=MONDAY))


def test_a_report_names_learners_whose_audit_would_differ(
    school: Organization, practice: Assessment, ada: Learner, grace: Learner, knead: Competency, bake: Competency,
    registrar: User, assessor: User,
) -> None:  # fmt: skip
    version = overlapping_before(school, knead, bake)
    published(school, "Cake", knead)
    studies = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    enroll(grace, version=version, on=START, by=registrar, at=MONDAY)
    show(ada, knead, 3, by=assessor, at=TUESDAY)
    for competency in (knead, bake):
        show(grace, competency, 3, by=assessor, at=TUESDAY)

    found = list(exclusivity_differences(version, at=FRIDAY))
    told = StringIO()
    call_command("report_exclusivity", stdout=told)

    assert [(row.enrollment, row.shared.status, row.exclusive.status) for row in found] == [(studies, "met", "unmet")]
    assert ada.learner_number in told.getvalue()
    assert grace.learner_number not in told.getvalue()
    assert "1 learners would be audited differently." in told.getvalue()


def test_publishing_an_award_twice_is_refused_as_before(bread: ProgramVersion) -> None:
    from programs.errors import AchievementExistsError

    with pytest.raises(AchievementExistsError):
        publish_achievement(bread, at=TUESDAY)
