"""Instants and civil dates as signed documents write them: always with a time zone (xsd:dateTimeStamp)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

NOON = time(12)


def instant(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`moment` to the second, in UTC with Z, or in `zone` with its offset."""
    if zone is None:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(zone).isoformat(timespec="seconds")


def civil(day: date, zone: ZoneInfo) -> str:
    """A civil date of `zone` where a standard asks for an instant: noon there, so that readers elsewhere see that day.

    Midnight in Sydney is the day before in UTC, which is what most readers convert to.
    """
    return datetime.combine(day, NOON, tzinfo=zone).isoformat(timespec="seconds")


def day_start(day: date, zone: ZoneInfo) -> str:
    """The instant at which `day` begins in `zone`."""
    begins = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC).astimezone(zone)
    return begins.isoformat(timespec="seconds")
