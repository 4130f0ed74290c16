"""The lock that every write about a learner takes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.transaction import TransactionManagementError

from accounts.models import Learner

# cairn_lock_learners: accounts/migrations/0006_locking.py. Its rows are there, and locked, before the clock is read.
LOCK = "SELECT * FROM cairn_lock_learners(%s)"
LOCK_AND_LOOK = """
    SELECT person.*, clock_timestamp() AS locked_at,
        (SELECT time_zone FROM accounts_organization WHERE kind = 'ours' AND parent_id IS NULL) AS zone
    FROM cairn_lock_learners(%s) person
"""


@dataclass(frozen=True)
class Locked:
    """The records of a person, the database's clock after they were locked, and the zone of learners' civil dates."""

    rows: dict[int, Learner]
    at: datetime
    zone: ZoneInfo


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """Lock these learners and every record linked with them, and return the rows, lowest id first.

    FOR NO KEY UPDATE in id order: two writers of one person queue, and two batches cannot wait for each other in a
    ring. Read the clock after this. Must run inside a transaction; ids that do not exist are left out.
    """
    return _locked(LOCK, learner_ids)


def lock_learner(learner: Learner) -> Learner:
    """Lock one person and return this record, fresh from the database."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)


def lock_and_look(learner: Learner) -> Locked:
    """Lock one person and read the clock and the learners' zone, in one query: every write about a learner asks both.

    The zone is that of `accounts.queries.learners_zone`. Raises Learner.DoesNotExist.
    """
    rows = _locked(LOCK_AND_LOOK, [learner.pk])
    if not rows:
        raise Learner.DoesNotExist
    looked = vars(rows[0])
    return Locked({row.pk: row for row in rows}, looked["locked_at"].astimezone(UTC), ZoneInfo(looked["zone"] or "UTC"))


def _locked(question: str, learner_ids: Iterable[int]) -> list[Learner]:
    if not connection.in_atomic_block:
        raise TransactionManagementError("the lock of a learner lasts as long as a transaction: begin one first")
    return list(Learner.objects.raw(question, [sorted(set(learner_ids))]))
