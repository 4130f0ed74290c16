"""What Celery calls: three messages without content, and the outbox's own periodic job."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction

from core.jobs.broker import remove_leftovers
from core.jobs.kinds import Lane, Message
from core.jobs.outbox import enqueue
from core.jobs.registry import handler_named, job
from core.jobs.stopping import stopping
from core.jobs.sweep import REMOVED_AT_ONCE, lanes_with_work, remove_finished, take_back
from core.jobs.wake import wake
from core.jobs.worker import answer_wake_up, reconnecting


@shared_task(name=Message.DRAIN)
def drain_lane(lane: str) -> None:
    """Answer a wake-up."""
    answer_wake_up(Lane(lane), stop=stopping)


@shared_task(name=Message.SWEEP)
def sweep() -> None:
    """Take back what dead workers left, and wake the lanes in which something is due."""
    reconnecting(take_back)
    for lane in lanes_with_work():
        wake(lane)


@shared_task(name=Message.START)
def start(name: str) -> None:
    """Promise the periodic job called `name`."""
    with transaction.atomic():
        enqueue(handler_named(name).function, unique=True)


@job(name="jobs.remove_finished", lane=Lane.BULK, every=timedelta(hours=6))
def remove_finished_jobs() -> None:
    """Remove jobs that ended long ago, in portions: one long delete would hold vacuum back."""
    remove_leftovers(settings.BROKER_FOLDER, older_than=settings.JOBS_KEEP)
    if remove_finished() == REMOVED_AT_ONCE:
        enqueue(remove_finished_jobs, unique=True)
