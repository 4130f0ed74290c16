"""The state of an exception on a day is the same on every page, and what was refused is not even projected."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions.approvals import decide_approval
from accounts.models import Approval, ApprovalOutcome, Learner, Organization, User
from competencies.models import Competency
from core import clock
from core.text.canonical import digest
from programs.audit.queries.audits import shown_audit
from programs.awards.admin.grounds import decision_list
from programs.curriculum.actions.authoring import make_draft, remove_requirement
from programs.curriculum.actions.publishing import ask_to_replace, publish_version
from programs.decisions.actions import grant_exception, withdraw_decision
from programs.decisions.actions.approving import ask_again
from programs.enrollment.actions.enrolling import change_version, enroll
from programs.integrity import wrong_progress
from programs.models import Award, Enrollment, Granting, ProgramVersion, RequirementException
from programs.pathway.queries.pathways import pathway_of
from programs.rules.attainments import ExceptionKind
from programs.rules.exception_states import ExceptionState, exception_state
from tests.assessments.places import MONDAY, TUESDAY
from tests.programs.places import awarding, draft_of, open_assessment
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
DAY = timedelta(days=1)
WAITS = "waits for approval: it does not count yet"
DECLINED = "declined: it does not count"
VOID = "not approved, because what it was about has changed: it does not count"


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


def pages(desk: Client, row: RequirementException) -> list[str]:
    """The list of exceptions, the page of one, and that of its enrollment."""
    return [
        desk.get(address).text
        for address in (
            reverse("admin:programs_requirementexception_changelist"),
            reverse("admin:programs_requirementexception_change", args=[row.pk]),
            reverse("admin:programs_enrollment_change", args=[row.enrollment_id]),
        )
    ]


def forced(studies: Enrollment, registrar: User) -> RequirementException:
    return grant_exception(
        studies, kind=ExceptionKind.FORCE_COMPLETE, node="r1", words="Could do it.", by=registrar, at=TUESDAY
    )


@pytest.mark.parametrize("outcome", [ApprovalOutcome.DECLINED, ApprovalOutcome.VOID])
def test_what_was_not_approved_says_so_and_is_projected_only_once_it_is_asked_again(
    desk: Client, studies: Enrollment, registrar: User, second: User, outcome: ApprovalOutcome
) -> None:
    row = forced(studies, registrar)
    request = Approval.objects.get()
    seen = digest("another") if outcome == ApprovalOutcome.VOID else request.digest
    decide_approval(request, approved=False, digest=seen, by=second, at=TUESDAY)

    words = {ApprovalOutcome.DECLINED: DECLINED, ApprovalOutcome.VOID: VOID}[outcome]
    assert [(words in page, WAITS in page, "Projected:" in page) for page in pages(desk, row)] == [
        (True, False, False)
    ] * 3
    assert shown_audit(studies, at=clock.now()).audit.projected_percent == 0
    assert pathway_of(Enrollment.objects.get(), at=clock.now()).audit.projected_percent == 0
    assert list(wrong_progress(at=TUESDAY)) == []

    assert row.batch is not None
    ask_again(row.batch, by=registrar, at=TUESDAY + DAY)

    assert [(words in page, WAITS in page) for page in pages(desk, row)] == [(False, True)] * 3
    assert "Projected: with what waits for approval everything is met." in pages(desk, row)[2]
    assert list(wrong_progress(at=TUESDAY + DAY)) == []


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "words"),
    [
        (None, None, "in force"),
        (0, 1, "in force"),
        (1, None, "it does not count yet"),
        (None, 0, "it counts no more"),
    ],
)
def test_days_are_part_of_the_state(
    desk: Client, studies: Enrollment, registrar: User, starts_in: int | None, ends_in: int | None, words: str
) -> None:
    today = clock.civil_date(clock.now(), studies.version.program.organization.zone)
    starts_on, ends_on = (None if days is None else today + days * DAY for days in (starts_in, ends_in))
    row = grant_exception(
        studies, kind=ExceptionKind.WAIVE, node="r2", words="", by=registrar, starts_on=starts_on, ends_on=ends_on
    )

    counts = words == "in force"
    assert shown_audit(studies, at=clock.now()).audit.percent == (50 if counts else 0)
    assert [(words in page, counts or "in force" not in page) for page in pages(desk, row)] == [(True, True)] * 3

    withdraw_decision(row, by=registrar)
    assert ["withdrawn on" in page for page in pages(desk, row)] == [True] * 3


def test_what_was_withdrawn_or_refused_never_reads_as_in_force() -> None:
    facts = {"on": START, "starts_on": START + DAY, "ends_on": START + 2 * DAY, "outcome": "declined"}

    states = [
        exception_state(withdrawn=withdrawn, unapproved=unapproved, **facts)  # type: ignore[arg-type]  # of several types
        for withdrawn, unapproved in ((True, True), (True, False), (False, True), (False, False))
    ]

    assert states == [
        ExceptionState.WITHDRAWN,
        ExceptionState.WITHDRAWN,
        ExceptionState.DECLINED,
        ExceptionState.LATER,
    ]


def test_what_another_version_asked_for_does_not_read_as_in_force(
    desk: Client, studies: Enrollment, bread: ProgramVersion, registrar: User, second: User
) -> None:
    row = grant_exception(studies, kind=ExceptionKind.WAIVE, node="r2", words="", by=registrar, at=TUESDAY)
    later = make_draft(bread.program, based_on=bread, by=None, at=MONDAY)
    remove_requirement(later.requirements.get(key="r2"))
    asked = ask_to_replace(later, by=registrar, reason="A new year.", at=MONDAY)
    decide_approval(asked, approved=True, digest=asked.digest, by=second, at=MONDAY)

    change_version(studies, version=publish_version(later, by=registrar, at=MONDAY), by=registrar, at=TUESDAY)

    words = "the version has no such requirement: it does not count"
    assert [(words in page, "in force" in page) for page in pages(desk, row)] == [(True, False)] * 3


def test_the_grounds_of_an_award_say_what_became_of_an_exception(
    ada: Learner, school: Organization, knead: Competency, registrar: User, second: User
) -> None:
    open_assessment(school, knead)
    version = awarding(draft_of(school, "Kneading", knead), Granting.AUTOMATIC)
    row = forced(enroll(ada, version=version, on=START, by=registrar, at=MONDAY), registrar)
    request = Approval.objects.get()
    decide_approval(request, approved=True, digest=request.digest, by=second, at=TUESDAY)
    award = Award.objects.awarded().get()
    assert "Since then" not in decision_list(award)

    withdraw_decision(row, by=registrar, at=TUESDAY)

    assert "Since then: withdrawn on March 3, 2026" in decision_list(award)
