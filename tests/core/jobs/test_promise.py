"""A promise is part of the transaction that makes it, and carries ids only."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from core import clock
from core.jobs import Lane, Mode, enqueue
from core.jobs.errors import NotAnIdError, OutsideTransactionError, UnknownHandlerError
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.outbox import ids_of
from core.jobs.worker import drain
from tests.core.jobs import handlers
from tests.core.jobs.handlers import CANARY, fail, insert, insert_bulk, insert_leased, remember

pytestmark = pytest.mark.django_db

Promise = Callable[..., Job]
WakeUps = Callable[[], list[str]]
NOT_IDS = [CANARY, "7", b"7", 1.0, True, None, [1], {"id": 1}, -1, 2**63, datetime(2026, 11, 22, tzinfo=UTC)]


@pytest.mark.django_db(transaction=True)
def test_a_job_is_promised_inside_a_transaction_only() -> None:
    with pytest.raises(OutsideTransactionError):
        enqueue(insert, 1)


def test_a_job_carries_the_handlers_name_lane_and_mode(promise: Promise) -> None:
    first, second = promise(insert_bulk, 1), promise(insert_leased, 2)

    assert (first.name, first.lane, first.mode, first.state) == ("tests.insert_bulk", Lane.BULK, Mode.ATOMIC, "waiting")
    assert (second.name, second.lane, second.mode, second.args) == ("tests.insert_leased", Lane.NOW, Mode.LEASED, [2])


def test_the_handler_gets_the_ids_as_they_were_promised(promise: Promise) -> None:
    public_id = uuid.uuid4()
    promise(remember, 7, public_id)

    drain(Lane.NOW)

    assert handlers.calls == [(7, public_id)]


def test_a_function_without_a_name_cannot_be_promised(promise: Promise) -> None:
    def nameless(_number: int) -> None: ...

    with pytest.raises(UnknownHandlerError):
        promise(nameless, 1)


def test_the_number_of_ids_is_checked_when_promising(promise: Promise) -> None:
    with pytest.raises(TypeError, match=r"tests\.insert does not take 2 ids"):
        promise(insert, 1, 2)


@pytest.mark.parametrize("value", NOT_IDS)
def test_only_ids_can_be_promised(promise: Promise, value: Any) -> None:
    with pytest.raises(NotAnIdError) as refusal:
        promise(insert, value)

    assert str(refusal.value) == f"a job takes ids of rows (int or UUID), not a {type(value).__name__}"


@given(st.text() | st.text().map(str.encode) | st.lists(st.text()) | st.floats())
def test_no_text_gets_into_a_job(value: Any) -> None:
    with transaction.atomic(), pytest.raises(NotAnIdError):
        enqueue(insert, value)


@given(st.lists(st.integers(0, 2**63 - 1) | st.uuids(), min_size=2, max_size=2))
def test_ids_come_back_as_they_went_in(ids: list[Any]) -> None:
    with transaction.atomic():
        made = enqueue(remember, *ids)

    assert ids_of(Job.objects.get(pk=made.pk)) == ids


@pytest.mark.parametrize("args", [[CANARY], ["7"], [1.5], [True], [None], [[1]], [{"id": 1}], {"id": 1}, CANARY, 7])
def test_the_database_refuses_text_in_a_job_too(args: Any) -> None:
    with pytest.raises(IntegrityError, match="job_args_are_ids"), transaction.atomic():
        Job.objects.create(name="tests.insert", lane="now", mode="atomic", max_attempts=1, args=args)


@pytest.mark.parametrize("args", [[], [1], [2**63 - 1], [str(uuid.UUID(int=5)), 3]])
def test_the_database_takes_ids(args: list[Any]) -> None:
    assert Job.objects.create(name="tests.insert", lane="now", mode="atomic", max_attempts=1, args=args).pk


def test_a_rolled_back_transaction_promises_nothing(wake_ups: WakeUps, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        promise_and_roll_back()

    assert (Job.objects.count(), wake_ups()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_one_commit_wakes_each_lane_once(wake_ups: WakeUps) -> None:
    with transaction.atomic():
        for number in range(5):
            enqueue(insert, number)
            enqueue(insert_bulk, number)

    assert sorted(wake_ups()) == ["bulk", "now"]


@pytest.mark.django_db(transaction=True)
def test_no_wake_up_is_sent_while_an_older_one_is_under_way(promise: Promise, wake_ups: WakeUps) -> None:
    for number in range(20):
        promise(insert, number)
    assert wake_ups() == ["now"]

    drain(Lane.NOW)
    promise(insert, 20)

    assert wake_ups() == ["now"]


@pytest.mark.django_db(transaction=True)
def test_an_expired_wake_up_holds_none_back(promise: Promise, wake_ups: WakeUps) -> None:
    long_ago = clock.now() - timedelta(minutes=1)
    Job.objects.filter(pk=promise(insert, 1).pk).update(run_at=long_ago)
    wake_ups()

    promise(insert, 2)

    assert wake_ups() == ["now"]


@pytest.mark.django_db(transaction=True)
def test_a_job_for_later_wakes_nobody(promise: Promise, wake_ups: WakeUps) -> None:
    promise(insert, 1, run_at=clock.now() + timedelta(hours=1))

    assert (wake_ups(), drain(Lane.NOW).total()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_does_not_swallow_a_later_wake_up(wake_ups: WakeUps) -> None:
    with transaction.atomic():
        promise_and_roll_back()
        enqueue(insert, 2)

    assert (wake_ups(), Job.objects.count()) == (["now"], 1)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_touch_the_promise(promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object, **_options: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("config.celery.app.send_task", unreachable)
    with structlog.testing.capture_logs() as lines:
        promise(insert, 1)

    assert Job.objects.waiting().count() == 1
    assert [(line["event"], line["error"]) for line in lines] == [("wake_up_not_sent", "OperationalError")]


def test_one_run_stands_for_all_unique_jobs_that_wait(promise: Promise) -> None:
    for number in (1, 1, 1, 2):
        promise(insert, number, unique=True)
    promise(insert, 1)

    drain(Lane.NOW)

    assert handlers.effects() == [1, 1, 2]  # once for the three, once for the one that is not unique
    assert Job.objects.filter(state=JobState.DONE).count() == 5


def test_a_unique_job_that_always_fails_gives_up_however_often_it_is_promised(promise: Promise) -> None:
    for _time in range(fail_attempts := 3):
        promise(fail, 1, unique=True)
        drain(Lane.NOW)

    assert Job.objects.dead().count() == 1
    assert Job.objects.dead().get().attempts == fail_attempts


def test_a_job_remembers_the_request_that_asked_for_it(promise: Promise) -> None:
    request_id = uuid.uuid4()
    with structlog.contextvars.bound_contextvars(request_id=str(request_id)):
        asked = promise(insert, 1)
    with structlog.contextvars.bound_contextvars(request_id=CANARY):
        forged = promise(insert, 1)

    assert (asked.request_id, forged.request_id) == (request_id, None)


def promise_and_roll_back() -> None:
    with transaction.atomic():
        enqueue(insert, 1)
        transaction.set_rollback(True)
