"""Exceptions that can sign what was not shown wait for a second registrar; until then they are projected."""

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.approvals import ask_approval, decide_approval
from accounts.actions.learners import create_learner
from accounts.errors import ApprovalDecidedError, OwnRecordError, SecondPersonNeededError
from accounts.models import Approval, ApprovalAct, ApprovalOutcome, ApprovedKind, Learner, Organization, Role, User
from accounts.pages.approval_mails import approval_asked_mail, approval_decided_mail
from competencies.models import Competency
from core import clock
from programs.audit.queries.audits import shown_audit
from programs.awards.actions.concerns import settle_concern
from programs.curriculum.actions.authoring import make_draft
from programs.curriculum.actions.publishing import ask_to_replace, publish_version
from programs.decisions.actions import grant_exception, record_milestone, record_recognition, withdraw_decision
from programs.decisions.actions.approving import approve_exceptions, ask_again
from programs.decisions.actions.exceptions import Wanted, grant_exceptions, previewed_exceptions
from programs.decisions.actions.milestones import save_milestone
from programs.decisions.actions.withdrawing import learners_with_ended_exceptions, raise_for_ended_exceptions
from programs.decisions.queries import batch_digest, request_of
from programs.enrollment.actions.enrolling import change_version, enroll, record_event
from programs.errors import (
    AlreadyExceptedError,
    AttainmentUnknownError,
    ExceptionsOfVersionError,
    NodeUnknownError,
    WordsMissingError,
)
from programs.integrity import wrong_progress
from programs.models import (
    Award,
    AwardConcern,
    ConcernKind,
    Enrollment,
    EventReason,
    ExceptionBatch,
    ExceptionReason,
    Granting,
    ProgramVersion,
    Progress,
    RecognitionBasis,
    RequirementException,
)
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import MONDAY, TUESDAY, level_of, show
from tests.programs.places import approved, ask_for, awarding, draft_of, open_assessment, root_of
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def credited(school: Organization, knead: Competency, bake: Competency) -> ProgramVersion:
    """Two competencies of 3 credits; the certificate is granted by rule."""
    open_assessment(school, knead, bake)
    draft = draft_of(school, "Credited")
    for competency in (knead, bake):
        ask_for(root_of(draft), competency, worth=3)
    return awarding(draft, Granting.AUTOMATIC)


@pytest.fixture
def studies(ada: Learner, credited: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=credited, on=START, by=registrar, at=MONDAY)


def percent() -> int:
    return Progress.objects.values_list("percent", flat=True).get()


def waive(studies: Enrollment, by: User, node: str = "r2", **facts: Any) -> RequirementException:
    return grant_exception(
        studies, kind=ExceptionKind.WAIVE, node=node, words="Has done it.", by=by, at=TUESDAY, **facts
    )


def test_a_waiver_of_credit_is_projected_until_it_is_approved(
    studies: Enrollment, registrar: User, second: User
) -> None:
    row = waive(studies, registrar)

    audited = shown_audit(studies, at=TUESDAY).audit
    assert (row.unapproved, percent(), audited.percent, audited.projected_percent) == (True, 0, 0, 50)
    request = Approval.objects.get()
    assert (request.act, "Has done it." in request.reason) == (ApprovalAct.EXCEPT, False)
    assert row.batch is not None
    with pytest.raises(SecondPersonNeededError):
        approve_exceptions(row.batch, approved=True, by=registrar, at=TUESDAY)

    decided = approve_exceptions(row.batch, approved=True, by=second, at=TUESDAY)

    row.refresh_from_db()
    assert (row.approval, row.unapproved, percent()) == (decided, False, 50)


def test_an_approval_given_on_the_page_of_approvals_counts_as_well(
    studies: Enrollment, registrar: User, second: User
) -> None:
    waive(studies, registrar)
    request = Approval.objects.get()

    decide_approval(request, approved=True, digest=request.digest, by=second, at=TUESDAY)

    assert (percent(), RequirementException.objects.get().unapproved) == (50, False)


