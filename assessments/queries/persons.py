"""The person that an action is about, as they were locked, and the instant at which it acts."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

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
