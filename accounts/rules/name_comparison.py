"""Why a name is not compared with the one on a person's documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ADULT_AT = 18  # years


class ComparisonObstacle(StrEnum):
    """One reason for which names are not compared; accounts.labels has the words."""

    HELD = "held"
    MINOR = "minor"
    NO_BIRTH_DATE = "no_birth_date"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RecordPrivacy:
    """What one record of a person says; `on` is the civil date of the person."""

    birth_date: date | None
    held: bool
    comparable: bool
    on: date


def comparison_obstacles(records: Iterable[RecordPrivacy]) -> tuple[ComparisonObstacle, ...]:
    """Return each obstacle among the linked records of a person, in the order of ComparisonObstacle; empty for none.

    A person of whom no record has a date of birth may be a minor, so that their name is not compared.
    """
    rows = list(records)
    found = {
        ComparisonObstacle.HELD: any(row.held for row in rows),
        ComparisonObstacle.MINOR: any(_is_minor(row.birth_date, row.on) for row in rows),
        ComparisonObstacle.NO_BIRTH_DATE: all(row.birth_date is None for row in rows),
        ComparisonObstacle.REFUSED: not all(row.comparable for row in rows),
    }
    return tuple(obstacle for obstacle, present in found.items() if present)


def _is_minor(born: date | None, on: date) -> bool:
    # Compared as year, month and day, so that the 29th of February needs no care.
    return born is not None and (on.year - ADULT_AT, on.month, on.day) < (born.year, born.month, born.day)
