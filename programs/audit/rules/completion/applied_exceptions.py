"""The changes that a registrar's exceptions make to a tree on one day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from programs.audit.rules.completion.numbered_tree import NumberedTree
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import ExceptionKind, RequirementException


@dataclass(slots=True)
class AppliedExceptions:
    """The exceptions in force, by node number.

    `waived` nodes need nothing; the value is the exception. A waived node that has credit for everything below it is
    `bypassed` instead: the learner completes it for its credits, or leaves it out without credits. `forced` nodes also
    lose their qualifiers. `accepted_too` (by competency) and `substituted` (by attainment) list pairs of node and
    exception. `approved` are the substitutions that a second registrar approved. `turning` are later days on which an
    exception begins or ends.
    """

    waived: dict[int, str] = field(default_factory=dict)
    bypassed: dict[int, str] = field(default_factory=dict)
    forced: set[int] = field(default_factory=set)
    accepted_too: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    substituted: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    preferred: set[tuple[str, int]] = field(default_factory=set)
    turning: list[date] = field(default_factory=list)


def applied_exceptions_of(
    shape: NumberedTree, exceptions: Sequence[RequirementException], on: date
) -> AppliedExceptions:
    """Return the changes by the exceptions in force on `on`.

    An exception changes nothing when the tree does not have its node, or when it lets a piece count at a group: pieces
    count at leaves only.
    """
    applied = AppliedExceptions()
    for decision in exceptions:
        applied.turning += [day for day in (decision.starts_on, decision.ends_on) if day is not None and day > on]
        node = shape.index.get(decision.node)
        if node is not None and decision.in_force(on):
            _apply(applied, decision, node, shape)
    return applied


TAKING = frozenset({ExceptionKind.ALSO_ALLOW, ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE})
"""The kinds that let an attainment count at the node itself."""


def takes_pieces(node: Requirement) -> bool:
    """Return whether an attainment can count at the node itself: at a leaf, or at a program, which an award meets."""
    return node.leaf or node.kind is Kind.PROGRAM


def _apply(applied: AppliedExceptions, decision: RequirementException, node: int, shape: NumberedTree) -> None:
    wanted = shape.nodes[node]
    if decision.kind in TAKING and not takes_pieces(wanted):
        return
    if decision.kind is ExceptionKind.ALSO_ALLOW:
        applied.accepted_too.setdefault(decision.competency, []).append((node, decision.id))
    elif decision.kind is ExceptionKind.SUBSTITUTE:
        applied.substituted.setdefault(decision.attainment, []).append((node, decision.id))
        if decision.approved:
            applied.approved.add(decision.id)
    elif decision.kind is ExceptionKind.APPLY_HERE:
        applied.preferred.add((decision.attainment, node))
    else:
        _waive(applied, decision.id, node, shape)
        if decision.kind is ExceptionKind.FORCE_COMPLETE:
            applied.forced.update(range(node, shape.end[node]))


def _waive(applied: AppliedExceptions, by: str, node: int, shape: NumberedTree) -> None:
    if shape.covering[node]:
        applied.bypassed.setdefault(node, by)
        return
    applied.waived.setdefault(node, by)
    for child in shape.children[node]:
        _waive(applied, by, child, shape)
