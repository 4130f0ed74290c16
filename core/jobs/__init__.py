"""The outbox: work that a transaction promised, done once, whatever dies meanwhile.

An app names its kinds of jobs in `jobs.py`, declares their handlers in `tasks.py`, and promises jobs inside the
transaction of an action:

    IMPORT_PACKAGE = JobKind("competencies.import_package", Lane.BULK)

    @job(jobs.IMPORT_PACKAGE, mode=Mode.LEASED)
    def import_package(package_id: int) -> None: ...

    enqueue(jobs.IMPORT_PACKAGE, package.pk)
"""

from core.jobs.kinds import JobKind, Lane, Mode
from core.jobs.outbox import enqueue
from core.jobs.registry import job

__all__ = ["JobKind", "Lane", "Mode", "enqueue", "job"]
