"""Write policies, observations and decisions as JSON that RFC 8785 can canonicalize: all numbers are whole."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.explanations import Explanation
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import ParentDecision
from assessments.mastery.rules.policies import ParentPolicy, Policy
from core.text.canonical import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_json(
    value: Policy | ParentPolicy | Observation | MasteryDecision | ParentDecision | Explanation,
) -> dict[str, Json]:
    """Return every field of `value` by its name. `policy_json` reads policies and observations back unchanged."""
    return _members(value)


def _members(value: "DataclassInstance") -> dict[str, Json]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


@singledispatch
def _plain(value: object) -> Json:
    """Return whole numbers, text, flags and null unchanged; exact numbers and times as text; sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return _members(value)
    return str(value)


@_plain.register
def _(value: int | None) -> Json:
    return value


@_plain.register
def _(value: datetime) -> Json:
    # One spelling for each instant, whatever zone it came in: the text goes into digests.
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@_plain.register
def _(value: Decimal) -> Json:
    # Never with an exponent: 1E+2 and 100 would be two digests of one value.
    return format(value, "f")


@_plain.register
def _(value: frozenset) -> Json:  # type: ignore[type-arg]  # singledispatch takes bare classes only
    # Sorted: a set has no order, and the digest of a policy must not depend on the hash of its members.
    return [_plain(item) for item in sorted(value)]


@_plain.register
def _(value: tuple) -> Json:  # type: ignore[type-arg]  # as above
    return [_plain(item) for item in value]


@_plain.register
def _(value: Mapping) -> Json:  # type: ignore[type-arg]  # as above
    return {str(name): _plain(item) for name, item in value.items()}
