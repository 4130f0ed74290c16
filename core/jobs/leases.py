"""Keeping a lease alive while a handler talks to the world."""

import threading
from types import TracebackType
from typing import Self

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from core.jobs.models import Job

log = structlog.get_logger(__name__)


class Heartbeat(threading.Thread):
    """A thread that renews the lease of a running job, on a connection of its own that quick jobs never open."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"lease-{job.public_id}", daemon=True)
        self.job = job
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Extend the lease until stopped."""
        try:
            while not self._over.wait(settings.JOBS_LEASE.total_seconds() / 3):
                if not self._renewed():
                    log.warning("lease_lost", job=str(self.job.public_id), name=self.job.name)
                    return
        finally:
            connection.close()

    def _renewed(self) -> bool:
        try:
            return bool(Job.objects.held_as(self.job).update(leased_until=Now() + settings.JOBS_LEASE))
        except (DatabaseError, InterfaceError):
            connection.close()  # the next beat opens another
            return True
