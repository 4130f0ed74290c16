"""The one place that reads the clock; everything else is handed `at=` or `on=`."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def civil_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day that `moment` falls on for people in `zone`."""
    return moment.astimezone(zone).date()


def today_in(zone: ZoneInfo) -> date:
    """Today's civil date in `zone`."""
    return civil_date(now(), zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the civil date `day` begins in `zone`; a midnight skipped by clocks is the skip."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