def test_what_is_declined_never_counts_and_can_be_asked_again(
    studies: Enrollment, registrar: User, second: User
) -> None:
    batch = waive(studies, registrar).batch
    assert batch is not None

    approve_exceptions(batch, approved=False, by=second, at=TUESDAY)
    assert percent() == 0

    ask_again(batch, by=registrar, at=WEDNESDAY)
    approve_exceptions(batch, approved=True, by=second, at=WEDNESDAY)
    assert percent() == 50


def test_one_registrar_waives_what_brings_no_credit(ada: Learner, bread: ProgramVersion, registrar: User) -> None:
    studies = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)

    assert (waive(studies, registrar).unapproved, percent()) == (False, 50)


def test_a_substitute_below_the_level_waits_and_one_at_the_level_does_not(
    ada: Learner, bread: ProgramVersion, knead: Competency, bake: Competency, registrar: User, second: User
) -> None:
    studies = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    names = {}
    for rank in (1, 3):
        found = record_recognition(
            ada, basis=RecognitionBasis.TRANSFER, achieved_on=START, competency=bake, level=level_of(bake, rank),
            by=registrar, at=TUESDAY,
        )  # fmt: skip
        names[rank] = f"recognition:{found.public_id}"
    arguments = {"node": "r2", "words": "As good.", "by": registrar, "at": TUESDAY}

    low = grant_exception(studies, kind=ExceptionKind.SUBSTITUTE, attainment=names[1], **arguments)  # type: ignore[arg-type]
    audited = shown_audit(studies, at=TUESDAY).audit
    assert (audited.percent, audited.projected_percent) == (50, 100)  # so the second registrar is told
    high = grant_exception(studies, kind=ExceptionKind.SUBSTITUTE, attainment=names[3], **arguments)  # type: ignore[arg-type]

    assert (low.unapproved, high.unapproved) == (True, False)


def test_what_is_unknown_or_stands_already_is_refused_at_the_door(
    studies: Enrollment, bake: Competency, registrar: User
) -> None:
    waive(studies, registrar)

    with pytest.raises(AlreadyExceptedError):
        waive(studies, registrar)
    with pytest.raises(NodeUnknownError):
        waive(studies, registrar, node="r77")
    with pytest.raises(AttainmentUnknownError):
        grant_exception(
            studies,
            kind=ExceptionKind.APPLY_HERE,
            node="r2",
            attainment="mastery:x",
            words="",
            by=registrar,
            at=TUESDAY,
        )
    with pytest.raises(WordsMissingError):
        grant_exception(studies, kind=ExceptionKind.FORCE_COMPLETE, node="r1", words="", by=registrar, at=TUESDAY)


def test_one_approval_covers_a_previewed_batch(
    ada: Learner, grace: Learner, credited: ProgramVersion, registrar: User, second: User
) -> None:
    rows = [enroll(person, version=credited, on=START, by=registrar, at=MONDAY) for person in (ada, grace)]
    wanted = Wanted(ExceptionKind.FORCE_COMPLETE, "r1", "The oven burnt down.", ExceptionReason.NOT_OFFERED)

    preview = previewed_exceptions(rows, wanted, by=registrar, at=TUESDAY)
    assert [(it.percent_now, it.percent_then, it.waits) for it in preview] == [(0, 100, True)] * 2
    assert (RequirementException.objects.count(), Approval.objects.count()) == (0, 0)

    granted = grant_exceptions(rows, wanted, by=registrar, at=TUESDAY)
    assert len({row.batch_id for row in granted}) == Approval.objects.count() == 1
    assert Award.objects.count() == 0
    withdraw_decision(granted[1], by=registrar, at=TUESDAY)
    approve_exceptions(ExceptionBatch.objects.get(), approved=True, by=second, at=TUESDAY)

    # What was withdrawn meanwhile stays withdrawn; the others count, and the award is granted by rule.
    assert [award.learner for award in Award.objects.awarded()] == [ada]
    decision = Award.objects.get().decision or {}
    assert [entry["act"]["approval"]["id"] for entry in decision["exceptions"]] == [
        str(Approval.objects.get().public_id)
    ]


