"""What one row can break is a named constraint of the database; each is broken here once (invariants 1 and 19)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import Learner, Organization, User
from assessments.mastery.actions.policies import make_policy
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, ProficiencyScale
from programs.decisions.actions import grant_exception, record_recognition, save_milestone
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.models import (
    Achievement,
    AchievementVersion,
    Attribution,
    AuditMove,
    Award,
    AwardBody,
    AwardConcern,
    AwardConcernBody,
    Cohort,
    Enrollment,
    EnrollmentEvent,
    EnrollmentEventBody,
    EventReason,
    Milestone,
    MilestoneReached,
    OrganizationRole,
    Program,
    ProgramStaff,
    ProgramVersion,
    Progress,
    Recognition,
    RecognitionBasis,
    RecognitionBody,
    Requirement,
    RequirementException,
    RequirementExceptionBody,
    VersionCredit,
    VersionPolicyAssignment,
)
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import MONDAY, policy_json
from tests.programs.places import draft_of, root_of

pytestmark = pytest.mark.django_db

OF_AWARDS = (Achievement, AchievementVersion, Award, AwardBody, Attribution, AwardConcern, AwardConcernBody)

START, BEFORE, SHORT_YEAR = date(2026, 3, 2), date(2026, 3, 1), date(26, 3, 2)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    """An enrollment with one row of everything that can hang on it."""
    enrollment = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    record_event(
        enrollment, kind=EventKind.PAUSE, on=START, reason=EventReason.WORK, by=registrar, at=MONDAY, words="Words."
    )
    grant_exception(enrollment, kind=ExceptionKind.WAIVE, node="r2", words="Words.", by=registrar, at=MONDAY)
    leaf = bread.requirements.filter(kind="competency").order_by("pk")[0]
    record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        competency=leaf.competency,
        achieved_on=START,
        words="Words.",
        by=registrar,
        at=MONDAY,
    )
    return enrollment


def change(model: Any, **columns: Any) -> Callable[[], object]:
    """Change the first row of a model."""
    return lambda: model.objects.filter(pk=model.objects.order_by("pk")[0].pk).update(**columns)


def breakages(
    studies: Enrollment,
    draft: ProgramVersion,
    school: Organization,
    registrar: User,
    policy: MasteryPolicyVersion,
    knead: Competency,
) -> dict[str, Callable[[], object]]:
    """One breach of each named constraint."""
    root, bread = root_of(draft), studies.version
    leaf = root.children.order_by("sequence")[0]
    milestone = save_milestone(None, title="Safety", unit="", at=MONDAY)
    reached = {"learner": studies.learner, "milestone": milestone, "reached_on": START, "recorded_at": MONDAY}
    reached["recorded_by"] = registrar
    MilestoneReached.objects.create(**reached)
    Cohort.objects.create(version=bread, title="Autumn", starts_on=START)
    event = {"learner": studies.learner, "enrollment": studies, "effective_on": START, "recorded_at": MONDAY}
    version = {"program": draft.program, "made_at": MONDAY}

    def node(**columns: Any) -> Callable[[], object]:
        return lambda: Requirement.objects.filter(pk=leaf.pk).update(**columns)

    def of_draft(**columns: Any) -> Callable[[], object]:
        return lambda: ProgramVersion.objects.filter(pk=draft.pk).update(**columns)

    def happening(**columns: Any) -> Callable[[], object]:
        return lambda: EnrollmentEvent.objects.create(**{**event, "kind": "start", "reason": "work", **columns})

    def excepting(**columns: Any) -> Callable[[], object]:
        """Exceptions stay as they were decided, so that a breach is a new one."""
        decided = {"learner": studies.learner, "enrollment": studies, "decided_at": MONDAY, "decided_by": registrar}
        return lambda: RequirementException.objects.create(**{**decided, "kind": "waive", "node": "r2", **columns})

    def twice(model: Any, **columns: Any) -> Callable[[], object]:
        return lambda: [model.objects.create(**columns) for _ in range(2)]

    def out_of_place() -> None:
        node(sequence=1)()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return {
        "program_code_is_one": lambda: Program.objects.create(
            code=draft.program.code, title="x", organization=school, made_at=MONDAY
        ),
        "program_has_a_code": change(Program, code=" x"),
        "program_has_a_title": change(Program, title=" "),
        "program_version_numbered_once": lambda: ProgramVersion.objects.create(
            program=bread.program, made_at=MONDAY, number=1
        ),
        "program_version_one_draft_per_program": lambda: ProgramVersion.objects.create(**version, number=2),
        "program_version_numbers_from_one": of_draft(number=0),
        "program_version_state_is_known": lambda: ProgramVersion.objects.filter(pk=bread.pk).update(state="lost"),
        "program_version_names_its_unit": of_draft(credit_unit=""),
        "program_version_published_with_its_content": of_draft(published_at=MONDAY),
        "program_version_retired_at_an_instant": of_draft(retired_at=MONDAY),
        "program_version_closes_before_it_ends": of_draft(teach_out_until=START),
        "program_version_followed_by_another": of_draft(successor=draft.pk),
        "version_policy_one_per_scale": twice(
            VersionPolicyAssignment, version=draft, policy_version=policy, scale=policy.scale
        ),
        "requirement_key_once_per_version": node(key="r1"),
        "requirement_one_root_per_version": node(parent=None),
        "requirement_one_per_place": out_of_place,
        "requirement_kind_is_known": lambda: Requirement.objects.filter(pk=root.pk).update(kind="luck"),
        "requirement_key_is_plain": node(key="R 1"),
        "requirement_lies_below_another": node(parent=leaf.pk),
        "requirement_names_a_competency": node(competency=None),
        "requirement_names_a_program": node(nested_version=bread),
        "requirement_names_a_milestone": node(milestone=milestone),
        "requirement_says_how_many": node(choose_count=2),
        "requirement_says_how_much": node(quantity_least=2),
        "requirement_amounts_not_negative": node(credits=-1),
        "requirement_sharing_of_a_group": node(sharing="shared"),
        "requirement_met_by_of_a_program": node(met_by="tree"),
        "requirement_condition_of_an_if": node(qualifiers={"condition": {}}),
        "version_credit_one_per_competency": twice(VersionCredit, version=draft, competency=None, credits=1),
        "version_credit_not_negative": lambda: VersionCredit.objects.create(version=draft, credits=-1),
        "requirement_policy_origin_is_known": node(policy_origin="stars", policy_in_force=policy),
        "requirement_policy_has_an_origin": node(policy_in_force=policy),
        "organization_role_stated_once": twice(OrganizationRole, version=bread, organization=school, part="provider"),
        "organization_role_one_awards": lambda: [
            OrganizationRole.objects.create(version=bread, part="awarding", organization=place)
            for place in (
                school,
                Organization.objects.create(name="Branch", kind="ours", time_zone="UTC", parent=school),
            )
        ],
        "organization_role_part_is_known": lambda: OrganizationRole.objects.create(
            version=bread, organization=school, part="luck"
        ),
        "program_staff_named_once": twice(ProgramStaff, user=registrar, program=bread.program, starts_at=MONDAY),
        "program_staff_ends_after_it_starts": lambda: ProgramStaff.objects.create(
            user=registrar, program=bread.program, starts_at=MONDAY, ends_at="2020-01-01T00:00Z"
        ),
        "program_staff_lifted_after_it_ended": lambda: ProgramStaff.objects.create(
            user=registrar, program=bread.program, starts_at=MONDAY, lifted_at=MONDAY
        ),
        "cohort_title_once_per_version": lambda: Cohort.objects.create(version=bread, title="Autumn", starts_on=START),
        "cohort_has_a_title": change(Cohort, title=" "),
        "cohort_ends_after_it_starts": change(Cohort, ends_on=BEFORE),
        "enrollment_one_open_per_program": lambda: Enrollment.objects.create(
            learner=studies.learner,
            program=bread.program,
            version=bread,
            organization=school,
            admitted_on=START,
            enrolled_at=MONDAY,
        ),
        "enrollment_ends_after_it_starts": change(Enrollment, ended_on=BEFORE),
        "enrollment_event_kind_is_known": happening(kind="luck"),
        "enrollment_event_reason_is_known": happening(reason="luck"),
        "enrollment_event_corrects_another": happening(kind="correct"),
        "enrollment_event_names_a_version": happening(kind="change_version"),
        "enrollment_event_body_erased_is_empty": lambda: EnrollmentEventBody.objects.create(
            event=studies.events.order_by("pk")[0], content="x", salt=b"x", erased_at=MONDAY
        ),
        "milestone_title_is_one": lambda: Milestone.objects.create(title="Safety", made_at=MONDAY),
        "milestone_has_a_title": change(Milestone, title=""),
        "milestone_reached_once": lambda: MilestoneReached.objects.create(**reached),
        "milestone_reached_quantity_is_something": change(MilestoneReached, quantity=0),
        "milestone_reached_basis_is_known": change(MilestoneReached, basis="luck"),
        "milestone_reached_withdrawn_by_someone": change(MilestoneReached, withdrawn_at=MONDAY),
        "recognition_basis_is_known": change(Recognition, basis="luck"),
        "recognition_credits_not_negative": change(Recognition, credits=-1),
        "recognition_credits_within_the_source": change(Recognition, credits=2, source_credits=1),
        "recognition_brings_something": change(Recognition, competency=None),
        "recognition_level_is_of_a_competency": change(
            Recognition, competency=None, credits=1, level=policy.scale.levels.get(rank=1)
        ),
        "recognition_converts_a_level": change(Recognition, conversions={"a scale": 3}),
        "recognition_without_level_has_none": change(
            Recognition, level=policy.scale.levels.get(rank=1), without_level=True
        ),
        "recognition_ends_after_it_starts": change(Recognition, valid_until=START),
        "recognition_withdrawn_by_someone": change(Recognition, withdrawn_by=registrar),
        "recognition_body_erased_is_empty": lambda: RecognitionBody.objects.create(
            recognition=_bare(Recognition), content="x", salt=b"x", erased_at=MONDAY
        ),
        "requirement_exception_kind_is_known": excepting(kind="luck"),
        "requirement_exception_names_a_node": excepting(node=""),
        "requirement_exception_names_what_counts": excepting(attainment="x"),
        "requirement_exception_names_a_competency": excepting(competency=knead),
        "requirement_exception_ends_after_it_starts": excepting(starts_on=START, ends_on=START),
        "requirement_exception_withdrawn_by_someone": change(RequirementException, withdrawn_at=MONDAY),
        "requirement_exception_reason_is_known": excepting(reason="luck"),
        "requirement_exception_body_erased_is_empty": lambda: RequirementExceptionBody.objects.create(
            exception=_bare(RequirementException), content="x", salt=b"x", erased_at=MONDAY
        ),
        "progress_method_is_known": change(Progress, method="audit@0"),
        "audit_move_once_per_method": lambda: [_move(), _move()],
        "audit_move_between_two_methods": lambda: _move(new_method="audit@1"),
        "audit_move_status_is_known": lambda: _move(status_after="luck", changed=True),
        "audit_move_changed_where_figures_differ": lambda: _move(percent_after=1),
        "program_version_dates_are_plausible": of_draft(closed_to_entry_on=SHORT_YEAR),
        "program_staff_dates_are_plausible": lambda: ProgramStaff.objects.create(
            user=registrar, program=bread.program, starts_at="1026-01-01T00:00Z"
        ),
        "cohort_dates_are_plausible": change(Cohort, starts_on=SHORT_YEAR),
        "enrollment_event_dates_are_plausible": happening(effective_on=SHORT_YEAR),
        "milestone_reached_dates_are_plausible": change(MilestoneReached, reached_on=SHORT_YEAR),
        "recognition_dates_are_plausible": change(Recognition, achieved_on=SHORT_YEAR),
        "requirement_exception_dates_are_plausible": excepting(starts_on=SHORT_YEAR),
        "progress_status_is_known": change(Progress, status="luck"),
        "progress_percent_of_a_hundred": change(Progress, percent=101),
        "progress_met_when_nothing_is_left": change(Progress, status="met", percent=99),
        "progress_digest_is_one": change(Progress, digest="x"),
    }


def _move(**columns: Any) -> AuditMove:
    """A change of method of the one enrollment, without other figures."""
    enrollment = Enrollment.objects.get()
    figures = {f"{name}_{when}": 0 for name in ("percent", "distance", "credits") for when in ("before", "after")}
    same = {"status_before": "unmet", "status_after": "unmet", "changed": False, "moved_at": MONDAY, **figures}
    methods = {"old_method": "audit@1", "new_method": "audit@2"}
    return AuditMove.objects.create(
        learner_id=enrollment.learner_id, enrollment=enrollment, **{**methods, **same, **columns}
    )


def _bare(model: Any) -> Any:
    """A second row like the first one, which has no words yet."""
    row = model.objects.order_by("pk")[0]
    row.pk, row.public_id = None, None
    row._state.adding = True
    row.public_id = model._meta.get_field("public_id").get_default()
    row.save()
    return row


def named_constraints() -> set[str]:
    """Those of awards are broken in test_award_constraints."""
    models = [
        model
        for model in apps.get_app_config("programs").get_models()
        if not hasattr(model, "pgh_tracked_model") and model not in OF_AWARDS
    ]
    return {constraint.name for model in models for constraint in model._meta.constraints}


@pytest.fixture
def policy(craft: ProficiencyScale) -> MasteryPolicyVersion:
    return make_policy("Strict", definition=policy_json(craft), by=None, at=MONDAY)


@pytest.mark.parametrize("name", sorted(named_constraints()))
def test_each_named_constraint_holds(
    studies: Enrollment,
    draft: ProgramVersion,
    school: Organization,
    registrar: User,
    policy: MasteryPolicyVersion,
    knead: Competency,
    name: str,
) -> None:
    breach = breakages(studies, draft, school, registrar, policy, knead)[name]

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        breach()


def test_nothing_is_published_without_content(bread: ProgramVersion) -> None:
    new = {"program": bread.program, "number": 9, "made_at": MONDAY, "published_at": MONDAY, "digest": bread.digest}

    with pytest.raises(IntegrityError, match="program_version_published_with_its_content"):
        ProgramVersion.objects.create(**new, state="published", content=None)


@pytest.mark.parametrize("model", [EnrollmentEventBody, RecognitionBody, RequirementExceptionBody])
def test_words_are_erased_and_never_rewritten(studies: Enrollment, model: Any) -> None:
    with pytest.raises(IntegrityError, match="erased or stay"), transaction.atomic():
        model.objects.update(content="Others.")
    with pytest.raises(IntegrityError, match="erased or stay"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 - of this test

    assert model.objects.update(content=None, erased_at=MONDAY) == 1


def test_no_breach_is_left_over(
    studies: Enrollment, school: Organization, registrar: User, policy: MasteryPolicyVersion, knead: Competency
) -> None:
    draft = draft_of(school, "Cake", knead)

    assert set(breakages(studies, draft, school, registrar, policy, knead)) == named_constraints()
