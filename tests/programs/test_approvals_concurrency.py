"""Two people at one request for approval: who comes second finds what the first did, and nobody waits in a ring."""

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from accounts.actions.approvals import ask_approval, decide_approval
from accounts.actions.learners import create_learner
from accounts.actions.locking import lock_learners
from accounts.errors import ApprovalDecidedError
from accounts.models import Approval, ApprovalAct, ApprovalOutcome, ApprovedKind, Role, User
from core.text.canonical import digest
from programs.decisions.actions import grant_exception
from programs.enrollment.actions.enrolling import enroll
from programs.models import Progress
from programs.rules.attainments import ExceptionKind
from tests.accounts.test_links import started, wait_until_blocked
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_framework, new_scale
from tests.programs.places import open_assessment, published
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

START = date(2026, 3, 2)
OTHER_PLAN = digest("another plan")


@pytest.fixture
def registrars(db: None) -> tuple[User, User]:
    return make_staff(Role.REGISTRAR), make_staff(Role.REGISTRAR)


def ask(by: User, *, kind: ApprovedKind, subject: uuid.UUID, plan: str) -> Approval:
    act = ApprovalAct.EXCEPT if kind == ApprovedKind.EXCEPTION_BATCH else ApprovalAct.ROTATE_KEY
    return ask_approval(
        act, kind=kind, subject_id=subject, digest=plan, role=Role.REGISTRAR, reason="Why not", by=by, at=TUESDAY
    )


def caught(work: Callable[[], object], raised: list[BaseException]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a user would have met
            raised.append(error)

    return run


def test_who_asks_anew_while_the_old_request_is_decided_leaves_the_decision_alone(
    registrars: tuple[User, User],
) -> None:
    registrar, second = registrars
    subject = uuid.uuid4()
    old = ask(registrar, kind=ApprovedKind.ISSUER_KEY, subject=subject, plan=digest("a plan"))
    raised: list[BaseException] = []

    with transaction.atomic():
        decide_approval(old, approved=True, digest=old.digest, by=second, at=TUESDAY)
        again = caught(lambda: ask(registrar, kind=ApprovedKind.ISSUER_KEY, subject=subject, plan=OTHER_PLAN), raised)
        asking = started(again)
        wait_until_blocked()
    asking.join(20)

    assert raised == []
    assert list(Approval.objects.order_by("pk").values_list("digest", "outcome")) == [
        (old.digest, ApprovalOutcome.APPROVED),
        (OTHER_PLAN, ""),
    ]


def test_of_two_who_decide_one_request_the_second_finds_the_decision(registrars: tuple[User, User]) -> None:
    registrar, second = registrars
    request = ask(registrar, kind=ApprovedKind.ISSUER_KEY, subject=uuid.uuid4(), plan=OTHER_PLAN)
    third = make_staff(Role.REGISTRAR)
    raised: list[BaseException] = []

    with transaction.atomic():
        decide_approval(request, approved=False, digest=OTHER_PLAN, by=second, at=TUESDAY)
        deciding = started(
            caught(lambda: decide_approval(request, approved=True, digest=OTHER_PLAN, by=third, at=TUESDAY), raised)
        )
        wait_until_blocked()
    deciding.join(20)

    assert [type(error) for error in raised] == [ApprovalDecidedError]
    assert Approval.objects.get().decided_by == second


@pytest.mark.parametrize("decides", [True, False])
def test_whoever_asks_or_decides_about_learners_waits_for_them_before_holding_the_request(
    registrars: tuple[User, User], *, decides: bool
) -> None:
    registrar, second = registrars
    school = institution.make()
    knead = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, knead)
    ada = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    studies = enroll(ada, version=published(school, "Bread", knead), on=START, by=registrar, at=MONDAY)
    batch = grant_exception(
        studies, kind=ExceptionKind.FORCE_COMPLETE, node="r1", words="Could do it.", by=registrar, at=TUESDAY
    ).batch
    assert batch is not None
    request = Approval.objects.get()
    raised: list[BaseException] = []
    acts: dict[bool, Callable[[], object]] = {
        True: lambda: decide_approval(request, approved=True, digest=request.digest, by=second, at=TUESDAY),
        False: lambda: ask(second, kind=ApprovedKind.EXCEPTION_BATCH, subject=batch.public_id, plan=OTHER_PLAN),
    }

    with transaction.atomic():
        lock_learners([ada.pk])
        other = started(caught(acts[decides], raised))
        wait_until_blocked()
        # Were the request locked by the one who waits for the learner, this would wait in a ring.
        Approval.objects.select_for_update(nowait=True).get()
    other.join(20)

    assert raised == []
    assert Progress.objects.get().percent == (100 if decides else 0)
