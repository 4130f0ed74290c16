"""Waking a worker: a message without content, sent after the commit, and only when none is under way.

Lost, doubled or late, it changes nothing but the delay: the sweep looks every few seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from core.database.compiled import compiled
from core.jobs.kinds import Lane, Message
from core.jobs.models import Job

EXPIRES = timedelta(seconds=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WakeUp:
    """What a transaction does after its commit, once per lane, however many jobs it promised."""

    lane: Lane
    first_id: int

    def __call__(self) -> None:
        if not self._under_way():
            wake(self.lane)

    def _under_way(self) -> bool:
        """Whether an older fresh job still waits: whoever takes it looks again afterwards, and then sees ours.

        Only older ones count, so that of two transactions that see each other exactly one sends. A job older than
        a message lives proves nothing: its message may have expired.
        """
        return bool(_fresh_before(self.lane.value, self.first_id))


@compiled
def _fresh_before(lane: str, job: int) -> QuerySet[Job, tuple[int]]:
    fresh = Job.objects.due(lane).filter(run_at__gt=Now() - EXPIRES, attempts=0)
    return fresh.filter(pk__lt=job).values_list("pk")[:1]


def wake_after_commit(job: Job) -> None:
    """Have a worker woken for the lane of `job` when this transaction is committed."""
    # Django's list, and not a flag of ours: it forgets what a rolled back savepoint had asked for.
    registered: list[Callable[[], object]] = [entry[1] for entry in connection.run_on_commit]
    if not any(isinstance(entry, WakeUp) and entry.lane == job.lane for entry in registered):
        transaction.on_commit(WakeUp(Lane(job.lane), job.pk), robust=True)


def wake(lane: Lane) -> None:
    """Send one wake-up; a broker that does not answer is logged, because the job is safe and will be swept up."""
    # Heavy to import, and only here is anything sent: no message can go to a broker that nobody configured.
    from kombu.exceptions import KombuError, OperationalError

    app = import_string(settings.CELERY_APP)
    try:
        app.send_task(Message.DRAIN, args=[lane.value], queue=lane.value, expires=EXPIRES.total_seconds(), retry=False)
    except (KombuError, OperationalError, OSError) as error:
        log.warning("wake_up_not_sent", lane=lane.value, error=type(error).__name__)
