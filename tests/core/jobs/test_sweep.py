"""What dead workers leave is taken back, what live ones hold is not; old rows go."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core import clock
from core.jobs import Lane, sweep
from core.jobs.actions import dismiss_job
from core.jobs.failures import DIED
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.sweep import abandoned, finished_long_ago, lanes_with_work, remove_finished, take_back
from core.jobs.tasks import remove_finished_jobs, start
from core.jobs.tasks import sweep as sweep_task
from core.jobs.worker import RunOutcome, drain, take
from tests.core.jobs import handlers
from tests.core.jobs.conftest import left_by_dead_worker, let_time_pass

pytestmark = pytest.mark.django_db

Promise = Callable[..., Job]
INSERTS = [handlers.insert, handlers.insert_leased]


@pytest.mark.parametrize("handler", INSERTS)
def test_a_dead_workers_job_waits_again_and_is_done(promise: Promise, handler: Callable[..., None]) -> None:
    left = left_by_dead_worker(promise(handler, 1))

    assert take_back() == 1

    left.refresh_from_db()
    assert (left.state, left.attempts, left.last_error, left.lease) == (JobState.WAITING, 1, DIED, None)
    let_time_pass()
    assert drain(Lane.NOW) == {RunOutcome.DONE: 1}


@pytest.mark.parametrize("handler", INSERTS)
def test_a_job_that_killed_its_worker_in_the_last_attempt_gives_up_with_an_alarm(
    promise: Promise,
    handler: Callable[..., None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    left = left_by_dead_worker(promise(handler, 1), attempts=10)

    with structlog.testing.capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        take_back()

    left.refresh_from_db()
    assert (left.state, left.last_error) == (JobState.DEAD, DIED)
    assert [(line["event"], line["log_level"]) for line in lines] == [("job_gave_up", "error")]


@pytest.mark.parametrize("handler", INSERTS)
def test_a_job_that_was_just_taken_is_left_alone(promise: Promise, handler: Callable[..., None]) -> None:
    promise(handler, 1)
    take(Lane.NOW)

    assert take_back() == 0


@pytest.mark.django_db(transaction=True)
def test_a_slow_atomic_job_is_never_taken_for_dead(promise: Promise, settings: Settings) -> None:
    settings.JOBS_GRACE = timedelta(0)
    started = threading.Event()

    def slowly() -> None:
        handlers.leave(1)
        started.set()
        time.sleep(0.5)

    promise(handlers.call_back)
    handlers.behaviour.append(slowly)
    worker = in_thread(lambda: drain(Lane.NOW))
    started.wait(5)

    taken_back, drained = take_back(), drain(Lane.NOW)
    worker.join()

    assert (taken_back, drained, handlers.effects()) == (0, {}, [1])


@pytest.mark.django_db(transaction=True)
def test_a_slow_leased_job_keeps_its_lease(promise: Promise, settings: Settings) -> None:
    settings.JOBS_LEASE = timedelta(seconds=0.6)
    started = threading.Event()

    def slowly() -> None:
        started.set()
        time.sleep(2)

    promise(handlers.call_back_leased)
    handlers.behaviour.append(slowly)
    worker = in_thread(lambda: drain(Lane.NOW))
    started.wait(5)
    time.sleep(1.2)

    taken_back = take_back()
    worker.join()

    assert (taken_back, Job.objects.get().state, Job.objects.get().attempts) == (0, JobState.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_a_busy_lane_still_takes_back(promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_next_look", 0.0)
    left = left_by_dead_worker(promise(handlers.insert, 1))

    drain(Lane.NOW)

    left.refresh_from_db()
    assert left.state == JobState.WAITING


def test_the_sweep_wakes_the_lanes_in_which_something_is_due(
    promise: Promise, wake_ups: Callable[[], list[str]]
) -> None:
    promise(handlers.insert, 1)
    promise(handlers.insert_bulk, 1, run_at=clock.now() + timedelta(hours=1))

    sweep_task()

    assert (lanes_with_work(), wake_ups()) == ([Lane.NOW], ["now"])


def test_done_and_dismissed_jobs_are_removed_after_some_days(promise: Promise, settings: Settings) -> None:
    settings.JOBS_KEEP = timedelta(days=14)
    kept = {
        "waiting": promise(handlers.insert_bulk, 1),
        "recent": _ended(promise(handlers.insert, 2), JobState.DONE, days=13),
        "dead": _ended(promise(handlers.insert, 3), JobState.DEAD, days=15),
    }
    _ended(promise(handlers.insert, 4), JobState.DONE, days=15)
    dismiss_job(_ended(promise(handlers.insert, 5), JobState.DEAD, days=15), by=None, at=clock.now())

    assert remove_finished() == 2
    assert set(Job.objects.all()) == set(kept.values())


def test_many_old_jobs_are_removed_in_portions(promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sweep", "tasks"):
        monkeypatch.setattr(f"core.jobs.{module}.REMOVED_AT_ONCE", 2)
    for number in range(5):
        _ended(promise(handlers.insert, number), JobState.DONE, days=15)
    promise(remove_finished_jobs)

    assert drain(Lane.BULK) == {RunOutcome.DONE: 3}
    assert list(Job.objects.exclude(name="jobs.remove_finished")) == []


def test_a_periodic_job_is_promised_by_name_and_once() -> None:
    start("jobs.remove_finished")
    start("jobs.remove_finished")

    assert drain(Lane.BULK) == {RunOutcome.DONE: 1}
    assert Job.objects.filter(state=JobState.DONE).count() == 2


QUESTIONS: dict[str, Callable[[], QuerySet[Job]]] = {
    "job_next": lambda: Job.objects.due(Lane.NOW).order_by("run_at", "pk")[:1],
    "job_in_hand": abandoned,
    "job_gave_up": Job.objects.dead,
    "job_to_remove": lambda: finished_long_ago()[:10],
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_finished_jobs_do_not_slow_down_what_is_asked_all_the_time(index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_job (public_id, name, lane, mode, args, merges, state, attempts, max_attempts,"
            " started_at, finished_at, last_error) SELECT gen_random_uuid(), 'tests.insert', 'now', 'atomic', '[1]',"
            " false, 'done', 1, 10, now(), now(), '' FROM generate_series(1, 20000)"
        )
        cursor.execute("ANALYZE jobs_job")

    assert f"using {index} on jobs_job" in QUESTIONS[index]().explain()


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _ended(job: Job, state: JobState, *, days: int) -> Job:
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=Now() - timedelta(days=days), last_error="ValueError")
    return Job.objects.get(pk=job.pk)
