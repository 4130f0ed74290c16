"""The demo's calendar: everything happened so many days before its first day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import clock
from portal.actions.demo.accounts import account_made_as

ZONE = "Europe/Lisbon"


@dataclass(frozen=True, slots=True)
class Days:
    """`first` is the day on which the demo was seeded for the first time; nothing is replayed on it or after it."""

    first: date

    def day(self, ago: int) -> date:
        """The civil date so many days before the first day."""
        return self.first - timedelta(days=ago)

    def at(self, ago: int, minutes: int) -> datetime:
        """The instant so many days before the first day, `minutes` after midnight where the school is."""
        clock_time = time(minutes // 60, minutes % 60)
        return datetime.combine(self.day(ago), clock_time, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def first_day(registrar_email: str) -> Days | None:
    """The calendar of this database: its first day is that of its first registrar's account. None before."""
    registrar = account_made_as(registrar_email)
    return None if registrar is None else Days(clock.civil_date(registrar.joined_at, ZoneInfo(ZONE)))
