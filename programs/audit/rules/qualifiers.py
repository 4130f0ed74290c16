"""The qualifiers of a requirement that are stored as members of one JSON column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.text.canonical import Json
from programs.audit.rules.requirements import (
    ANYTHING,
    Condition,
    ListCap,
    Operator,
    ShareCap,
    SourceCap,
    Unit,
)
from programs.rules.attainments import Basis

AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEY = re.compile(r"[a-z][a-z0-9]*(/[a-z][a-z0-9]*)*")
MAX_WITHIN_DAYS = 36_525
MAX_PIECES = 999
MAX_LISTS = 20
MAX_FACT_LENGTH = 200
MEMBERS = frozenset(
    {
        "within_days",
        "earned_here",
        "max_source",
        "accepts",
        "min_pieces",
        "excludes",
        "max_listed",
        "share_caps",
        "condition",
    }
)


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
    leaf accepts, or `*` for any. `min_pieces`: the least number of different pieces. `excludes`: the competencies that
    do not count here or below. `max_listed` and `share_caps`: at most so much of some competencies, or in common of
    two requirements (keys). `condition` is of an *if*.
    """

    within_days: int | None = None
    earned_here: int = 0
    max_source: tuple[SourceCap, ...] = ()
    accepts: tuple[str, ...] = ()
    min_pieces: int = 0
    excludes: tuple[str, ...] = ()
    max_listed: tuple[ListCap, ...] = ()
    share_caps: tuple[ShareCap, ...] = ()
    condition: Condition | None = None

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
            accepts=_competencies("accepts", value.get("accepts", [])),
            min_pieces=_pieces("min_pieces", value.get("min_pieces", 0)),
            excludes=_competencies("excludes", value.get("excludes", [])),
            max_listed=tuple(_list_cap(entry) for entry in _rows("max_listed", value.get("max_listed", []))),
            share_caps=tuple(_share_cap(entry) for entry in _rows("share_caps", value.get("share_caps", []))),
            condition=_condition(value["condition"]) if "condition" in value else None,
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
        if self.min_pieces:
            members["min_pieces"] = self.min_pieces
        if self.excludes:
            members["excludes"] = [*self.excludes]
        if self.max_listed:
            members["max_listed"] = [{"accepts": [*cap.accepts], **_most_as_json(cap)} for cap in self.max_listed]
        if self.share_caps:
            members["share_caps"] = [
                {"between": [cap.first, cap.second], **_most_as_json(cap)} for cap in self.share_caps
            ]
        if self.condition is not None:
            asked = self.condition
            members["condition"] = {"fact": asked.fact, "op": asked.operator.value, "values": [*asked.values]}
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


def _competencies(member: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(name, str) and (name == ANYTHING or ID.fullmatch(name)) for name in value
    ):
        raise QualifierFault(member)
    return tuple(dict.fromkeys(value))


def _pieces(member: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_PIECES:
        raise QualifierFault(member)
    return value


def _rows(member: str, value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or len(value) > MAX_LISTS or not all(isinstance(row, Mapping) for row in value):
        raise QualifierFault(member)
    return value


def _list_cap(row: Mapping[str, object]) -> ListCap:
    if set(row) != {"accepts", "most", "unit"} or not row["accepts"]:
        raise QualifierFault("max_listed")
    return ListCap(_competencies("max_listed", row["accepts"]), *_most("max_listed", row))


def _share_cap(row: Mapping[str, object]) -> ShareCap:
    between = row.get("between")
    if (
        set(row) != {"between", "most", "unit"}
        or not isinstance(between, list)
        or len(between) != len(("one", "other"))
    ):
        raise QualifierFault("share_caps")
    if not all(isinstance(key, str) and KEY.fullmatch(key) for key in between):
        raise QualifierFault("share_caps")
    return ShareCap(between[0], between[1], *_most("share_caps", row))


def _most(member: str, row: Mapping[str, object]) -> tuple[int, Unit]:
    """Read a maximum: a whole number of pieces, or credits as text."""
    if row["unit"] == Unit.COUNT.value:
        return _pieces(member, row["most"]), Unit.COUNT
    if row["unit"] == Unit.CREDITS.value:
        return _amount(member, row["most"]), Unit.CREDITS
    raise QualifierFault(member)


def _most_as_json(cap: ListCap | ShareCap) -> dict[str, Json]:
    return {"most": cap.most if cap.unit is Unit.COUNT else figure(cap.most), "unit": cap.unit.value}


def _condition(value: object) -> Condition:
    if not isinstance(value, Mapping) or set(value) != {"fact", "op", "values"}:
        raise QualifierFault("condition")
    fact, operator, values = value["fact"], value["op"], value["values"]
    if not isinstance(fact, str) or operator not in set(Operator) or not isinstance(values, list) or not values:
        raise QualifierFault("condition")
    if not all(_is_fact_value(known) for known in values) or (operator != Operator.AMONG and len(values) > 1):
        raise QualifierFault("condition")
    return Condition(fact, Operator(operator), tuple(values))


def _is_fact_value(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_FACT_LENGTH
    return isinstance(value, int) and not isinstance(value, bool)
