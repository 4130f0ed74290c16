"""The qualifiers of a requirement that are kept as named members of JSON, and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.text.canonical import Json
from programs.audit.rules.requirements import ANYTHING, SourceCap
from programs.rules.attainments import Basis

AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_DAYS = 36_525
MEMBERS = frozenset({"within_days", "earned_here", "max_source", "accepts"})


class QualifierFault(ValueError):  # noqa: N818 - it becomes QualifierError with its action
    """A member that is not understood."""

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(member)


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """`within_days`: work is at most so old. `earned_here`: so many hundredths of credit must come from here.

    `max_source`: at most so many hundredths from a basis. `accepts`: the competencies (public ids) that a credits leaf
    takes, or `*` for anything.
    """

    within_days: int | None = None
    earned_here: int = 0
    max_source: tuple[SourceCap, ...] = ()
    accepts: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: object) -> "Qualifiers":
        """From JSON; credits are text with at most two places. Raises QualifierFault naming the member."""
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
        """Without members that ask nothing."""
        found: dict[str, Json] = {}
        if self.within_days is not None:
            found["within_days"] = self.within_days
        if self.earned_here:
            found["earned_here"] = figure(self.earned_here)
        if self.max_source:
            found["max_source"] = {cap.basis.value: figure(cap.most) for cap in self.max_source}
        if self.accepts:
            found["accepts"] = [*self.accepts]
        return found


def hundredths(amount: Decimal | None) -> int:
    """Credits and quantities as the audit counts them; nothing is 0."""
    return 0 if amount is None else int(amount * 100)


def from_hundredths(amount: int) -> Decimal:
    """What the audit counted, as credits."""
    return Decimal(figure(amount))


def figure(amount: int) -> str:
    """Hundredths as they are written: two places."""
    return f"{amount // 100}.{amount % 100:02d}"


def _days(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
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
