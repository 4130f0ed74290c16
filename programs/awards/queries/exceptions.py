"""The exceptions without which an award would not have been granted, as documents and the desk tell them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from core import clock
from programs.audit.queries.awarding import awarding_organization_of
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Requirement
from programs.awards.queries.decision_record import exceptions_named
from programs.awards.queries.replay import outcome_of_record
from programs.awards.rules import ExceptionFact, reason_outside
from programs.models import Award, RequirementException


def exceptions_under(award: Award) -> list[RequirementException]:
    """Return the exceptions that an award needed, in the order of its tree; no query where it had none."""
    decision: Mapping[str, Any] = award.decision or {}
    version = award.program_version
    if version is None or not decision.get("exceptions"):
        return []
    used = set(outcome_of_record(version, decision).exceptions_used)
    places = {node.id: place for place, node in enumerate(tree_of(version).walk())}
    nodes = {entry["id"]: entry["node"] for entry in decision["exceptions"]}
    rows = exceptions_named(used).select_related("enrollment__version__program", "decided_by", "approval__decided_by")
    rows = rows.defer("enrollment__version__content")  # large, and trees are cached by digest
    return sorted(rows, key=lambda row: (places.get(nodes[str(row.public_id)], 0), row.pk))


def exception_facts_of(award: Award) -> Iterator[ExceptionFact]:
    """Yield what was excepted for an award, as documents tell it: a reason is a code, and only where it may be told."""
    zone = awarding_organization_of(award).zone
    for row in exceptions_under(award):
        yield exception_fact(row, tree_of(row.enrollment.version), on=clock.civil_date(row.decided_at, zone))


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


def used_exceptions(names: Collection[str]) -> list[RequirementException]:
    """Return exceptions by public id, as an audit of now used them, the oldest first."""
    if not names:
        return []
    return sorted(exceptions_named(names), key=lambda row: row.pk)
