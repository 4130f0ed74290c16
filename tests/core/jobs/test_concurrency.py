"""Several workers at once, and a database that goes away, on real PostgreSQL with threads."""

import threading
import time
from collections.abc import Callable

import pytest
import structlog
from django.db import OperationalError, connection, connections, transaction

from core.jobs import Lane, enqueue
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.worker import RunOutcome, answer_wake_up, drain
from tests.core.jobs import handlers
from tests.core.jobs.conftest import let_time_pass
from tests.core.jobs.test_sweep import in_thread

pytestmark = pytest.mark.django_db(transaction=True)

Promise = Callable[..., Job]


def test_four_workers_do_each_job_once() -> None:
    with transaction.atomic():
        for number in range(100):
            enqueue(handlers.insert if number % 2 else handlers.insert_leased, number)

    workers = [in_thread(lambda: drain(Lane.NOW)) for _ in range(4)]
    for worker in workers:
        worker.join()

    assert handlers.effects() == list(range(100))
    assert Job.objects.filter(state=JobState.DONE, attempts=1).count() == 100


def test_the_attempt_is_committed_before_the_handler_starts(promise: Promise) -> None:
    seen: list[object] = []

    def look_from_outside() -> None:
        in_thread(lambda: seen.extend(Job.objects.values_list("state", "attempts"))).join()

    promise(handlers.call_back)
    handlers.behaviour.append(look_from_outside)

    drain(Lane.NOW)

    assert seen == [("running", 1)]


@pytest.mark.parametrize("handler", [handlers.call_back, handlers.call_back_leased])
def test_a_worker_outlives_the_loss_of_its_connection(promise: Promise, handler: Callable[..., None]) -> None:
    lost: list[bool] = []

    def lose_connection_once() -> None:
        handlers.leave(len(lost))
        if not lost:
            lost.append(True)
            in_thread(lambda: _terminate(backend)).join()
        handlers.leave(10)

    promise(handler)
    handlers.behaviour.append(lose_connection_once)
    backend = _backend()

    with structlog.testing.capture_logs():
        first = drain(Lane.NOW)
        let_time_pass()
        second = drain(Lane.NOW)

    assert (first, second) == ({RunOutcome.FAILED: 1}, {RunOutcome.DONE: 1})
    leased = handler is handlers.call_back_leased
    assert handlers.effects() == ([0, 1, 10] if leased else [1, 10])


def test_a_commit_whose_answer_got_lost_is_not_repeated(promise: Promise) -> None:
    def break_after_commit() -> None:
        handlers.leave(1)
        transaction.on_commit(lambda: _raise(OperationalError("connection lost")))

    promise(handlers.call_back)
    handlers.behaviour.append(break_after_commit)

    with structlog.testing.capture_logs():
        outcomes = drain(Lane.NOW)
        let_time_pass()
        drain(Lane.NOW)

    assert (outcomes, handlers.effects()) == ({RunOutcome.LOST: 1}, [1])


def test_bulk_work_leaves_room_for_what_people_wait_for(promise: Promise) -> None:
    """One bulk job runs as long as we like; a second wake-up for bulk must not occupy the other process."""
    running, release = threading.Event(), threading.Event()

    def hold() -> None:
        running.set()
        release.wait(10)

    Job.objects.filter(pk=promise(handlers.call_back).pk).update(lane=Lane.BULK)
    promise(handlers.insert_bulk, 1)
    handlers.behaviour.append(hold)
    first = in_thread(lambda: answer_wake_up(Lane.BULK))
    running.wait(5)

    before = time.monotonic()
    answer_wake_up(Lane.BULK)
    promise(handlers.insert, 2)
    answer_wake_up(Lane.NOW)
    seconds, meanwhile = time.monotonic() - before, handlers.effects()
    release.set()
    first.join()

    assert seconds < 5
    assert (meanwhile, handlers.effects()) == ([2], [1, 2])


def test_a_promise_waits_for_nobody(promise: Promise) -> None:
    """Two transactions promise the same unique job: neither blocks, and one run stands for both."""
    with transaction.atomic():
        enqueue(handlers.insert, 1, unique=True)
        other = in_thread(lambda: promise(handlers.insert, 1, unique=True))
        other.join(5)
        assert not other.is_alive()

    assert drain(Lane.NOW) == {RunOutcome.DONE: 1}
    assert handlers.effects() == [1]


def test_a_run_sees_what_all_the_jobs_it_stands_for_are_about(promise: Promise) -> None:
    """A job whose transaction is still open is no twin yet: it gets a run of its own."""
    promise(handlers.insert, 1, unique=True)
    with transaction.atomic():
        enqueue(handlers.insert, 1, unique=True)
        in_thread(lambda: drain(Lane.NOW)).join()

    drain(Lane.NOW)

    assert handlers.effects() == [1, 1]


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    return int(pid)


def _terminate(backend: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def _raise(error: Exception) -> None:
    raise error