def test_an_approval_is_of_the_version_that_was_asked_about(
    ada: Learner, grace: Learner, credited: ProgramVersion, registrar: User, second: User
) -> None:
    rows = [enroll(person, version=credited, on=START, by=registrar, at=MONDAY) for person in (grace, ada)]
    wanted = Wanted(ExceptionKind.FORCE_COMPLETE, "r1", "The oven burnt down.")
    batch = grant_exceptions(rows, wanted, by=registrar, at=TUESDAY)[0].batch
    projected = [shown_audit(row, at=TUESDAY).audit.projected_percent for row in rows]

    change_version(rows[0], version=next_version(credited, registrar, second), by=second, at=TUESDAY)

    # At once, for all whom the request was about, and whoever asked is told.
    request = Approval.objects.get(act=ApprovalAct.EXCEPT)
    assert (request.outcome, projected) == (ApprovalOutcome.VOID, [100, 100])
    assert [shown_audit(row, at=TUESDAY).audit.projected_percent for row in Enrollment.objects.all()] == [0, 0]
    assert (list(wrong_progress(at=TUESDAY)), Progress.objects.filter(percent=0).count()) == ([], 2)
    assert batch is not None
    with pytest.raises(ApprovalDecidedError):
        approve_exceptions(batch, approved=True, by=second, at=TUESDAY)


def test_a_request_is_void_with_the_last_exception_that_was_withdrawn(
    ada: Learner, grace: Learner, credited: ProgramVersion, registrar: User
) -> None:
    rows = [enroll(person, version=credited, on=START, by=registrar, at=MONDAY) for person in (ada, grace)]
    wanted = Wanted(ExceptionKind.FORCE_COMPLETE, "r1", "The oven burnt down.")
    outcomes = []

    for exception in grant_exceptions(rows, wanted, by=registrar, at=TUESDAY):
        withdraw_decision(exception, by=registrar, at=TUESDAY)
        outcomes.append(Approval.objects.get().outcome)

    assert outcomes == ["", ApprovalOutcome.VOID]


def test_a_request_is_void_where_the_enrollment_has_ended(studies: Enrollment, registrar: User, second: User) -> None:
    row = waive(studies, registrar)
    record_event(studies, kind=EventKind.WITHDRAW, on=TUESDAY.date(), reason=EventReason.WORK, by=registrar, at=TUESDAY)
    assert row.batch is not None

    decided = approve_exceptions(row.batch, approved=True, by=second, at=TUESDAY)

    row.refresh_from_db()
    assert (decided.outcome, row.approval) == (ApprovalOutcome.VOID, None)


def test_what_was_withdrawn_is_not_approved(studies: Enrollment, registrar: User, second: User) -> None:
    """Also where two were withdrawn at the same moment, so that neither was the last one."""
    waive(studies, registrar)
    RequirementException.objects.update(withdrawn_at=TUESDAY, withdrawn_by=registrar)
    request = Approval.objects.get()

    # On the page of approvals as on that of the exceptions.
    page = reverse("admin:accounts_approval_approve", args=[request.pk])
    answer = signed_in_client(second).post(page, {"sure": "on"}, follow=True)

    request.refresh_from_db()
    assert "What was asked has changed since" in answer.text
    assert (request.outcome, percent()) == (ApprovalOutcome.VOID, 0)


def test_nobody_excepts_or_approves_about_their_own_record(
    ada: Learner, studies: Enrollment, registrar: User, second: User
) -> None:
    batch = waive(studies, registrar).batch
    assert batch is not None
    Learner.objects.filter(pk=ada.pk).update(user=second)

    for approve in (True, False):
        with pytest.raises(OwnRecordError):
            approve_exceptions(batch, approved=approve, by=second, at=TUESDAY)
    with pytest.raises(OwnRecordError):
        waive(studies, second, node="r3")
    milestone = save_milestone(None, title="Tour", unit="", at=MONDAY)
    with pytest.raises(OwnRecordError):
        record_milestone(ada, milestone=milestone, on=START, by=second, at=TUESDAY)
    # Nobody else decides, since the other one is the learner: after a day the one who asked does.
    assert approve_exceptions(batch, approved=True, by=registrar, at=WEDNESDAY).single_person


