"""How a run goes, well and badly: what is written down, what is undone, what is tried again."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core.jobs import Lane, enqueue
from core.jobs.backoff import MAX_PAUSE, pause_after
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.worker import RunOutcome, drain, run, take
from tests.core.jobs import handlers
from tests.core.jobs.conftest import let_time_pass
from tests.core.jobs.handlers import CANARY, behaviour, effects

pytestmark = pytest.mark.django_db

Promise = Callable[..., Job]


@pytest.mark.parametrize("handler", [handlers.insert, handlers.insert_leased])
def test_a_job_is_run_once_and_done(promise: Promise, handler: Callable[..., None]) -> None:
    made = promise(handler, 5)

    outcomes = drain(Lane.NOW)

    made.refresh_from_db()
    assert (outcomes, effects()) == ({RunOutcome.DONE: 1}, [5])
    assert (made.state, made.attempts, made.lease, made.leased_until) == (JobState.DONE, 1, None, None)
    assert made.started_at is not None
    assert made.finished_at is not None


def test_a_drain_goes_on_until_nothing_is_due(promise: Promise) -> None:
    promise(handlers.step, 4)

    assert drain(Lane.NOW) == {RunOutcome.DONE: 5}
    assert effects() == [0, 1, 2, 3, 4]


def test_a_drain_keeps_to_its_lane_and_to_the_order_of_promising(promise: Promise) -> None:
    for number in (1, 2, 3):
        promise(handlers.insert_bulk, number)
    promise(handlers.insert, 9)

    drain(Lane.NOW)
    with CaptureQueriesContext(connection) as queries:
        drain(Lane.BULK)

    inserted = [query["sql"][-2] for query in queries if query["sql"].startswith("INSERT INTO tests_effect")]
    assert (effects(), inserted) == ([1, 2, 3, 9], ["1", "2", "3"])


def test_a_drain_ends_when_it_is_asked_to(promise: Promise) -> None:
    for number in range(3):
        promise(handlers.insert, number)

    drain(Lane.NOW, stop=iter([False, True]).__next__)

    assert effects() == [0]


def test_a_failed_atomic_job_leaves_no_effect_and_waits(promise: Promise, settings: Settings) -> None:
    settings.JOBS_BACKOFF = timedelta(seconds=100)
    made = promise(handlers.fail, 1)

    assert drain(Lane.NOW) == {RunOutcome.FAILED: 1}

    made.refresh_from_db()
    waits = Job.objects.filter(run_at__range=(Now() + timedelta(seconds=45), Now() + timedelta(seconds=150)))
    assert (made.state, made.attempts, effects()) == (JobState.WAITING, 1, [])
    assert waits.exists()


def test_a_failed_leased_job_is_tried_again_with_its_effect_repeated(promise: Promise) -> None:
    promise(handlers.fail_leased, 1)

    for _time in range(3):
        drain(Lane.NOW)
        let_time_pass()

    assert effects() == [1, 1, 1]
    assert Job.objects.get().state == JobState.DEAD


def test_after_its_last_attempt_a_job_gives_up_with_an_alarm(
    promise: Promise, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made = promise(handlers.fail, 1)

    with structlog.testing.capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        for _time in range(4):
            drain(Lane.NOW)
            let_time_pass()

    made.refresh_from_db()
    alarms = [line for line in lines if line["log_level"] == "error"]
    assert (made.state, made.attempts) == (JobState.DEAD, 3)
    assert [(alarm["event"], alarm["job"], alarm["attempts"]) for alarm in alarms] == [
        ("job_gave_up", str(made.public_id), 3)
    ]


def test_what_an_exception_says_is_not_kept(promise: Promise) -> None:
    made = promise(handlers.fail, 1)

    with structlog.testing.capture_logs() as lines:
        drain(Lane.NOW)

    made.refresh_from_db()
    assert made.last_error.startswith("ValueError at tests.core.jobs.handlers:")
    assert CANARY not in str(lines) + made.last_error


def test_the_words_of_an_impersonal_error_are_kept(promise: Promise) -> None:
    made = promise(handlers.refuse)

    drain(Lane.NOW)

    made.refresh_from_db()
    assert made.last_error.startswith("tests.core.jobs.handlers.QuotaError at tests.core.jobs.handlers:")
    assert made.last_error.endswith(": the quota of 5 documents is used up")


def test_a_constraint_is_named_without_the_row_that_broke_it(promise: Promise) -> None:
    made = promise(handlers.call_back)

    def break_the_row() -> None:
        Job.objects.filter(pk=made.pk).update(name=CANARY, max_attempts=0)

    behaviour.append(break_the_row)

    drain(Lane.NOW)

    made.refresh_from_db()
    assert "(23514, job_attempts_are_limited), caused by psycopg.errors.CheckViolation" in made.last_error
    assert CANARY not in made.last_error


def test_a_name_that_nobody_goes_by_does_not_stop_the_others(promise: Promise) -> None:
    forgotten = promise(handlers.insert, 1)
    Job.objects.filter(pk=forgotten.pk).update(name="tests.gone")
    promise(handlers.insert, 2)

    assert drain(Lane.NOW) == {RunOutcome.FAILED: 1, RunOutcome.DONE: 1}
    forgotten.refresh_from_db()
    assert forgotten.last_error.endswith(": no handler goes by the name tests.gone")


def test_a_handler_that_oversleeps_is_ended(promise: Promise) -> None:
    made = promise(handlers.oversleep)

    assert drain(Lane.NOW) == {RunOutcome.DEAD: 1}
    made.refresh_from_db()
    assert "OverdueError" in made.last_error
    assert made.last_error.endswith(": it ran longer than 0:00:00.200000")


def test_the_database_frees_a_row_whose_worker_has_vanished(promise: Promise) -> None:
    seen = []

    def ask_for_limits() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            seen.append(cursor.fetchone())

    promise(handlers.call_back)
    behaviour.append(ask_for_limits)

    drain(Lane.NOW)

    assert seen == [("610s",)]  # the handler's ten minutes, and a margin


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_oversleeps_inside_a_query_is_ended_too(promise: Promise) -> None:
    made = promise(handlers.oversleep_in_database, 1)
    promise(handlers.insert, 2)

    with structlog.testing.capture_logs():
        outcomes = drain(Lane.NOW)

    made.refresh_from_db()
    assert (outcomes, effects()) == ({RunOutcome.DEAD: 1, RunOutcome.DONE: 1}, [2])
    assert made.last_error.startswith("core.jobs.errors.OverdueError at tests.core.jobs.handlers:")


def test_a_run_that_lost_its_job_changes_nothing(promise: Promise) -> None:
    promise(handlers.insert, 1)
    stale = take(Lane.NOW)
    assert stale is not None
    Job.objects.update(state=JobState.WAITING, lease=None, run_at=Now() - timedelta(seconds=1))
    drain(Lane.NOW)

    assert run(stale) == RunOutcome.LOST
    assert effects() == [1]


def test_a_leased_run_that_outlived_its_lease_does_not_mark_the_job(promise: Promise) -> None:
    promise(handlers.call_back_leased)

    def take_away() -> None:
        Job.objects.update(state=JobState.WAITING, lease=None, leased_until=None)

    behaviour.append(take_away)

    assert drain(Lane.NOW, stop=iter([False, True]).__next__) == {RunOutcome.LOST: 1}
    assert Job.objects.get().state == JobState.WAITING


def test_a_handlers_promise_is_kept_only_with_its_effect(promise: Promise) -> None:
    def promise_and_break() -> None:
        enqueue(handlers.insert, 1)
        raise ZeroDivisionError

    promise(handlers.call_back)
    behaviour.append(promise_and_break)

    drain(Lane.NOW)

    assert [job.name for job in Job.objects.all()] == ["tests.call_back"]


@pytest.mark.django_db(transaction=True)
def test_a_leased_handler_runs_outside_any_transaction(promise: Promise) -> None:
    seen = []
    behaviour.append(lambda: seen.append(connection.in_atomic_block))
    promise(handlers.call_back_leased)
    promise(handlers.call_back)

    drain(Lane.NOW)

    assert seen == [False, True]


@pytest.mark.django_db(transaction=True)
def test_what_fails_after_the_commit_undoes_nothing(promise: Promise) -> None:
    def break_after_commit() -> None:
        handlers.leave(1)
        transaction.on_commit(lambda: 1 / 0)

    promise(handlers.call_back)
    behaviour.append(break_after_commit)

    with structlog.testing.capture_logs() as lines:
        drain(Lane.NOW)

    assert (effects(), Job.objects.get().state) == ([1], JobState.DONE)
    assert [(line["event"], line["outcome"]) for line in lines] == [("job_failed", "lost")]


@given(st.integers(1, 40_000), st.integers(1, 3600), st.randoms(use_true_random=False))
def test_pauses_grow_to_an_hour_give_or_take_half(attempts: int, seconds: int, chance: random.Random) -> None:
    first = timedelta(seconds=seconds)

    pause = pause_after(attempts, first=first, chance=chance)

    middle = min(first * 2 ** min(attempts - 1, 20), MAX_PAUSE)
    assert middle / 2 <= pause <= middle * 1.5
