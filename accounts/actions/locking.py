"""The lock that every write about a learner takes first."""

from collections.abc import Iterable

from django.db import connection
from django.db.transaction import TransactionManagementError

from accounts.models import Learner

LOCK = "SELECT * FROM cairn_lock_learners(%s)"  # accounts/migrations/0006_locking.py


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """Lock these learners and every record linked with them, and return the rows, lowest id first.

    FOR NO KEY UPDATE in id order: two writers of one person queue, and two batches cannot wait for each other in a
    ring. Read the clock after this. Must run inside a transaction; ids that do not exist are left out.
    """
    return locked_rows(LOCK, learner_ids)


def lock_learner(learner: Learner) -> Learner:
    """Lock one person and return this record, fresh from the database."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)


def locked_rows(question: str, learner_ids: Iterable[int]) -> list[Learner]:
    """The records that an SQL `question` finds through cairn_lock_learners, with what else it asks as attributes."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("the lock of a learner lasts as long as a transaction: begin one first")
    return list(Learner.objects.raw(question, [sorted(set(learner_ids))]))
