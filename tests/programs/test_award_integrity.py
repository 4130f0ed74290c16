"""Replaying every award: what was altered past the guards is found and named (invariant 4)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.actions.learners import create_learner
from accounts.models import Approval, Learner, Organization, Role, User
from assessments.evidence.actions import record_evidence, void_evidence
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.models import Evidence, EvidenceVoid, MasteryPolicyVersion, VoidReason
from competencies.models import Competency, Framework, ProficiencyScale
from programs.audit.queries.attainments import attainments_of
from programs.audit.rules.context import NEWEST
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import grant_exception, record_milestone, record_recognition, save_milestone
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems, wrong_awards
from programs.models import (
    AchievementVersion,
    Attribution,
    Award,
    Enrollment,
    Granting,
    MilestoneReached,
    Recognition,
    RecognitionBasis,
    RequirementException,
    RequirementKind,
)
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import (
    FRIDAY,
    MONDAY,
    TUESDAY,
    finding,
    level_of,
    new_competency,
    new_framework,
    new_scale,
    policy_json,
    put_below,
    show,
)
from tests.programs.places import (
    Ladder,
    approved,
    ask_for,
    awarding,
    draft_of,
    ladder_of,
    open_assessment,
    published,
    root_of,
)
from tests.recipes import institution, make_staff

START = date(2026, 3, 2)
Four = tuple[Competency, ...]


def unguarded(model: type[models.Model]) -> None:
    """From here on the table of a model can be changed, as by somebody who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")


@pytest.fixture
def craft_award(ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User) -> Award:
    """Ada's certificate, built on her micro-credential."""
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in four:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    assert list(problems(at=TUESDAY)) == []
    return Award.objects.get(achievement__title="Craft")


def later(**columns: Any) -> Callable[[models.QuerySet[Any]], object]:
    return lambda rows: rows.update(**columns)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "which", "alter", "differences"),
    [
        (Evidence, {"competency__code": "shape"}, later(performed_on=date(2026, 1, 1)), ("evidence",)),
        (Evidence, {"competency__code": "shape"}, later(setting="online"), ("evidence",)),
        (Attribution, {"requirement_key": "r3"}, later(level=4), ("attribution 3 is not what was decided: level",)),
        (Attribution, {"requirement_key": "r3"}, lambda rows: rows._raw_delete(rows.db), ("attribution 3 is gone",)),
        (Award, {}, later(name_as_awarded="Grace Hopper"), ("the name as awarded is another",)),
        (Award, {}, later(awarded_on=date(2026, 3, 9)), ("awarded_on is not what was decided",)),
        (Award, {}, later(credits=Decimal(11)), ("credits is not what was decided",)),
        (Award, {}, later(decision_digest=f"c1:{0:064x}"), ("its decision is not what its digest says",)),
        (Award, {}, later(decision={"on": "2026-03-04"}), ("its decision is not one that can be replayed",)),
        (Award, {}, later(decision=["nothing"]), ("its decision is not one that can be replayed",)),
        (AchievementVersion, {"title": "Craft"}, later(content={}), ("the achievement version is another",)),
        (MasteryPolicyVersion, {}, later(definition={}), ("is another",)),
    ],
)
def test_what_was_altered_past_the_guards_is_named(
    craft_award: Award, model: Any, which: dict[str, Any], alter: Callable[[Any], object], differences: tuple[str, ...]
) -> None:
    unguarded(model)
    rows = model.objects.filter(**which)
    if model is Award:
        rows = rows.filter(pk=craft_award.pk)
    elif model is Attribution:
        rows = rows.filter(award=craft_award)

    alter(rows)

    found = [line for line in wrong_awards() if line.startswith(f"Award {craft_award.public_id}: ")]
    assert any(part in line for part in differences for line in found), found


@pytest.mark.django_db
def test_an_attribution_that_was_never_decided_is_named(craft_award: Award) -> None:
    Attribution.objects.create(
        award=craft_award,
        learner=craft_award.learner,
        position=9,
        requirement_key="r9",
        kind="award",
        subject_id=craft_award.public_id,
        credits=0,
        basis="assessed_here",
    )

    assert list(wrong_awards()) == [f"Award {craft_award.public_id}: attribution 9 was never decided."]


