"""The lock that every write about a learner takes first."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from accounts.models import Learner
from config.base.prepared import prepared_cursor

LOCK = "cairn_lock_learners(%s::bigint[])"  # accounts/migrations/0006_locking.py


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """Lock these learners and every record linked with them, and return the rows, lowest id first.

    FOR NO KEY UPDATE in id order: two writers of one person queue, and two batches cannot wait for each other in a
    ring. Read the clock after this. Must run inside a transaction; ids that do not exist are left out.
    """
    return [row for row, _beside in locked_rows(learner_ids)]


def lock_learner(learner: Learner) -> Learner:
    """Lock one person and return this record, fresh from the database."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)


def locked_rows(learner_ids: Iterable[int], *, beside: str = "") -> list[tuple[Learner, tuple[Any, ...]]]:
    """Lock as `lock_learners` does; each row with the values that the SQL `beside` asks for when they are locked."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("the lock of a learner lasts as long as a transaction: begin one first")
    names, columns = _columns()
    with prepared_cursor(connection.alias) as cursor:
        cursor.execute(f"SELECT {columns}{beside} FROM {LOCK} person", [sorted(set(learner_ids))])  # noqa: S608 - ours
        found = cursor.fetchall()
    alias, many = connection.alias, len(names)
    return [(Learner.from_db(alias, names, row[:many]), row[many:]) for row in found]


@cache
def _columns() -> tuple[list[str], str]:
    fields = Learner._meta.concrete_fields
    return [field.attname for field in fields], ", ".join(f'person."{field.column}"' for field in fields)
