"""Write policies, observations and decisions as JSON that RFC 8785 can canonicalize: all numbers are whole.

A decision has two forms. The first one (`as_json`) names rows of evidence by their keys in one database. The second one
(`decision_as_json`, FORM) names them by public ids, so it has the same digest in a copy that was restored under other
keys. Docs: docs/decisions/0022-mastery-methods.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.explanations import Explanation
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import ParentDecision
from assessments.mastery.rules.policies import ParentPolicy, Policy
from core.text.canonical import Json, digest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORM = "cairn-mastery@2"


def as_json(
    value: Policy | ParentPolicy | Observation | MasteryDecision | ParentDecision | Explanation,
) -> dict[str, Json]:
    """Return every field of `value` by its name. `policy_json` reads policies and observations back unchanged."""
    return _members(value)


def decision_as_json(
    decision: MasteryDecision | ParentDecision, observations: Iterable[Observation]
) -> dict[str, Json]:
    """Return a decision in the second form. `observations` are at least the rows that were decided, in any order.

    A row without public id (of a file) is named by its id. A parent's decision names children by public ids already.
    """
    if isinstance(decision, ParentDecision):
        return {"format": FORM, **_members(decision)}
    names = {row.id: row.public_id or str(row.id) for row in observations}
    workings = decision.workings
    # Written member by member: this runs for each piece of evidence that is recorded, and takes a third of the time.
    return {
        "format": FORM,
        "score": _number(decision.score),
        "level": decision.level,
        "state": str(decision.state),
        "mastered_on": _day(decision.mastered_on),
        "ended_on": _day(decision.ended_on),
        "holds_until": _day(decision.holds_until),
        "used": [names[row] for row in decision.used],
        "left_out": [{"id": names[row.id], "reason": str(row.reason)} for row in decision.left_out],
        "periods": [
            {"began_on": period.began_on.isoformat(), "ended_on": _day(period.ended_on)} for period in decision.periods
        ],
        "workings": {
            "exact": None if workings.exact is None else str(workings.exact),
            "deciding": [names[row] for row in workings.deciding],
            "pieces": workings.pieces,
            "at_level": workings.at_level,
            "assessors": workings.assessors,
            "newest_at_level_on": _day(workings.newest_at_level_on),
            "valid_through": _day(workings.valid_through),
            "unmet": [*workings.unmet],
        },
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def decision_digest(
    policy: Policy | ParentPolicy, decision: MasteryDecision | ParentDecision, observations: Iterable[Observation]
) -> str:
    """Return the digest that stored mastery has of a decision: of the first form where the policy's method is older."""
    if isinstance(policy, ParentPolicy) or policy.rule.ties_by_key:
        return digest(as_json(decision))
    return digest(decision_as_json(decision, observations))


def _members(value: "DataclassInstance") -> dict[str, Json]:
    members = {}
    for field in fields(value):
        member = getattr(value, field.name)
        # Members that came later are left out at their default, so that older digests stay what they are.
        if "later" not in field.metadata or member != field.default:
            members[field.name] = _plain(member)
    return members


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
    return _number(value)


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
