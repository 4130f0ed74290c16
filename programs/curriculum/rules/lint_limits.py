"""Faults of lists, counts, exclusions and conditions: limits that contradict what is asked for."""

from collections.abc import Iterator

from programs.audit.rules.known_facts import KNOWN_FACTS, FactKind, is_value_of
from programs.audit.rules.requirements import ANYTHING, Kind, MetBy, Operator, Requirement, Unit
from programs.curriculum.rules.finding import Finding, figure, own_nodes

LEARNING = frozenset({Kind.COMPETENCY, Kind.CREDITS})
BRANCHES = 2


def lint_limits(tree: Requirement) -> Iterator[Finding]:
    """Yield faults of the limits of each node that its author writes."""
    for node, above in own_nodes(tree):
        excluded = frozenset(name for step in (*above, node) for name in step.excludes)
        yield from _lists(node)
        yield from _pieces(node, excluded)
        yield from _excluded(node, excluded)
        yield from _condition(node)
        if node.met_by is not MetBy.CONTEXT and node.kind is not Kind.PROGRAM:
            yield Finding(node.id, "met_by_without_program")


def _lists(node: Requirement) -> Iterator[Finding]:
    """Yield lists that cap all that could fill the node below what it asks for."""
    accepted = {name for leaf in node.walk() if leaf.leaf and leaf.kind in LEARNING for name in leaf.accepts}
    learning = all(leaf.kind in LEARNING for leaf in node.walk() if leaf.leaf)
    for cap in node.max_listed:
        if ANYTHING not in cap.accepts and not (learning and accepted and accepted <= set(cap.accepts)):
            continue
        if cap.unit is Unit.CREDITS and cap.most < node.min_credits:
            yield Finding(node.id, "list_below_minimum", {"most": figure(cap.most), "asked": figure(node.min_credits)})
        if cap.unit is Unit.COUNT and cap.most < node.min_pieces:
            yield Finding(node.id, "list_below_pieces", {"most": str(cap.most), "asked": str(node.min_pieces)})


def _pieces(node: Requirement, excluded: frozenset[str]) -> Iterator[Finding]:
    leaves = [leaf for leaf in node.walk() if leaf.leaf]
    if not node.min_pieces or not all(leaf.kind in LEARNING for leaf in leaves):
        return
    names = {name for leaf in leaves for name in leaf.accepts}
    if ANYTHING not in names and len(names - excluded) < node.min_pieces:
        yield Finding(
            node.id, "pieces_out_of_reach", {"asked": str(node.min_pieces), "reach": str(len(names - excluded))}
        )


def _excluded(node: Requirement, excluded: frozenset[str]) -> Iterator[Finding]:
    """Yield a leaf that accepts nothing but what it, or a group above it, excludes."""
    if not excluded or not node.leaf or node.kind not in LEARNING or not node.accepts:
        return
    if ANYTHING in excluded or set(node.accepts) <= excluded:
        yield Finding(node.id, "excluded_but_asked", {"competencies": ", ".join(node.accepts)})


def _condition(node: Requirement) -> Iterator[Finding]:
    if node.kind is not Kind.IF:
        if node.condition is not None:
            yield Finding(node.id, "condition_without_if")
        return
    if not 1 <= len(node.children) <= BRANCHES:
        yield Finding(node.id, "if_parts_out_of_range", {"parts": str(len(node.children))})
    if node.condition is None:
        yield Finding(node.id, "if_without_condition")
        return
    asked = node.condition
    kind = KNOWN_FACTS.get(asked.fact)
    if kind is None:
        yield Finding(node.id, "unknown_fact", {"fact": asked.fact})
        return
    if asked.operator is Operator.AT_LEAST and kind is not FactKind.DATE:
        yield Finding(node.id, "fact_without_order", {"fact": asked.fact})
    for value in asked.values:
        if not is_value_of(kind, value):
            yield Finding(node.id, "fact_value_wrong", {"fact": asked.fact, "value": str(value)})
