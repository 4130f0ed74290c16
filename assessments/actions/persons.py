"""Locks the person that an action is about."""

from datetime import datetime

from accounts.actions.locking import lock_and_look
from accounts.models import Learner
from assessments.queries.persons import Person

__all__ = ["Person", "locked_person"]


def locked_person(learner: Learner, *, at: datetime | None) -> Person:
    """Lock the person; must run inside a transaction."""
    locked = lock_and_look([learner.pk])
    rows = {row.pk: row for row in locked.rows}
    record = rows[learner.pk]
    return Person(record, rows[record.canonical_id], tuple(sorted(rows)), at or locked.now, locked.zone)
