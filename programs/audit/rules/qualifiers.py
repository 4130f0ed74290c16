"""The qualifiers of a requirement that are stored as members of one JSON column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.text.canonical import Json
from programs.audit.rules.requirements import ANYTHING, SourceCap
from programs.rules.attainments import Basis

AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_WITHIN_DAYS = 36_525
MEMBERS = frozenset({"within_days", "earned_here", "max_source", "accepts"})


class QualifierFault(ValueError):  # noqa: N818 - it becomes QualifierError with its action
    """A member of the JSON is unknown or has a wrong value."""

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(member)


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """Limits on the attainments that count at a requirement. Credits are hundredths.

    `within_days`: the greatest age of an attainment. `earned_here`: the least credit that must be earned at this
    institution. `max_source`: the most credit from each basis. `accepts`: the competencies (public ids) that a credits
    leaf accepts, or `*` for any.
    """

    within_days: int | None = None
    earned_here: int = 0
    max_source: tuple[SourceCap, ...] = ()
    accepts: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: object) -> "Qualifiers":
        """Read qualifiers from JSON; credits are text with at most two places.

        Raises QualifierFault with the member.
        """
        if not isinstance(value, Mapping):
            raise QualifierFault("")
        unknown = sorted(set(value) - MEMBERS)
        if unknown:
            raise QualifierFault(str(unknown[0]))
        return cls(
            within_days=_days(value.get("within_days")),
            earned_here=_amount("earned_here", value.get("earned_here", "0")),
            max_source=_caps(value.get("max_source", {})),
            accepts=_accepts(value.get("accepts", [])),
        )

    def as_json(self) -> dict[str, Json]:
        """Return the JSON, without members that limit nothing."""
        members: dict[str, Json] = {}
        if self.within_days is not None:
            members["within_days"] = self.within_days
        if self.earned_here:
            members["earned_here"] = figure(self.earned_here)
        if self.max_source:
            members["max_source"] = {cap.basis.value: figure(cap.most) for cap in self.max_source}
        if self.accepts:
            members["accepts"] = [*self.accepts]
        return members


def hundredths(amount: Decimal | None) -> int:
    """Return credits or a quantity in hundredths, as the audit counts them; None becomes 0."""
    return 0 if amount is None else int(amount * 100)


def from_hundredths(amount: int) -> Decimal:
    """Return hundredths as a decimal number of credits."""
    return Decimal(figure(amount))


def figure(amount: int) -> str:
    """Return hundredths as text with two places: 150 becomes `1.50`."""
    return f"{amount // 100}.{amount % 100:02d}"


def _days(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_WITHIN_DAYS:
        raise QualifierFault("within_days")
    return value


def _amount(member: str, value: object) -> int:
    if not isinstance(value, str) or not AMOUNT.fullmatch(value):
        raise QualifierFault(member)
    return hundredths(Decimal(value))


def _caps(value: object) -> tuple[SourceCap, ...]:
    if not isinstance(value, Mapping) or set(value) - set(Basis):
        raise QualifierFault("max_source")
    return tuple(SourceCap(Basis(basis), _amount("max_source", most)) for basis, most in sorted(value.items()))


def _accepts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(name, str) and (name == ANYTHING or ID.fullmatch(name)) for name in value
    ):
        raise QualifierFault("accepts")
    return tuple(dict.fromkeys(value))
