"""Which dates are plausible: one policy for forms, imports, the API and the database (invariant 26); pure."""

from datetime import date
from enum import StrEnum
from typing import Final

FIRST_DAY: Final = date(1900, 1, 1)
# The end that a constraint can hold, because it knows no today.
LAST_DAY: Final = date(2199, 12, 31)
MAX_VALIDITY_YEARS: Final = 50
SMALLEST_FOUR_DIGIT_YEAR: Final = 1000


class DateKind(StrEnum):
    """What a date says, which decides how early and how late it can be."""

    GENERAL = "general"  # from 1900 to the end of next year
    BIRTH = "birth"  # to today
    DEATH = "death"  # to today
    WORK = "work"  # something that was done: to today
    VALIDITY = "validity"  # the end of something: to fifty years from today
    DERIVED = "derived"  # worked out from dates that were checked
    RECORDED = "recorded"  # written by the clock; nobody types it


PAST: Final = frozenset({DateKind.BIRTH, DateKind.DEATH, DateKind.WORK})
TYPED: Final = PAST | {DateKind.GENERAL, DateKind.VALIDITY}


class DateFault(StrEnum):
    """Why a date is not plausible."""

    SHORT_YEAR = "date_year_is_short"  # a year such as 26, of which the century is not known
    TOO_EARLY = "date_too_early"
    IN_THE_FUTURE = "date_in_the_future"
    TOO_LATE = "date_too_late"


def last_plausible_day(kind: DateKind, *, today: date) -> date:
    """Return the latest day that a date of this kind can have; `today` is the civil date where it is said."""
    if kind in PAST:
        return today
    if kind is DateKind.VALIDITY:
        return min(date(today.year + MAX_VALIDITY_YEARS, 12, 31), LAST_DAY)
    return date(today.year + 1, 12, 31)


def date_fault(day: date, kind: DateKind, *, today: date) -> DateFault | None:
    """Return why `day` is not plausible, None where it is. Derived and recorded dates are not judged."""
    if kind not in TYPED:
        return None
    if day.year < SMALLEST_FOUR_DIGIT_YEAR:
        return DateFault.SHORT_YEAR
    if day < FIRST_DAY:
        return DateFault.TOO_EARLY
    if day > last_plausible_day(kind, today=today):
        return DateFault.IN_THE_FUTURE if kind in PAST else DateFault.TOO_LATE
    return None
