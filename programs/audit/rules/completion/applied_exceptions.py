"""What a registrar's exceptions change about a tree on one day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from programs.audit.rules.completion.numbered_tree import Shape
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import ExceptionKind, RequirementException


@dataclass(slots=True)
class Easing:
    """Per node number: who waived it, whether its qualifiers fell; what else is accepted; the days when this changes.

    A waived node that bears credit for what is below it is `bypassed`: complete it for its credits, or pass it by
    without. `accepted_too` is keyed by competency, `substituted` by attainment: both list (node, exception).
    """

    waived: dict[int, str] = field(default_factory=dict)
    bypassed: dict[int, str] = field(default_factory=dict)
    forced: set[int] = field(default_factory=set)
    accepted_too: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    substituted: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    preferred: set[tuple[str, int]] = field(default_factory=set)
    turning: list[date] = field(default_factory=list)


def easing_of(shape: Shape, exceptions: Sequence[RequirementException], on: date) -> Easing:
    """What the exceptions in force on `on` change; those about nodes that the tree does not have change nothing.

    Nor do those that let something count at a group: pieces count at leaves alone.
    """
    easing = Easing()
    for decision in exceptions:
        easing.turning += [day for day in (decision.starts_on, decision.ends_on) if day is not None and day > on]
        node = shape.index.get(decision.node)
        if node is not None and decision.in_force(on):
            _apply(easing, decision, node, shape)
    return easing


TAKING = frozenset({ExceptionKind.ALSO_ALLOW, ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE})
"""The kinds that speak of something that counts at the node itself."""


def takes_pieces(node: Requirement) -> bool:
    """Whether anything can count at the node itself: a leaf, or a program, which an award meets as a whole."""
    return node.leaf or node.kind is Kind.PROGRAM


def _apply(easing: Easing, decision: RequirementException, node: int, shape: Shape) -> None:
    wanted = shape.nodes[node]
    if decision.kind in TAKING and not takes_pieces(wanted):
        return
    if decision.kind is ExceptionKind.ALSO_ALLOW:
        easing.accepted_too.setdefault(decision.competency, []).append((node, decision.id))
    elif decision.kind is ExceptionKind.SUBSTITUTE:
        easing.substituted.setdefault(decision.attainment, []).append((node, decision.id))
    elif decision.kind is ExceptionKind.APPLY_HERE:
        easing.preferred.add((decision.attainment, node))
    else:
        _waive(easing, decision.id, node, shape)
        if decision.kind is ExceptionKind.FORCE_COMPLETE:
            easing.forced.update(range(node, shape.end[node]))


def _waive(easing: Easing, by: str, node: int, shape: Shape) -> None:
    if shape.covering[node]:
        easing.bypassed.setdefault(node, by)
        return
    easing.waived.setdefault(node, by)
    for child in shape.children[node]:
        _waive(easing, by, child, shape)