@pytest.mark.django_db
def test_evidence_that_came_or_went_later_changes_no_award(
    craft_award: Award, four: Four, registrar: User, assessor: User
) -> None:
    show(craft_award.learner, four[2], 1, by=assessor, at=FRIDAY)
    EvidenceVoid.objects.create(
        evidence=Evidence.objects.filter(competency=four[2]).order_by("pk")[0],
        learner=craft_award.learner,
        reason="mistake",
        voided_at=FRIDAY,
        voided_by=registrar,
    )

    assert list(wrong_awards()) == []


@pytest.mark.django_db
def test_other_facts_under_an_award_are_replayed_too(
    ada: Learner, school: Organization, registrar: User, knead: Competency
) -> None:
    open_assessment(school, knead)
    draft = draft_of(school, "Safe bread")
    ask_for(root_of(draft), knead, worth=3)
    safety = save_milestone(None, title="Safety", unit="", at=MONDAY)
    node = Node(kind=RequirementKind.MILESTONE, milestone=safety)
    save_requirement(None, version=draft, parent=root_of(draft), node=node)
    enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=START, by=registrar, at=MONDAY)
    record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        competency=knead,
        level=level_of(knead, 3),
        achieved_on=START,
        by=registrar,
        at=TUESDAY,
    )
    record_milestone(ada, milestone=safety, on=START, by=registrar, at=TUESDAY)
    award = Award.objects.get()
    assert list(problems(at=TUESDAY)) == []
    assert sorted(award.attributions.values_list("kind", "basis")) == [
        ("milestone", "assessed_here"),
        ("recognition", "transfer"),
    ]

    for model, when in ((Recognition, "achieved_on"), (MilestoneReached, "reached_on")):
        name = model.objects.get().public_id
        model.objects.update(**{when: date(2020, 1, 1)})
        kind = model.__name__.removesuffix("Reached").lower()
        assert list(wrong_awards()) == [f"Award {award.public_id}: {kind}:{name} is not what was looked at."]
        model.objects.update(**{when: START})


@pytest.mark.django_db
def test_a_competency_decided_from_its_children_is_replayed_with_them(
    ada: Learner, school: Organization, registrar: User, assessor: User, baking: Framework, craft: ProficiencyScale
) -> None:
    whole, *parts = (new_competency(baking, code, craft) for code in ("bakery", "rolls", "loaves"))
    put_below(whole, *parts)
    every_part = {"method": "all@1", "scale": str(craft.public_id)}
    assign_policy(
        make_policy("Every part", definition=every_part, by=registrar, at=MONDAY), competency=whole, at=MONDAY
    )
    open_assessment(school, *parts)
    enroll(ada, version=published(school, "Bakery", whole), on=START, by=registrar, at=MONDAY)
    for competency in parts:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    award = Award.objects.get()
    assert list(problems(at=TUESDAY)) == []
    assert len((award.decision or {})["evidence"]) == 2

    # Another policy for a part, and another part, come later: the award rests on what was in force when it was granted.
    stricter = make_policy("Strict", definition=policy_json(craft, level=4), by=registrar, at=FRIDAY)
    assign_policy(stricter, competency=parts[0], at=FRIDAY)
    put_below(whole, new_competency(baking, "pretzels", craft))
    assert list(wrong_awards()) == []

    unguarded(Evidence)
    Evidence.objects.filter(competency=parts[0]).update(level=level_of(parts[0], 1))
    row = Evidence.objects.get(competency=parts[0])
    attainment_id = (award.decision or {})["mastery"][0]["attainment"]
    assert list(wrong_awards()) == [
        f"Award {award.public_id}: evidence {row.public_id} is not what was looked at.",
        f"Award {award.public_id}: {attainment_id} is decided otherwise.",
    ]


@pytest.mark.django_db
def test_a_requirement_that_is_met_without_any_award_is_named(craft_award: Award) -> None:
    studies = Enrollment.objects.get()
    unguarded(Award)
    waiting = Award.objects.proposed()
    waiting._raw_delete(waiting.db)

    assert list(problems(at=TUESDAY)) == [
        f"Enrollment {studies.pk} has met its requirements, and nothing was awarded or proposed."
    ]


