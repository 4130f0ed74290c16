"""Which decisions a second registrar has to approve, and what is told of them outside the office."""

from enum import StrEnum

from programs.audit.rules.completion.eligibility import below_level
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.context import NEWEST
from programs.audit.rules.requirements import ANYTHING, Kind, Requirement
from programs.rules.attainments import Attainment, ExceptionKind


class ApprovalReason(StrEnum):
    """Why an exception needs the approval of a second registrar: it can sign something that was not shown."""

    FORCED = "forced"
    CREDIT = "credit"
    BELOW_LEVEL = "below_level"


def approval_reason(
    kind: ExceptionKind, tree: Requirement, node: str, attainment: Attainment | None
) -> ApprovalReason | None:
    """Return why an exception needs approval; None where one registrar may decide alone.

    `tree` is a tree without conditions, as the newest method reads it; `attainment` is the substitute, if there is one.
    """
    if kind is ExceptionKind.FORCE_COMPLETE:
        return ApprovalReason.FORCED
    if kind is ExceptionKind.WAIVE and bears_credit(tree, node):
        return ApprovalReason.CREDIT
    if kind is ExceptionKind.SUBSTITUTE and attainment is not None and is_below_level(tree, node, attainment):
        return ApprovalReason.BELOW_LEVEL
    return None


def bears_credit(tree: Requirement, node: str) -> bool:
    """Return whether credit depends on a node: it, a part of it, or a group around it has credit of its own.

    A group that has credit as a whole gives all of it, also where one of its parts was waived.
    """
    path = path_to(tree, node)
    if not path:
        return False
    whole_group = any(above.nominal and above.children for above in path[:-1])
    return whole_group or any(_asks_for_credit(step) for step in path[-1].walk())


def _asks_for_credit(node: Requirement) -> bool:
    return bool(node.nominal or node.min_credits or node.earned_here) or node.kind is Kind.CREDITS


def path_to(tree: Requirement, node: str) -> tuple[Requirement, ...]:
    """Return the nodes from the root to a node; nothing where the tree does not have it."""
    if tree.id == node:
        return (tree,)
    for child in tree.children:
        below = path_to(child, node)
        if below:
            return (tree, *below)
    return ()


def is_below_level(tree: Requirement, node: str, attainment: Attainment) -> bool:
    """Return whether an attainment lacks a level that the node, or a node above it, asks for."""
    shape = numbered_tree_of(tree, NEWEST)
    asker = shape.asker[shape.index[node]]
    return asker.limits is not None and below_level(attainment, asker.limits.levels) is not None


def credit_of_competency(tree: Requirement, competency: str) -> int:
    """Return the most credit (hundredths) that a tree gives a competency at one requirement, 0 for none."""
    shape = numbered_tree_of(tree, NEWEST)
    found = [0]
    for asker, node in zip(shape.asker, shape.nodes, strict=True):
        if not node.leaf or not {competency, ANYTHING} & set(node.accepts):
            continue
        if node.kind is Kind.COMPETENCY:
            found.append(node.nominal)
        elif node.kind is Kind.CREDITS and asker.limits is not None:
            found.append(asker.limits.credit_of(competency))
    return max(found)


def most_credit(tree: Requirement) -> int:
    """Return the most credit (hundredths) that a tree asks for anywhere: a choice counts with all of its parts."""
    if tree.nominal:
        return tree.nominal
    return max(tree.min_credits, sum(most_credit(child) for child in tree.children))
