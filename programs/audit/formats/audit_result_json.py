"""Requirement trees and audits as JSON that RFC 8785 can canonicalize; numbers are whole hundredths."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from core.text.canonical import Json
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.facts import Facts
from programs.audit.rules.report_rows import Step
from programs.audit.rules.requirements import Condition, Requirement
from programs.audit.rules.result import Audit, AuditOutcome
from programs.rules.attainments import Attainment, RequirementException


def requirement_as_json(node: Requirement) -> dict[str, Json]:
    """Return a node and all below it, without members at their defaults; `audit_json.read_requirement` reads it back.

    A silent node is a node whose children share pieces, as in content `cairn-program@1`.
    """
    members: dict[str, Json] = {"id": node.id, "kind": node.kind.value}
    for field in fields(node):
        value = getattr(node, field.name)
        if field.default is not MISSING and value != field.default:
            members[field.name] = _REQUIREMENT[field.name](value) if field.name in _REQUIREMENT else _plain(value)
    return members


def _condition_as_json(condition: Condition) -> dict[str, Json]:
    return {"fact": condition.fact, "op": condition.operator.value, "values": [*condition.values]}


_REQUIREMENT: Mapping[str, Callable[[Any], Json]] = {
    "children": lambda children: [requirement_as_json(child) for child in children],
    "max_source": lambda caps: [[cap.basis.value, cap.most] for cap in caps],
    "share_caps": lambda caps: [[cap.first, cap.second, cap.most, cap.unit.value] for cap in caps],
    "max_listed": lambda caps: [[[*cap.accepts], cap.most, cap.unit.value] for cap in caps],
    "condition": _condition_as_json,
    "credit_table": dict,
}
"""How members of a requirement are written that are no text, number or list of texts."""


def attainment_as_json(attainment: Attainment) -> dict[str, Json]:
    """Return an attainment without members at their defaults; `audit_json.read_attainment` reads it back."""
    members = _without_defaults(attainment, {"competency": "comp", "basis": "source"})
    return {**members, "conversions": dict(attainment.conversions)} if attainment.conversions else members


def exception_as_json(decision: RequirementException) -> dict[str, Json]:
    """Return an exception about one node; `audit_json.read_exception` reads it back."""
    return _without_defaults(decision, {"competency": "comp"})


def facts_as_json(facts: Facts) -> dict[str, Json]:
    """Return the facts of an enrollment; `audit_json.read_facts` reads them back."""
    return dict(facts.values)


def _without_defaults(row: Attainment | RequirementException, named: Mapping[str, str]) -> dict[str, Json]:
    members: dict[str, Json] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if value != field.default and field.name != "conversions":
            members[named.get(field.name, field.name)] = _plain(value)
    return members


def _plain(value: Any) -> Json:  # noqa: ANN401 - a member of any of the rows above
    plain: Json = value.isoformat() if isinstance(value, date) else [*value] if isinstance(value, tuple) else value
    return plain


def assignment_as_json(assignment: Assignment) -> dict[str, Json]:
    """Return an assignment; `audit_json.read_assignment` reads it back."""
    return {"uses": [[*use] for use in sorted(assignment.uses)], "chosen": [*sorted(assignment.chosen)]}


def audit_as_json(audit: Audit, *, on: date) -> dict[str, Json]:
    """Return a whole audit; `short` is the projected distance, as in the cases. Numbers are hundredths.

    From `audit@2` on it has the conditions of the tree, the nodes that they leave out, and new pieces for leaves.
    """
    newer = audit.method.decides_sharing
    decided: dict[str, Json] = {
        "conditions": [condition._asdict() for condition in audit.conditions],
        "not_applicable": [*audit.not_applicable],
    }
    return {
        "on": on.isoformat(),
        "method": audit.method.value,
        "status": audit.status.value,
        "short": audit.projected.distance,
        "whole": audit.whole,
        "percent": audit.percent,
        "holds_until": None if audit.holds_until is None else audit.holds_until.isoformat(),
        "today": outcome_as_json(audit.today, newer=newer),
        "projected": outcome_as_json(audit.projected, newer=newer),
        "moves": [{"attainment": move.attainment, "now": [*move.now], "then": [*move.then]} for move in audit.moves],
        **(decided if newer else {}),
    }


def outcome_as_json(outcome: AuditOutcome, *, newer: bool = False) -> dict[str, Json]:
    """Return one of the two outcomes of an audit; `newer` adds what `audit@1` does not have."""
    new_pieces: Json = [{**piece._asdict(), "nodes": [*piece.nodes]} for piece in outcome.new_pieces]
    return {
        "met": outcome.met,
        "distance": outcome.distance,
        "lower_bound": outcome.lower_bound,
        "proven": outcome.proven,
        "status_proven": outcome.status_proven,
        "contested": outcome.contested,
        "engine": outcome.engine,
        "uses": [use._asdict() for use in outcome.uses],
        "chosen": [*sorted(outcome.assignment.chosen)],
        "nodes": [{name: value for name, value in node._asdict().items() if name != "uses"} for node in outcome.nodes],
        "steps": [_step_as_json(step) for step in outcome.steps],
        "blocking": [str(rule) for rule in outcome.blocking],
        "irreducible": outcome.irreducible,
        "left_out": [
            {"attainment": left.attainment, "node": left.node, "reason": left.reason.value} for left in outcome.left_out
        ],
        "exceptions_used": [*outcome.exceptions_used],
        **({"new_pieces": new_pieces} if newer else {}),
    }


def _step_as_json(step: Step) -> dict[str, Json]:
    members: dict[str, Json] = {"node": step.node, "missing": step.missing.value, "cost": step.cost}
    return {**members, "piece": step.piece} if step.piece else members
