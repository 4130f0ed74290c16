"""The person that an action is about, locked, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.actions.locking import lock_and_look
from accounts.models import Learner
from config.base import clock


@dataclass(frozen=True)
class Person:
    """`record` is the one that was named, `carrier` the one that carries the person's mastery, `records` all of them.

    `at` was read from the database's clock after the lock, unless the caller replays another instant; `zone` is where
    learners' civil dates are made.
    """

    record: Learner
    carrier: Learner
    records: tuple[int, ...]
    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The civil date of `at`."""
        return clock.civil_date(self.at, self.zone)


def locked_person(learner: Learner, *, at: datetime | None) -> Person:
    """Lock the person; must run inside a transaction."""
    locked = lock_and_look(learner)
    record = locked.rows[learner.pk]
    return Person(record, locked.rows[record.canonical_id], tuple(sorted(locked.rows)), at or locked.at, locked.zone)