class Histories(TestCase):
    """Whatever happens in whatever order, every award that was granted replays."""

    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(["show", "void", "correct"])),
            min_size=4,
            max_size=14,
        ),
        st.booleans(),
    )
    @settings(max_examples=6)
    def test_every_award_replays_from_facts_and_frozen_rules(
        self, steps: list[tuple[int, int, str]], twice: bool
    ) -> None:
        school: Organization = institution.make()
        staff = make_staff(Role.REGISTRAR)
        scale, framework = new_scale(), new_framework()
        four = [new_competency(framework, code, scale) for code in ("knead", "bake", "shape", "sell")]
        if twice:
            definition = policy_json(scale, method="n_times@1", times=2)
            assign_policy(make_policy("Twice", definition=definition, by=staff, at=MONDAY), at=MONDAY)
        ladder = ladder_of(school, *four)
        ada = create_learner("Ada Lovelace", by=staff, at=MONDAY)
        enroll(ada, version=ladder.diploma, on=START, by=staff, at=MONDAY)

        for place, (which, rank, what) in enumerate(steps):
            _happen(ada, four[which], rank, what, staff, place)

        assert list(problems(at=TUESDAY)) == []


def _happen(ada: Learner, competency: Competency, rank: int, what: str, staff: User, place: int) -> None:
    at = MONDAY + timedelta(hours=place)
    rows = Evidence.objects.filter(competency=competency, void=None).order_by("-pk")
    newest = next((row for row in rows if not Evidence.objects.filter(piece=row.piece, pk__gt=row.pk).exists()), None)
    if what == "void" and newest is not None:
        void_evidence(newest, reason=VoidReason.MISTAKE, by=staff, at=at)
    elif what == "correct" and newest is not None:
        record_evidence(ada, items=[finding(competency, rank, corrects=newest)], by=staff, at=at)
    else:
        record_evidence(ada, items=[finding(competency, max(rank, 3))], by=staff, at=at)


@pytest.fixture
def waived(
    ada: Learner, school: Organization, knead: Competency, bake: Competency, registrar: User, second: User
) -> RequirementException:
    """A waiver of credit that a second registrar approved; the certificate was granted on it by rule."""
    open_assessment(school, knead, bake)
    draft = draft_of(school, "Credited")
    for competency in (knead, bake):
        ask_for(root_of(draft), competency, worth=3)
    studies = enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=START, by=registrar, at=MONDAY)
    show(ada, knead, 3, by=registrar, at=MONDAY)
    row = grant_exception(studies, kind=ExceptionKind.WAIVE, node="r3", by=registrar, words="So.", at=MONDAY)
    return approved(row, by=second, at=MONDAY)


@pytest.mark.parametrize("broken", ["never asked", "of another act"])
def test_an_exception_without_the_approval_that_it_needs_is_named_with_its_award(
    broken: str, waived: RequirementException, registrar: User
) -> None:
    assert list(problems(at=TUESDAY)) == []
    unguarded(RequirementException)
    unguarded(Approval)

    if broken == "never asked":
        RequirementException.objects.update(batch=None, approval=None)
    else:
        Approval.objects.update(subject_id=registrar.public_id)

    found = list(problems(at=TUESDAY))
    assert f"Exception {waived.public_id} counts without the approval that it needs." in found
    award = Award.objects.get().public_id
    assert f"Award {award} was granted on exception {waived.public_id}, which nobody approved." in found


def test_a_substitute_that_was_corrected_since_needed_no_approval(
    ada: Learner, school: Organization, knead: Competency, bake: Competency, registrar: User
) -> None:
    open_assessment(school, knead, bake)
    draft = draft_of(school, "Asks for four")
    ask_for(root_of(draft), bake, rank=4)
    studies = enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)
    (evidence,) = show(ada, knead, 4, by=registrar, at=MONDAY).evidence
    (piece,) = attainments_of(ada, at=MONDAY, method=NEWEST)
    row = grant_exception(
        studies, kind=ExceptionKind.SUBSTITUTE, node="r2", attainment=piece.id, by=registrar, words="So.", at=MONDAY
    )
    assert row.batch is None

    show(ada, knead, 3, by=registrar, at=TUESDAY, corrects=evidence)

    assert list(problems(at=TUESDAY)) == []
