"""The outbox: work that a transaction promised, done once, whatever dies meanwhile.

An app declares its handlers in `tasks.py` and promises them inside the transaction of an action:

    @job(name="competencies.import_package", lane=Lane.BULK, mode=Mode.LEASED)
    def import_package(package_id: int) -> None: ...

    enqueue(import_package, package.pk)
"""

from config.base.jobs.kinds import Lane, Mode
from config.base.jobs.outbox import enqueue
from config.base.jobs.registry import job

__all__ = ["Lane", "Mode", "enqueue", "job"]
