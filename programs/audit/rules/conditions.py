"""The conditions of a requirement tree, decided on the facts of one enrollment before the tree is audited."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from programs.audit.rules.context import Method
from programs.audit.rules.facts import Facts, FactValue
from programs.audit.rules.requirements import MAX_CACHED_TREES, Condition, Kind, Operator, Requirement

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class DecidedCondition(NamedTuple):
    """A condition of an *if* node on the facts of one enrollment.

    `known` is false when the fact is unknown or cannot be compared; the condition then does not hold.
    """

    node: str
    fact: str
    known: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class DecidedTree:
    """A tree without conditions: each *if* node is an *all* node of the child that applies, or of nothing.

    `left_out` are the nodes that do not apply, in the order of the tree.
    """

    tree: Requirement
    conditions: tuple[DecidedCondition, ...] = ()
    left_out: tuple[str, ...] = ()


@lru_cache(maxsize=MAX_CACHED_TREES)
def decided_tree_of(tree: Requirement, facts: Facts, method: Method) -> DecidedTree:
    """Return the tree that applies to an enrollment with these facts.

    From `audit@3` on, texts are compared whatever their case and blanks: titles of cohorts are typed.
    """
    # Cached by all that decides it: all of it is immutable. A tree without conditions is returned as it is.
    if not any(node.kind is Kind.IF for node in tree.walk()):
        return DecidedTree(tree)
    conditions: list[DecidedCondition] = []
    left_out: list[str] = []
    found = _decided(tree, facts, method, conditions, left_out)
    return DecidedTree(found, tuple(conditions), tuple(left_out))


def _decided(
    node: Requirement, facts: Facts, method: Method, conditions: list[DecidedCondition], left_out: list[str]
) -> Requirement:
    children = node.children
    if node.kind is Kind.IF and node.condition is not None:
        value = facts.get(node.condition.fact)
        known = value is not None and _comparable(node.condition, value)
        holds = value is not None and known and _holds(node.condition, value, method)
        conditions.append(DecidedCondition(node.id, node.condition.fact, known, holds))
        applies = children[:1] if holds else children[1:2]
        left_out.extend(inner.id for child in children if child not in applies for inner in child.walk())
        children = applies
    decided = tuple(_decided(child, facts, method, conditions, left_out) for child in children)
    # A node without condition stays what it is: the audit refuses it by name.
    kind = Kind.ALL if node.kind is Kind.IF and node.condition is not None else node.kind
    # What a part that does not apply may share with another limits nothing.
    caps = tuple(cap for cap in node.share_caps if not {cap.first, cap.second} & set(left_out))
    return replace(node, kind=kind, condition=None, children=decided, share_caps=caps)


def _comparable(condition: Condition, value: FactValue) -> bool:
    return condition.operator is not Operator.AT_LEAST or all(
        comparable_as_least(value, wanted) for wanted in condition.values
    )


def comparable_as_least(one: FactValue, other: FactValue) -> bool:
    """Return whether one value can be at least the other: two whole numbers, or two dates."""
    if isinstance(one, str) and isinstance(other, str):
        return bool(ISO_DATE.fullmatch(one) and ISO_DATE.fullmatch(other))
    return isinstance(one, int) and isinstance(other, int)


def same_words(text: str) -> str:
    """Return a text in the form in which texts are compared: without case, and with single blanks."""
    return " ".join(text.casefold().split())


def _holds(condition: Condition, value: FactValue, method: Method) -> bool:
    if condition.operator is Operator.AT_LEAST:
        # ISO 8601 dates sort as text, and both are of one type here.
        return value >= condition.values[0]  # type: ignore[operator]
    if isinstance(value, str) and method.compares_words:
        return same_words(value) in {same_words(wanted) for wanted in condition.values if isinstance(wanted, str)}
    return value in condition.values
