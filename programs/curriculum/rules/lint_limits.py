"""Faults of lists and counts that contradict what is asked for, and of conditions on facts that no enrollment has."""

from collections.abc import Iterator

from programs.audit.rules.known_facts import KNOWN_FACTS, FactKind, is_value_of
from programs.audit.rules.qualifiers import figure
from programs.audit.rules.requirements import ANYTHING, LEARNING, Kind, Operator, Requirement, Unit
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.rules.own_nodes import own_nodes


def lint_limits(tree: Requirement) -> Iterator[Finding]:
    """Yield faults of the limits of each node that its author writes."""
    for node, above in own_nodes(tree):
        excluded = frozenset(name for step in (*above, node) for name in step.excludes)
        yield from _lists(node)
        yield from _pieces(node, excluded)
        yield from _condition(node)


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


def _condition(node: Requirement) -> Iterator[Finding]:
    asked = node.condition
    if node.kind is not Kind.IF or asked is None:
        return
    kind = KNOWN_FACTS.get(asked.fact)
    if kind is None:
        yield Finding(node.id, "unknown_fact", {"fact": asked.fact})
        return
    if asked.operator is Operator.AT_LEAST and kind is not FactKind.DATE:
        yield Finding(node.id, "fact_without_order", {"fact": asked.fact})
    for value in asked.values:
        if not is_value_of(kind, value):
            yield Finding(node.id, "fact_value_wrong", {"fact": asked.fact, "value": str(value)})
