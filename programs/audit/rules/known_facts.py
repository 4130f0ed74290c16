"""The facts of an enrollment that conditions may compare: a closed list."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from programs.audit.rules.facts import FactValue

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class FactName(StrEnum):
    """A fact: the day of admission, the title and first day of the cohort, and the place of study (public id)."""

    ADMITTED_ON = "admitted_on"
    COHORT = "cohort"
    COHORT_STARTS_ON = "cohort_starts_on"
    PLACE_OF_STUDY = "place_of_study"


class FactKind(StrEnum):
    """What the values of a fact are. Only dates have an order."""

    DATE = "date"
    TEXT = "text"


KNOWN_FACTS: Mapping[str, FactKind] = {
    FactName.ADMITTED_ON: FactKind.DATE,
    FactName.COHORT: FactKind.TEXT,
    FactName.COHORT_STARTS_ON: FactKind.DATE,
    FactName.PLACE_OF_STUDY: FactKind.TEXT,
}


def is_value_of(kind: FactKind, value: FactValue) -> bool:
    """Return whether a value can be compared with facts of a kind: dates are ISO 8601 text."""
    if not isinstance(value, str) or not value.strip():
        return False
    if kind is FactKind.TEXT:
        return True
    try:
        return bool(ISO_DATE.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False
