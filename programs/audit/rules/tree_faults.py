"""Faults of what `audit@2` reads in a tree: conditions, sharing, lists and credit tables; nobody can mean them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from programs.audit.rules.conditions import comparable_as_least
from programs.audit.rules.requirements import ANYTHING, Kind, MetBy, Operator, Requirement

MOST_BRANCHES = 2


@dataclass(frozen=True)
class Finding:
    """One fault of a tree: the node, a code, and the values in its text (`programs/audit/labels.py`)."""

    node: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def faults_of(tree: Requirement) -> Iterator[Finding]:
    """Yield the faults of a tree in what `audit@2` adds, parents first."""
    yield from _faults(tree, frozenset(), {})


def _faults(node: Requirement, excluded: frozenset[str], table: Mapping[str, int]) -> Iterator[Finding]:
    excluded = excluded | set(node.excludes)
    table = {**table, **dict(node.credit_table)}
    yield from _condition(node)
    yield from _sharing(node)
    yield from _leaf(node, excluded, table)
    if (node.met_by is not MetBy.CONTEXT) and node.kind is not Kind.PROGRAM:
        yield Finding(node.id, "met_by_elsewhere")
    if node.met_by is MetBy.TREE and not node.children:
        yield Finding(node.id, "met_by_no_tree")
    for child in node.children:
        yield from _faults(child, excluded, table)


def _condition(node: Requirement) -> Iterator[Finding]:
    if node.kind is not Kind.IF:
        if node.condition is not None:
            yield Finding(node.id, "condition_elsewhere")
        return
    if node.condition is None:
        yield Finding(node.id, "without_condition")
        return
    if not 1 <= len(node.children) <= MOST_BRANCHES:
        yield Finding(node.id, "branches_of_condition", {"parts": str(len(node.children))})
    values, operator = node.condition.values, node.condition.operator
    if operator is not Operator.AMONG and len(values) != 1:
        yield Finding(node.id, "one_value_expected", {"given": str(len(values))})
    elif operator is Operator.AT_LEAST and not comparable_as_least(values[0], values[0]):
        yield Finding(node.id, "not_comparable", {"given": str(values[0])})


def _sharing(node: Requirement) -> Iterator[Finding]:
    below = {inner.id: inner for child in node.children for inner in child.walk()}
    for cap in node.share_caps:
        names = {cap.first, cap.second}
        for name in sorted(names - set(below)):
            yield Finding(node.id, "cap_about_nothing", {"other": name})
        if len(names) == 1:
            yield Finding(node.id, "cap_with_itself", {"other": cap.first})
        elif names <= set(below) and any(
            other in {inner.id for inner in below[name].walk()}
            for name, other in ((cap.first, cap.second), (cap.second, cap.first))
        ):
            yield Finding(node.id, "cap_with_its_own_part", {"first": cap.first, "other": cap.second})
    if node.exclusive:
        alone: dict[str, str] = {}
        for child in node.children:
            if child.kind is Kind.COMPETENCY and len(child.accepts) == 1:
                (name,) = child.accepts
                if name in alone:
                    yield Finding(child.id, "exclusive_of_the_same", {"other": alone[name]})
                alone.setdefault(name, child.id)
    if node.max_listed and any(inner.children and inner.nominal for inner in below.values()):
        yield Finding(node.id, "list_above_group_credit")


def _leaf(node: Requirement, excluded: frozenset[str], table: Mapping[str, int]) -> Iterator[Finding]:
    if not node.leaf or node.kind not in {Kind.COMPETENCY, Kind.CREDITS} or not node.accepts:
        return
    if ANYTHING not in node.accepts and set(node.accepts) <= excluded:
        yield Finding(node.id, "accepts_only_excluded", {"names": ", ".join(node.accepts)})
    elif node.kind is Kind.CREDITS:
        names = set(table) if ANYTHING in node.accepts else {*node.accepts, ANYTHING} & set(table)
        if not names:
            yield Finding(node.id, "no_credit_by_mastery")