def next_version(version: ProgramVersion, registrar: User, second: User) -> ProgramVersion:
    later = make_draft(version.program, based_on=version, by=None, at=MONDAY)
    asked = ask_to_replace(later, by=registrar, reason="A new year.", at=MONDAY)
    decide_approval(asked, approved=True, digest=asked.digest, by=second, at=MONDAY)
    return publish_version(later, by=registrar, at=MONDAY)


def test_what_was_approved_for_one_version_does_not_follow_into_another(
    studies: Enrollment, credited: ProgramVersion, registrar: User, second: User
) -> None:
    row = waive(studies, registrar)
    approved(row, by=second, at=TUESDAY)
    later = next_version(credited, registrar, second)

    with pytest.raises(ExceptionsOfVersionError):
        change_version(studies, version=later, by=registrar, at=WEDNESDAY)
    assert Enrollment.objects.get().version == credited

    withdraw_decision(row, by=registrar, at=WEDNESDAY)
    change_version(studies, version=later, by=registrar, at=WEDNESDAY)
    assert (Enrollment.objects.get().version, percent()) == (later, 0)


def test_the_database_asks_for_the_second_registrar_too(studies: Enrollment, registrar: User, second: User) -> None:
    row = waive(studies, registrar)
    decided = {
        "learner": row.learner,
        "enrollment": studies,
        "node": "r1",
        "decided_at": MONDAY,
        "decided_by": registrar,
    }

    with pytest.raises(IntegrityError, match="completed by force"), transaction.atomic():
        RequirementException.objects.create(kind="force_complete", **decided)
    with pytest.raises(IntegrityError, match="approved exactly this"), transaction.atomic():
        RequirementException.objects.filter(pk=row.pk).update(approval=Approval.objects.get())
    other = ExceptionBatch.objects.create(asked_at=MONDAY, asked_by=registrar)
    asked = ask_approval(
        ApprovalAct.EXCEPT, kind=ApprovedKind.EXCEPTION_BATCH, subject_id=other.public_id, digest=batch_digest(other),
        role=Role.REGISTRAR, reason="Other.", by=registrar, at=MONDAY,
    )  # fmt: skip
    decide_approval(asked, approved=True, digest=asked.digest, by=second, at=MONDAY)
    with pytest.raises(IntegrityError, match="approved exactly this"), transaction.atomic():
        RequirementException.objects.filter(pk=row.pk).update(approval=asked)
    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        RequirementException.objects.filter(pk=row.pk).update(node="r1")
    assert request_of(other) == asked


def test_withdrawing_what_an_award_rests_on_puts_it_on_the_worklist(
    ada: Learner, studies: Enrollment, knead: Competency, bake: Competency, registrar: User, second: User
) -> None:
    show(ada, knead, 3, by=registrar)
    recognised = record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, achieved_on=START, competency=bake, level=level_of(bake, 3),
        by=registrar, at=TUESDAY,
    )  # fmt: skip
    award = Award.objects.get()
    unused = record_milestone(ada, milestone=save_milestone(None, title="Tour", unit="", at=MONDAY), on=START,
                              by=registrar, at=TUESDAY)  # fmt: skip

    withdraw_decision(unused, by=registrar, at=WEDNESDAY)
    assert not AwardConcern.objects.exists()
    withdraw_decision(recognised, by=registrar, at=WEDNESDAY)

    concern = AwardConcern.objects.get()
    assert (concern.award, concern.kind, concern.subject_id) == (
        award, ConcernKind.DECISION_WITHDRAWN, recognised.public_id,
    )  # fmt: skip


