"""The locked learner that an action is about, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from accounts.actions.locking import DATABASE_CLOCK, locked_learner_rows
from accounts.errors import OwnRecordError
from accounts.models import Learner, User
from core import clock

# PostgreSQL evaluates these columns after it has locked the rows, so that the clock needs no round trip of its own.
# The subquery is accounts.queries.time_zones.learner_time_zone, in the same statement to save a round trip.
ZONE = "(SELECT time_zone FROM accounts_organization WHERE kind = 'ours' AND parent_id IS NULL)"
CLOCK_AND_ZONE = f", {DATABASE_CLOCK}, {ZONE}"


@dataclass(frozen=True)
class LockedLearner:
    """A learner with all linked records, locked.

    `record` is the record that the caller named. `carrier` is the one to which the learner's mastery belongs. `records`
    are the ids of all linked records, `accounts` those of the users that they belong to. `at` is the database's clock,
    read after the lock, or the instant that the caller replays. `zone` is the time zone for civil dates of learners.
    """

    record: Learner
    carrier: Learner
    records: tuple[int, ...]
    accounts: frozenset[int]
    at: datetime
    zone: ZoneInfo

    @property
    def second(self) -> datetime:
        """`at` in whole seconds, as signed documents state it."""
        return self.at.replace(microsecond=0)

    @property
    def today(self) -> date:
        """The civil date of `at`."""
        return clock.civil_date(self.at, self.zone)

    def require_another(self, by: User | None) -> None:
        """Refuse somebody who would decide about a record of their own; None is a rule. Raises OwnRecordError."""
        if by is not None and by.pk in self.accounts:
            raise OwnRecordError


def locked_learner(learner: Learner, *, at: datetime | None) -> LockedLearner:
    """Lock all records of the learner and read clock and time zone, in one query; must run inside a transaction.

    Raises Learner.DoesNotExist.
    """
    locked = locked_learner_rows([learner.pk], extra_columns=CLOCK_AND_ZONE)
    records = {row.pk: row for row, _extra in locked}
    if learner.pk not in records:
        raise Learner.DoesNotExist
    record, (now, zone) = records[learner.pk], locked[0][1]
    carrier = records[record.canonical_id]
    accounts = frozenset(row.user_id for row in records.values() if row.user_id is not None)
    return LockedLearner(
        record, carrier, tuple(sorted(records)), accounts, at or now.astimezone(UTC), ZoneInfo(zone or "UTC")
    )
