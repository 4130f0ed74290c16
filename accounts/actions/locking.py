"""The lock that every write about a learner takes first, and the clock that it reads after the lock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from accounts.models import Learner
from core.database.prepared import prepared_cursor

LOCK_FUNCTION = "cairn_lock_learners(%s::bigint[])"  # accounts/migrations/0006_locking.py
# The database's clock and not a worker's: all workers share it, so that nothing is recorded in another's future.
# Not now(), which is the start of the transaction: a writer that waited for the lock reads the time after its wait.
DATABASE_CLOCK = "clock_timestamp()"


def database_now() -> datetime:
    """The present instant by the database's clock, in UTC and in whole seconds, as signed documents state it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT date_trunc('second', {DATABASE_CLOCK})")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """Lock these learners and all records linked with them; return the rows, lowest id first.

    The lock is FOR NO KEY UPDATE and is taken in id order. Two writers of one person therefore queue, and two batches
    cannot deadlock. Foreign keys to a locked learner can still be inserted. Read the clock after the lock, otherwise a
    writer that waited would record an instant before the one that it waited for.
    Must run inside a transaction. Unknown ids are left out.
    """
    return [row for row, _extra in locked_learner_rows(learner_ids)]


def lock_learner(learner: Learner) -> Learner:
    """Lock all records of this person; return this record as the database has it now."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)


def locked_learner_rows(
    learner_ids: Iterable[int], *, extra_columns: str = ""
) -> list[tuple[Learner, tuple[Any, ...]]]:
    """Lock as `lock_learners` does; return each learner with the values of the SQL `extra_columns`.

    PostgreSQL evaluates the extra columns after the rows are locked. `extra_columns` begins with a comma.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("the lock of a learner lasts as long as a transaction: begin one first")
    names, columns = _learner_columns()
    with prepared_cursor(connection.alias) as cursor:
        cursor.execute(f"SELECT {columns}{extra_columns} FROM {LOCK_FUNCTION} person", [sorted(set(learner_ids))])  # noqa: S608 - ours
        rows = cursor.fetchall()
    alias, width = connection.alias, len(names)
    return [(Learner.from_db(alias, names, row[:width]), row[width:]) for row in rows]


@cache  # the columns of a model do not change while the process runs
def _learner_columns() -> tuple[list[str], str]:
    fields = Learner._meta.concrete_fields
    return [field.attname for field in fields], ", ".join(f'person."{field.column}"' for field in fields)