def test_an_exception_that_ends_by_date_puts_the_award_on_the_worklist_once(
    ada: Learner, studies: Enrollment, knead: Competency, registrar: User, second: User
) -> None:
    show(ada, knead, 3, by=registrar)
    row = waive(studies, registrar, node="r3", ends_on=(TUESDAY + timedelta(days=3)).date())
    approved(row, by=second, at=TUESDAY)
    assert Award.objects.awarded().count() == 1

    later = TUESDAY + timedelta(days=5)
    assert learners_with_ended_exceptions(at=WEDNESDAY) == []
    assert learners_with_ended_exceptions(at=later) == [ada.pk]
    raised = raise_for_ended_exceptions(ada.pk, at=later)

    assert [concern.kind for concern in raised] == [ConcernKind.EXCEPTION_ENDED]
    settle_concern(raised[0], by=registrar, words="It was right then.", at=later)
    assert learners_with_ended_exceptions(at=later) == []
    assert raise_for_ended_exceptions(ada.pk, at=later) == []


def test_pages_and_mails_say_what_is_approved_and_then_what_became_of_it(
    ada: Learner, bread: ProgramVersion, bake: Competency, registrar: User, second: User
) -> None:
    studies = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    low = record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, achieved_on=START, competency=bake, level=level_of(bake, 1),
        by=registrar, at=TUESDAY,
    )  # fmt: skip
    row = grant_exception(
        studies, kind=ExceptionKind.SUBSTITUTE, node="r2", attainment=f"recognition:{low.public_id}",
        words="Nearly as good.", by=registrar, at=TUESDAY,
    )  # fmt: skip
    asked = Approval.objects.get()
    address = EmailAddress.objects.get_or_create(user=second, email=second.email)[0]
    counts = f"What is to count: bake · Can bake: {level_of(bake, 1).title}"
    audited = shown_audit(studies, at=clock.now()).audit
    change = f"{audited.percent} % now, {audited.projected_percent} % with it"

    mail = approval_asked_mail(asked, address).body
    desk = signed_in_client(second)
    page = desk.get(reverse("admin:programs_exceptionbatch_change", args=[row.batch_id])).text
    for text in (mail, page):
        assert (counts in text, change in text, ada.learner_number in text) == (True, True, True)
    assert f"at level {level_of(bake, 3).title}" in mail
    assert ("Nearly as good." in mail, "Nearly as good." in page) == (False, True)

    assert row.batch is not None
    approve_exceptions(row.batch, approved=False, by=second, at=TUESDAY)
    asked.refresh_from_db()
    declined = approval_decided_mail(asked, address).body
    assert ("was declined" in declined, "What follows" in declined, change in declined) == (True, False, False)

    again = ask_again(row.batch, by=registrar, at=WEDNESDAY)
    approve_exceptions(row.batch, approved=True, by=second, at=WEDNESDAY)
    again.refresh_from_db()
    approved_mail = approval_decided_mail(again, address).body
    assert ("nothing is left to do" in approved_mail, "can be done now" in approved_mail) == (True, False)
    page = desk.get(reverse("admin:programs_exceptionbatch_change", args=[row.batch_id])).text
    assert (counts in page, "% with it" in page) == (True, False)


def test_the_page_of_a_request_reads_its_subject_once_for_any_number_of_learners(
    credited: ProgramVersion, registrar: User, second: User
) -> None:
    people = [create_learner(f"Learner {number}", by=registrar, at=MONDAY) for number in range(4)]
    rows = [enroll(person, version=credited, on=START, by=registrar, at=MONDAY) for person in people]
    wanted = Wanted(ExceptionKind.FORCE_COMPLETE, "r1", "The oven burnt down.")
    desk, counts = signed_in_client(second), []

    for some in (rows[:1], rows[1:]):
        granted = grant_exceptions(some, wanted, by=registrar, at=TUESDAY)
        page = reverse("admin:accounts_approval_change", args=[Approval.objects.latest("pk").pk])
        desk.get(page)  # what a process keeps is read
        with CaptureQueriesContext(connection) as ran:
            text = desk.get(page).text
        counts.append(sum("programs_exceptionbatch" in query["sql"] for query in ran))
        assert [row.learner.learner_number in text for row in granted] == [True] * len(granted)

    assert counts == [3, 3]  # the batch, its exceptions, and where the person may decide
