"""Approvals by a second person."""

import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage

from accounts.actions.approvals import ask_approval, decide_approval
from accounts.errors import (
    ApprovalDecidedError,
    ApprovalMissingError,
    ApprovalOpenError,
    NotTheirsToDecideError,
    SecondPersonNeededError,
    TooEarlyAloneError,
)
from accounts.models import Approval, ApprovalAct, ApprovalOutcome, ApprovedKind, Role, User
from accounts.queries.access import approval_for
from accounts.tasks import mail_approval_alone, mail_approval_asked, mail_approval_decided
from core.jobs.models import Job
from core.text.canonical import digest
from tests.accounts.conftest import MONDAY
from tests.recipes import make_staff

KEY = uuid.UUID(int=7)
PLAN = digest({"retire": "k-1", "activate": "k-2"})
OTHER_PLAN = digest({"retire": "k-1", "activate": "k-3"})
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def colleague(registrar: User) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def question(registrar: User) -> Approval:
    return ask(registrar)


def ask(by: User, plan: str = PLAN) -> Approval:
    return ask_approval(
        ApprovalAct.ROTATE_KEY,
        kind=ApprovedKind.ISSUER_KEY,
        subject_id=KEY,
        digest=plan,
        role=Role.REGISTRAR,
        reason="yearly",
        by=by,
        at=MONDAY,
    )


def approval_of_plan(plan: str = PLAN) -> Approval:
    return approval_for(ApprovalAct.ROTATE_KEY, kind=ApprovedKind.ISSUER_KEY, subject_id=KEY, digest=plan)


def test_a_colleague_approves_at_once(question: Approval, colleague: User) -> None:
    decide_approval(question, approved=True, digest=PLAN, by=colleague, at=MONDAY)

    assert approval_of_plan() == question


def test_what_is_declined_is_not_given(question: Approval, colleague: User) -> None:
    decide_approval(question, approved=False, digest=PLAN, by=colleague, at=MONDAY)

    with pytest.raises(ApprovalMissingError):
        approval_of_plan()


def test_an_approval_is_for_one_plan_only(question: Approval, colleague: User) -> None:
    decide_approval(question, approved=True, digest=PLAN, by=colleague, at=MONDAY)

    with pytest.raises(ApprovalMissingError):
        approval_of_plan(OTHER_PLAN)


def test_what_has_changed_meanwhile_voids_the_question(question: Approval, colleague: User) -> None:
    decided = decide_approval(question, approved=True, digest=OTHER_PLAN, by=colleague, at=MONDAY)

    assert (decided.outcome, decided.decided_by) == (ApprovalOutcome.VOID, None)


def test_who_asks_does_not_decide_while_others_can(question: Approval, registrar: User, colleague: User) -> None:
    with pytest.raises(SecondPersonNeededError):
        decide_approval(question, approved=True, digest=PLAN, by=registrar, at=MONDAY + 2 * DAY)


def test_who_is_alone_waits_a_day(question: Approval, registrar: User) -> None:
    with pytest.raises(TooEarlyAloneError):
        decide_approval(question, approved=True, digest=PLAN, by=registrar, at=MONDAY + DAY - HOUR)

    assert decide_approval(question, approved=True, digest=PLAN, by=registrar, at=MONDAY + DAY).single_person


def test_those_who_watch_are_told_when_somebody_may_decide_alone(
    registrar: User, mailoutbox: list[EmailMessage]
) -> None:
    address = EmailAddress.objects.create(user=make_staff(Role.INSPECTOR), email="i@lakeside.example", primary=True)
    approval = ask(registrar)

    job = Job.objects.get(name="accounts.mail_approval_alone")
    mail_approval_alone(*job.args)

    assert (job.args, mailoutbox[0].to) == ([address.pk, approval.pk], [address.email])
    assert f"/admin/accounts/approval/{approval.pk}/change/" in str(mailoutbox[0].body)


def test_nobody_is_told_where_others_can_decide(registrar: User, colleague: User) -> None:
    EmailAddress.objects.create(user=colleague, email="c@lakeside.example", primary=True)
    ask(registrar)

    assert not Job.objects.exists()


def verified(user: User) -> EmailAddress:
    address: EmailAddress = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return address


def test_those_who_can_decide_are_asked_and_who_asked_hears_of_the_decision(
    registrar: User, colleague: User, mailoutbox: list[EmailMessage]
) -> None:
    asking, deciding = verified(registrar), verified(colleague)
    verified(make_staff(Role.INSPECTOR))
    approval = ask(registrar)
    (asked,) = Job.objects.all()
    mail_approval_asked(*asked.args)

    decide_approval(approval, approved=True, digest=PLAN, by=colleague, at=MONDAY)
    told = Job.objects.get(name="accounts.mail_approval_decided")
    mail_approval_decided(*told.args)
    mail_approval_asked(*asked.args)  # decided meanwhile: nobody is asked any more

    assert [(message.to, message.subject) for message in mailoutbox] == [
        ([deciding.email], "A request waits for your decision"),
        ([asking.email], "Your request was decided"),
    ]
    for message in mailoutbox:
        assert "What: rotate the key, issuer key." in str(message.body)
        assert "Reason: yearly" in str(message.body)
    assert f"{registrar.display_name} asks for your approval." in str(mailoutbox[0].body)
    assert f"Your request was approved by {colleague.display_name}." in str(mailoutbox[1].body)


def test_who_decides_alone_hears_nothing_of_it(question: Approval, registrar: User) -> None:
    verified(registrar)

    decide_approval(question, approved=True, digest=PLAN, by=registrar, at=MONDAY + DAY)

    assert not Job.objects.filter(name="accounts.mail_approval_decided").exists()


def test_an_outdated_request_is_told_as_such(
    question: Approval, registrar: User, colleague: User, mailoutbox: list[EmailMessage]
) -> None:
    verified(registrar)

    decide_approval(question, approved=True, digest=OTHER_PLAN, by=colleague, at=MONDAY)
    mail_approval_decided(*Job.objects.get(name="accounts.mail_approval_decided").args)

    assert "Your request no longer counts" in str(mailoutbox[0].body)


def test_who_asked_first_hears_that_somebody_asked_for_something_else(
    question: Approval, registrar: User, colleague: User
) -> None:
    verified(registrar)

    ask(colleague, OTHER_PLAN)

    assert Job.objects.get(name="accounts.mail_approval_decided").args[1] == question.pk


def test_only_the_named_role_decides(question: Approval) -> None:
    with pytest.raises(NotTheirsToDecideError):
        decide_approval(question, approved=True, digest=PLAN, by=make_staff(Role.INSPECTOR), at=MONDAY)


def test_a_decision_is_made_once(question: Approval, colleague: User) -> None:
    decide_approval(question, approved=False, digest=PLAN, by=colleague, at=MONDAY)

    with pytest.raises(ApprovalDecidedError):
        decide_approval(question, approved=True, digest=PLAN, by=colleague, at=MONDAY)


def test_the_same_is_asked_once(question: Approval, registrar: User) -> None:
    with pytest.raises(ApprovalOpenError):
        ask(registrar)


def test_asking_for_another_plan_voids_the_first(question: Approval, registrar: User) -> None:
    ask(registrar, OTHER_PLAN)

    assert [approval.outcome for approval in Approval.objects.order_by("pk")] == [ApprovalOutcome.VOID, ""]
