"""Stored audits, as `audit_result_json` wrote them, read back."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.eligibility import Reason, Refusal
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.completion.report import Report
from programs.audit.rules.conditions import DecidedCondition
from programs.audit.rules.context import Method
from programs.audit.rules.kept_report import KeptReport
from programs.audit.rules.report_rows import Missing, NewPiece, NodeResult, Step, Use
from programs.audit.rules.result import Audit, AuditOutcome


def read_audit(stored: Mapping[str, Any]) -> Audit:
    """Return a stored audit; written again, it is the same."""
    until = stored["holds_until"]
    return Audit(
        today=_outcome(stored["today"]),
        projected=_outcome(stored["projected"]),
        whole=stored["whole"],
        holds_until=None if until is None else date.fromisoformat(until),
        method=Method(stored["method"]),
        conditions=tuple(DecidedCondition(**row) for row in stored.get("conditions", ())),
        not_applicable=tuple(stored.get("not_applicable", ())),
    )


def audited_on(stored: Mapping[str, Any]) -> date:
    """Return the civil date of a stored audit."""
    return date.fromisoformat(stored["on"])


def _outcome(stored: Mapping[str, Any]) -> AuditOutcome:
    uses = tuple(Use(**row) for row in stored["uses"])
    at: dict[str, list[Use]] = {}
    for use in uses:
        at.setdefault(use.node, []).append(use)
    report = KeptReport(
        assignment=Assignment(frozenset((use.attainment, use.node) for use in uses), frozenset(stored["chosen"])),
        nodes=tuple(NodeResult(**row, uses=tuple(at.get(row["node"], ()))) for row in stored["nodes"]),
        uses=uses,
        steps=tuple(
            Step(row["node"], Missing(row["missing"]), row["cost"], row.get("piece", "")) for row in stored["steps"]
        ),
        new_pieces=tuple(
            NewPiece(row["competency"], tuple(row["nodes"]), row["cost"]) for row in stored.get("new_pieces", ())
        ),
        left_out=tuple(Refusal(row["attainment"], row["node"], Reason(row["reason"])) for row in stored["left_out"]),
        exceptions_used=tuple(stored["exceptions_used"]),
    )
    return AuditOutcome(
        distance=stored["distance"],
        lower_bound=stored["lower_bound"],
        contested=stored["contested"],
        engine=stored["engine"],
        blocking=tuple(_rule(text) for text in stored["blocking"]),
        irreducible=stored["irreducible"],
        # It has the rows that pages read, and no plan: nothing decides on a stored audit again.
        report=cast("Report", report),
    )


def _rule(text: str) -> Rule:
    kind, node, *detail = text.split(":", 2)
    return Rule(kind, node, *detail)
