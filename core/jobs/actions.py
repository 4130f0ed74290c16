"""What a person can do with a job that gave up."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from core.jobs.errors import NotDeadError
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.wake import wake_after_commit

log = structlog.get_logger(__name__)


@transaction.atomic
def retry_job(job: Job, *, by: UUID | None, at: datetime) -> Job:
    """Let a job that gave up start again from its first attempt; `by` is the person's public id, None at the console.

    Raises NotDeadError for every other job: the outbox itself takes care of those.
    """
    locked = _locked_dead(job)
    locked.state, locked.attempts, locked.run_at = JobState.WAITING, 0, at
    locked.finished_at = locked.dismissed_at = None
    locked.save(update_fields=["state", "attempts", "run_at", "finished_at", "dismissed_at"])
    wake_after_commit(locked)
    log.info("job_retried", job=str(locked.public_id), name=locked.name, by=str(by or "console"))
    return locked


@transaction.atomic
def dismiss_job(job: Job, *, by: UUID | None, at: datetime) -> Job:
    """Say that a job that gave up needs no further attempt: the alarm ends, and the row goes with the finished ones."""
    locked = _locked_dead(job)
    locked.dismissed_at = at
    locked.save(update_fields=["dismissed_at"])
    log.info("job_dismissed", job=str(locked.public_id), name=locked.name, by=str(by or "console"))
    return locked


def _locked_dead(job: Job) -> Job:
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state != JobState.DEAD:
        raise NotDeadError(_("Only a task that failed can be tried again or dismissed."))
    return locked
