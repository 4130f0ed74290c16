"""Picking up what was left lying: jobs of dead workers, lanes nobody was woken for, rows of long ago."""

import random
import time

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from core.jobs.backoff import pause_after
from core.jobs.failures import DIED
from core.jobs.kinds import JobState, Lane, Mode
from core.jobs.models import Job

AT_ONCE = 100
REMOVED_AT_ONCE = 20_000

log = structlog.get_logger(__name__)

_next_look = 0.0


def abandoned() -> QuerySet[Job]:
    """Running jobs that belong to dead workers, unless their rows are locked."""
    since, now = Now() - settings.JOBS_GRACE, Now()
    return Job.objects.filter(
        Q(mode=Mode.ATOMIC, started_at__lt=since) | Q(mode=Mode.LEASED, leased_until__lt=now), state=JobState.RUNNING
    )


def finished_long_ago() -> QuerySet[Job]:
    """Jobs that were done, or given up and dismissed, longer ago than JOBS_KEEP; the oldest first."""
    over = Q(state=JobState.DONE) | Q(dismissed_at__isnull=False)
    return Job.objects.filter(over, finished_at__lt=Now() - settings.JOBS_KEEP).order_by("finished_at")


@transaction.atomic
def take_back() -> int:
    """Give back what dead workers were running; how many that were. A row that is locked belongs to a live one."""
    found = list(abandoned().select_for_update(skip_locked=True)[:AT_ONCE])
    for job in found:
        give_back(job, DIED)
    return len(found)


def take_back_when_due() -> None:
    """`take_back`, at most once per sweep interval in this process: a busy lane leaves no room for beat's sweeps."""
    global _next_look  # noqa: PLW0603 - when this process last looked is a fact of the process
    if time.monotonic() >= _next_look:
        _next_look = time.monotonic() + settings.JOBS_SWEEP_EVERY.total_seconds()
        take_back()


def give_back(job: Job, why: str) -> JobState:
    """Have a locked, running job wait for its next attempt, or give up after its last; which of the two."""
    ended = job.attempts >= job.max_attempts
    pause = pause_after(job.attempts, first=settings.JOBS_BACKOFF, chance=random.SystemRandom())
    state = JobState.DEAD if ended else JobState.WAITING
    Job.objects.filter(pk=job.pk).update(
        state=state,
        lease=None,
        leased_until=None,
        last_error=why,
        **({"finished_at": Now()} if ended else {"run_at": Now() + pause}),
    )
    if ended:
        transaction.on_commit(lambda: _raise_alarm(job, why))
    return state


def _raise_alarm(job: Job, why: str) -> None:
    log.error("job_gave_up", job=str(job.public_id), name=job.name, attempts=job.attempts, error=why)


def lanes_with_work() -> list[Lane]:
    """The lanes in which something is due."""
    return [lane for lane in Lane if Job.objects.due(lane).exists()]


def remove_finished() -> int:
    """Remove some of the jobs that were done, or dismissed, longer ago than JOBS_KEEP; how many that were."""
    some = finished_long_ago().values("pk")[:REMOVED_AT_ONCE]
    removed, _by_model = Job.objects.filter(pk__in=some).delete()
    return removed
