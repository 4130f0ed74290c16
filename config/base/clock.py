"""The one place that reads the clock; everything else is handed `at=` or `on=`."""

from datetime import UTC, date, datetime
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
