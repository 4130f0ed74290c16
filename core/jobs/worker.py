"""Running jobs: take one, run it, mark it, until nothing is due.

The attempt is committed before the handler starts, so a job that kills its worker runs out of attempts. An atomic job's
row stays locked from before its handler starts until effect and "done" are committed together: a row that says
"running" and is not locked means a dead worker, and a slow one cannot be taken for dead. Each run has a lease (a random
token); whoever finds another one in the row has lost the job and changes nothing.
"""

import time
import uuid
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from core.jobs.failures import described
from core.jobs.kinds import JobState, Lane, Mode
from core.jobs.leases import Heartbeat
from core.jobs.limits import bulk_slot, limit_transaction, limited_to
from core.jobs.models import Job
from core.jobs.outbox import ids_of
from core.jobs.registry import Handler, handler_named
from core.jobs.sweep import give_back, take_back_when_due

Answer = TypeVar("Answer")

RECONNECTING = (0.0, 0.5, 2.0, 5.0)  # seconds before each further try: PostgreSQL may be restarting

log = structlog.get_logger(__name__)


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"  # it will be tried again
    DEAD = "dead"
    LOST = "lost"  # meanwhile it had become somebody else's


Drained = Counter[RunOutcome]


def never() -> bool:
    """Nobody asks this worker to stop."""
    return False


def drain(lane: Lane, *, stop: Callable[[], bool] = never) -> Drained:
    """Run what is due in `lane`, one after another, until nothing is, or `stop` answers yes between two jobs."""
    outcomes = Drained()
    while not stop():
        reconnecting(take_back_when_due)
        taken = reconnecting(lambda: take(lane))
        if taken is None:
            break
        outcomes[run(taken)] += 1
    return outcomes


def answer_wake_up(lane: Lane, *, stop: Callable[[], bool] = never) -> None:
    """Drain `lane`; bulk only while a slot is free, and once more for what came while the slot was being given back."""
    if lane is Lane.NOW:
        drain(lane, stop=stop)
        return
    while not stop() and reconnecting(Job.objects.due(lane).exists):
        with bulk_slot() as free:
            if not free or not drain(lane, stop=stop):
                return


@transaction.atomic
def take(lane: Lane) -> Job | None:
    """The next due job of `lane`, marked as running and its attempt counted; None when nothing is due.

    Commit before running it. Its twins, when it stands for them, are done with it.
    """
    taken = Job.objects.due(lane).order_by("run_at", "pk").select_for_update(skip_locked=True).first()
    if taken is None:
        return None
    attempts = max([taken.attempts, *_absorbed(taken)]) + 1
    taken.state, taken.lease, taken.attempts = JobState.RUNNING, uuid.uuid4(), min(attempts, taken.max_attempts)
    Job.objects.filter(pk=taken.pk).update(
        state=JobState.RUNNING,
        lease=taken.lease,
        attempts=taken.attempts,
        started_at=Now(),
        leased_until=Now() + settings.JOBS_LEASE if taken.mode == Mode.LEASED else None,
    )
    return taken


def _absorbed(job: Job) -> list[int]:
    """Mark the twins of `job` as done, since its run sees what they are about; the attempts that they had made."""
    if not job.merges:
        return []
    twins = list(Job.objects.twins_of(job).select_for_update(skip_locked=True).values_list("pk", "attempts"))
    Job.objects.filter(pk__in=[pk for pk, _attempts in twins]).update(state=JobState.DONE, finished_at=Now())
    # Attempts carry over: else a job that always fails would begin anew with every promise, and never give up.
    return [attempts for _pk, attempts in twins]


def run(job: Job) -> RunOutcome:
    """Run a job that `take` has handed out, and write down how it ended."""
    asked_by = {"request_id": str(job.request_id)} if job.request_id else {}
    with structlog.contextvars.bound_contextvars(job=str(job.public_id), **asked_by):
        try:
            handler = handler_named(job.name)
            with limited_to(handler.time_limit):
                return _run_atomic(job, handler) if job.mode == Mode.ATOMIC else _run_leased(job, handler)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is the outcome of its job
            return _failed(job, described(error))


def _run_atomic(job: Job, handler: Handler) -> RunOutcome:
    with transaction.atomic():
        if Job.objects.held_as(job).select_for_update().values_list("pk").first() is None:
            return RunOutcome.LOST
        limit_transaction(handler.time_limit)
        handler.function(*ids_of(job))
        _mark_done(job)
    return RunOutcome.DONE


def _run_leased(job: Job, handler: Handler) -> RunOutcome:
    with Heartbeat(job):
        handler.function(*ids_of(job))
    # The effect has happened: giving up on a lost connection would only repeat it.
    if reconnecting(lambda: _mark_done(job)):
        return RunOutcome.DONE
    log.warning("job_outlived_its_lease", name=job.name)
    return RunOutcome.LOST


def _mark_done(job: Job) -> int:
    return Job.objects.held_as(job).update(
        state=JobState.DONE, lease=None, leased_until=None, finished_at=Now(), last_error=""
    )


def _failed(job: Job, why: str) -> RunOutcome:
    outcome = reconnecting(lambda: _handed_back(job, why))
    log.warning("job_failed", name=job.name, attempts=job.attempts, error=why, outcome=outcome.value)
    return outcome


@transaction.atomic
def _handed_back(job: Job, why: str) -> RunOutcome:
    running = Job.objects.held_as(job).select_for_update().first()
    if running is None:
        return RunOutcome.LOST
    return RunOutcome.DEAD if give_back(running, why) is JobState.DEAD else RunOutcome.FAILED


def reconnecting(work: Callable[[], Answer]) -> Answer:
    """`work()`, again on a new connection when the database went away meanwhile."""
    for pause in RECONNECTING:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            log.warning("database_lost", error=described(error))
            connection.close()
            time.sleep(pause)
    return work()
