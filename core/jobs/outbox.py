"""Promising work: the job is a row of the same transaction as what it is about, so neither exists without the other."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import connection

from core.database.storing import insert_rows
from core.jobs.errors import NotAnIdError, OutsideTransactionError
from core.jobs.kinds import JobKind
from core.jobs.registry import handler_of

if TYPE_CHECKING:
    from core.jobs.models import Job

LARGEST_ID = 2**63 - 1


def enqueue(
    handler: Callable[..., None] | JobKind, *ids: int | UUID, run_at: datetime | None = None, unique: bool = False
) -> "Job":
    """Promise that a handler runs with `ids` once this transaction is committed, not before `run_at`.

    `handler` is the kind of its jobs, or the function itself where that can be imported.

    Jobs carry ids of rows and nothing else: whatever a person typed would outlive its erasure there.
    With `unique` one run stands for all jobs of the same handler and ids that wait when it starts. Each of them was
    committed before, so that run sees what all of them are about, and nobody waits for anybody when promising.
    Raises OutsideTransactionError, NotAnIdError, and TypeError when the handler does not take so many ids.
    """
    from core.jobs.models import Job
    from core.jobs.wake import wake_after_commit

    if not connection.in_atomic_block:
        raise OutsideTransactionError("a job is promised inside the transaction of what it is about")
    known = handler_of(handler)
    if not known.accepts(ids):
        raise TypeError(f"{known.name} does not take {len(ids)} ids")
    promised = Job(
        name=known.name,
        lane=known.lane,
        mode=known.mode,
        max_attempts=known.max_attempts,
        args=[_plain(value) for value in ids],
        merges=unique,
        request_id=_request_id(),
    )
    if run_at is not None:
        promised.run_at = run_at
    insert_rows(
        [promised]
    )  # not save(): most writes about a learner end with a job, and save works its SQL out each time
    if run_at is None:
        wake_after_commit(promised)
    return promised


def ids_of(promised: "Job") -> list[int | UUID]:
    """The ids as they were handed to `enqueue`."""
    return [UUID(value) if isinstance(value, str) else value for value in promised.args]


def _plain(value: object) -> int | str:
    if isinstance(value, UUID):
        return str(value)
    if type(value) is int and 0 <= value <= LARGEST_ID:  # a bool is an int, but no id
        return value
    # The value itself stays out of the message: it may be somebody's name.
    raise NotAnIdError(f"a job takes ids of rows (int or UUID), not a {type(value).__name__}")


def _request_id() -> UUID | None:
    """The request that asked for the job, to follow it through the logs; a caller may send any text there."""
    try:
        return UUID(structlog.contextvars.get_contextvars()["request_id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
