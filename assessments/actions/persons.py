"""The person that an action is about, locked, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models.functions import Now

from accounts.actions.locking import lock_learners
from accounts.models import Learner


@dataclass(frozen=True)
class Person:
    """`record` is the one that was named, `carrier` the one that carries the person's mastery, `records` all of them.

    `at` was read from the database's clock after the lock, unless the caller replays another instant.
    """

    record: Learner
    carrier: Learner
    records: tuple[int, ...]
    at: datetime


def locked_person(learner: Learner, *, at: datetime | None) -> Person:
    """Lock the person; must run inside a transaction."""
    rows = {row.pk: row for row in lock_learners([learner.pk])}
    record = rows[learner.pk]
    return Person(record, rows[record.canonical_id], tuple(sorted(rows)), at or _database_now(record))


def _database_now(record: Learner) -> datetime:
    # PostgreSQL's statement_timestamp(): this statement began after the lock was there.
    return cast("datetime", Learner.objects.filter(pk=record.pk).values_list(Now(), flat=True).get())
