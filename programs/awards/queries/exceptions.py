"""The exceptions without which an award would not have been granted, as documents and the desk tell them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core import clock
from programs.audit.queries.awarding import awarding_organization_of, awarding_time_zone
from programs.audit.queries.trees import INSIDE, tree_of
from programs.audit.rules.requirements import Requirement
from programs.awards.queries.decision_record import exceptions_named
from programs.awards.queries.replay import outcome_of_record
from programs.awards.rules import ExceptionFact, reason_outside
from programs.models import Award, RequirementException
from programs.models.exceptions import REQUESTS


@dataclass(frozen=True, slots=True)
class PlacedException:
    """An exception that an award needed; `requirement` is the key of its node in the tree of that award."""

    row: RequirementException
    requirement: str


def exceptions_under(award: Award) -> list[PlacedException]:
    """Return the exceptions that an award and the awards below it needed, with their states, in the order of its tree.

    A lower award meets its whole part of the tree, so the decision above it uses none of the exceptions inside. No
    query where an award has neither exceptions nor awards below.
    """
    keys: dict[str, str] = {}
    for name, key in _placed(award, ""):
        keys.setdefault(name, key)
    if not keys:
        return []
    ranks = {key: rank for rank, key in enumerate(dict.fromkeys(keys.values()))}
    rows = exceptions_named(keys).select_related("enrollment__version__program", "decided_by", "approval__decided_by")
    rows = with_state(rows).defer("enrollment__version__content")  # large, and trees are cached by digest
    placed = [PlacedException(row, keys[str(row.public_id)]) for row in rows]
    return sorted(placed, key=lambda it: (ranks[it.requirement], it.row.pk))


def _placed(award: Award, above: str) -> Iterator[tuple[str, str]]:
    """Yield the public id of each exception that served, with the key of its node below `above`."""
    decision: Mapping[str, Any] = award.decision or {}
    version = award.program_version
    if version is None:
        return
    if decision.get("exceptions"):
        used = outcome_of_record(version, decision).exceptions_used
        places = {node.id: place for place, node in enumerate(tree_of(version).walk())}
        nodes = {entry["id"]: entry["node"] for entry in decision["exceptions"]}
        for name in sorted(used, key=lambda name: places.get(nodes[name], 0)):
            yield name, f"{above}{nodes[name]}"
    yield from _placed_below(decision, above)


def _placed_below(decision: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """Yield what `_placed` does for the awards that a decision counts; one query where there are any."""
    nodes = {
        use["attainment"].partition(":")[2]: use["node"]
        for use in decision.get("uses", ())
        if use["attainment"].startswith("award:")
    }
    if not nodes:
        return
    # Whatever their state: an award that has ended since still explains the one that was built on it.
    rows = Award.objects.filter(public_id__in=list(nodes)).select_related("program_version__program")
    lower = {str(row.public_id): row for row in rows.defer("program_version__content")}
    for name, node in nodes.items():
        if name in lower:
            yield from _placed(lower[name], f"{above}{node}{INSIDE}")


def exception_facts_of(award: Award) -> Iterator[ExceptionFact]:
    """Yield what was excepted for an award, as documents tell it: a reason is a code, and only where it may be told."""
    zone = awarding_organization_of(award).zone
    for placed in exceptions_under(award):
        row = placed.row
        fact = exception_fact(row, tree_of(row.enrollment.version), on=clock.civil_date(row.decided_at, zone))
        yield replace(fact, requirement=placed.requirement)


def exception_fact(row: RequirementException, tree: Requirement, *, on: date) -> ExceptionFact:
    """Return an exception as documents tell it; `tree` is that of its enrollment, `on` the day of its decision."""
    title = next((node.title for node in tree.walk() if node.id == row.node), "")
    return ExceptionFact(
        exception=str(row.public_id),
        kind=row.kind,
        requirement=row.node,
        title=title,
        reason=reason_outside(row.reason),
        decided_on=on,
        approved=row.approval_id is not None,
    )


def with_state(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the state of exceptions depends on beside their own columns.

    `outcome` is that of the newest request for the approval of each, empty where there is none or nobody has decided;
    `awarding_zone` is the time zone of the civil dates of its enrollment.
    """
    annotated: QuerySet[Any] = rows.annotate(
        outcome=Coalesce(Subquery(REQUESTS.newest_first().values("outcome")[:1]), Value("")),
        awarding_zone=awarding_time_zone("enrollment__version"),
    )
    return annotated


def used_exceptions(names: Collection[str]) -> list[RequirementException]:
    """Return exceptions by public id, as an audit of now used them, the oldest first."""
    if not names:
        return []
    return sorted(exceptions_named(names), key=lambda row: row.pk)
