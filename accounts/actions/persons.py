"""The person that an action is about, locked, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from accounts.actions.locking import locked_rows
from accounts.models import Learner
from config.base import clock

# The clock is read when the rows are there, and locked. The zone is accounts.queries.learners_zone.
CLOCK_AND_ZONE = """, clock_timestamp(),
    (SELECT time_zone FROM accounts_organization WHERE kind = 'ours' AND parent_id IS NULL)"""


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
    """Lock the person and read clock and zone, in one query; must run inside a transaction.

    Raises Learner.DoesNotExist.
    """
    found = locked_rows([learner.pk], beside=CLOCK_AND_ZONE)
    rows = {row.pk: row for row, _beside in found}
    if learner.pk not in rows:
        raise Learner.DoesNotExist
    record, (now, zone) = rows[learner.pk], found[0][1]
    carrier = rows[record.canonical_id]
    return Person(record, carrier, tuple(sorted(rows)), at or now.astimezone(UTC), ZoneInfo(zone or "UTC"))
