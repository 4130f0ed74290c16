"""Civil time: spans of days or months counted from a date; the date itself does not count.

As in Regulation (EEC, Euratom) No 1182/71, article 3, and most national codes: the day of the event does not count;
a span ends with its last day; months end on the day of the same number, or on the last day of a shorter month.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MONTHS_A_YEAR = 12


class Unit(StrEnum):
    """The unit in which a span is counted."""

    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Span:
    """A number of days or months."""

    amount: int
    unit: Unit

    def last_day_from(self, day: date) -> date:
        """Return the last day of the span that `day` begins; date.max when that lies beyond the calendar."""
        if self.unit is Unit.DAYS:
            return days_after(day, self.amount)
        months = day.month - 1 + self.amount
        year, month = day.year + months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1
        if year > date.max.year:
            return date.max
        # The last day of a shorter month: 31 January and one month is 28 or 29 February.
        return date(year, month, min(day.day, monthrange(year, month)[1]))


def days_after(day: date, days: int) -> date:
    """Return the day `days` later; date.max when that lies beyond the calendar."""
    # Python dates end with the year 9999; a policy without end must not crash there.
    return day + timedelta(days=min(days, (date.max - day).days))


def next_day(day: date) -> date | None:
    """Return the next day; None at the end of the calendar, where nothing can change any more."""
    return None if day == date.max else day + timedelta(days=1)
