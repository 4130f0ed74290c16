"""The person that an action is about, locked, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.actions.locking import lock_learners
from accounts.models import Learner
from config.base import clock

# statement_timestamp(): this statement begins after the lock is there. The zone is accounts.queries.learners_zone.
NOW_AND_ZONE = """
    SELECT statement_timestamp(),
        (SELECT time_zone FROM accounts_organization WHERE kind = 'ours' AND parent_id IS NULL)
"""


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
    rows = {row.pk: row for row in lock_learners([learner.pk])}
    record = rows[learner.pk]
    now, zone = _now_and_zone()
    return Person(record, rows[record.canonical_id], tuple(sorted(rows)), at or now, zone)


def _now_and_zone() -> tuple[datetime, ZoneInfo]:
    """The database's clock and the learners' time zone, in one query: every write about a learner asks for both."""
    with connection.cursor() as cursor:
        cursor.execute(NOW_AND_ZONE)
        now, zone = cursor.fetchone()
    return now.astimezone(UTC), ZoneInfo(zone or "UTC")
