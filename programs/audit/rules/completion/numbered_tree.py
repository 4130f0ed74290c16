"""A requirement tree with numbered nodes, computed once for each tree and cached."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from programs.audit.rules.context import Method
from programs.audit.rules.errors import MalformedTreeError, RepeatedIdError, UnsupportedRuleError
from programs.audit.rules.requirements import ANYTHING, MAX_CACHED_TREES, Kind, MetBy, Requirement

COST_OF_A_LEAF_WITHOUT_CREDITS = 100

DECIDED_BY_AUDIT_2 = ("min_pieces", "max_listed", "excludes", "met_by", "credit_table")
"""The members of a requirement that `audit@1` does not decide."""


class PathLimits(NamedTuple):
    """The limits of a leaf's whole path that `audit@2` adds.

    `levels` are pairs of scale and least rank, `excluded` the competencies that do not count. `table` has the credits
    of competencies without credits of their own, at *credits* leaves.
    """

    levels: tuple[tuple[str, int], ...] = ()
    excluded: frozenset[str] = frozenset()
    table: Mapping[str, int] = {}

    def credit_of(self, competency: str) -> int:
        """Return the credits that the table gives a competency, 0 for none."""
        return self.table.get(competency, self.table.get(ANYTHING, 0))


class AskingLeaf(NamedTuple):
    """A leaf that asks for an attainment, with the limits of its whole path, so that no learner's audit walks the path.

    `level` and `within` (days) are the strictest limits on the path. `learnt` leaves ask for competencies, `collects`
    is true for those that add up credits. `alone` are the credits there of a piece without credits of its own.
    `exception` is the exception that made the leaf ask; `regardless` is true when no limit applies. In `audit@2`,
    `limits` has the levels instead of `level`, and may apply also to a leaf that asks `regardless`.
    """

    node: int
    level: int = 0
    within: int | None = None
    policy: str = ""
    learnt: bool = False
    collects: bool = False
    alone: int = 0
    exception: str = ""
    regardless: bool = False
    limits: PathLimits | None = None


@dataclass(frozen=True, slots=True)
class NumberedTree:
    """The nodes in their order, parents first, and all facts that follow from the tree alone.

    `level` and `within` are the strictest of the whole path. A `covering` node has credit for everything below it: for
    nodes above, its own credit counts and the pieces below do not. So no credit counts twice on a path. `leaf` nodes
    have nothing below them; `single` leaves are met by one piece. `end` is the number after a node's last descendant,
    `whole` the cost of a node with nothing done. `asker` is each node as a leaf that asks; `learning` finds them by
    competency, `accepting` by kind and name; `anything` are leaves that accept every competency. `measured` are
    milestones and quantities. `unrouted` and `gapless` are shared by learners without routes and without gaps.
    `method` is the meaning of the audit.
    """

    nodes: tuple[Requirement, ...]
    index: dict[str, int]
    parent: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    end: tuple[int, ...]
    level: tuple[int, ...]
    within: tuple[int | None, ...]
    covering: tuple[bool, ...]
    whole: tuple[int, ...]
    leaf: tuple[bool, ...]
    single: tuple[bool, ...]
    asker: tuple[AskingLeaf, ...]
    learning: dict[str, tuple[AskingLeaf, ...]]
    accepting: dict[tuple[Kind, str], tuple[AskingLeaf, ...]]
    anything: tuple[AskingLeaf, ...]
    measured: tuple[int, ...]
    unrouted: tuple[tuple[Any, ...], ...]
    gapless: tuple[int, ...]
    method: Method

    def path(self, node: int) -> list[int]:
        """Return the numbers from `node` up to the root."""
        found = []
        while node >= 0:
            found.append(node)
            node = self.parent[node]
        return found

    def counting_path(self, leaf: int) -> list[int]:
        """Return the nodes at which a piece of a leaf counts: itself and those above, up to one that covers it."""
        found = []
        for node in self.path(leaf):
            found.append(node)
            if self.covering[node]:
                break
        return found


def numbered_tree_of(tree: Requirement, method: Method) -> NumberedTree:
    """Return the numbered tree, which has no conditions. Raises AuditRefusedError for trees without an answer."""
    return _numbered_tree_of(tree, method)


@lru_cache(maxsize=MAX_CACHED_TREES)
def _numbered_tree_of(tree: Requirement, method: Method) -> NumberedTree:
    nodes = tuple(tree.walk())
    index = {node.id: number for number, node in enumerate(nodes)}
    parent, children, end = _links(tree)
    for node in nodes:
        _check(node, method)
    if len(index) < len(nodes):
        ids = [node.id for node in nodes]
        raise RepeatedIdError("requirement_twice", node=next(name for name in ids if ids.count(name) > 1))
    level, within = _narrowed(nodes, parent)
    askers = tuple(_asker(number, node, level[number], within[number]) for number, node in enumerate(nodes))
    if method.decides_sharing:
        limits = _path_limits(nodes, parent)
        askers = tuple(
            asker._replace(level=0, limits=limit if any(limit) else None)
            for asker, limit in zip(askers, limits, strict=True)
        )
    learning: dict[str, tuple[AskingLeaf, ...]] = {}
    accepting: dict[tuple[Kind, str], tuple[AskingLeaf, ...]] = {}
    for node, asker in zip(nodes, askers, strict=True):
        for name in _learnt(node):
            learning[name] = (*learning.get(name, ()), asker)
        for name in _standing_names(node):
            accepting[node.kind, name] = (*accepting.get((node.kind, name), ()), asker)
    return NumberedTree(
        nodes=nodes,
        index=index,
        parent=parent,
        children=children,
        end=end,
        level=level,
        within=within,
        covering=tuple(_covers(node) for node in nodes),
        whole=tuple(node.nominal or COST_OF_A_LEAF_WITHOUT_CREDITS for node in nodes),
        leaf=tuple(node.leaf for node in nodes),
        single=tuple(node.kind is Kind.COMPETENCY for node in nodes),
        asker=askers,
        learning=learning,
        accepting=accepting,
        anything=tuple(asker for asker in askers if asker.collects and ANYTHING in nodes[asker.node].accepts),
        measured=tuple(i for i, node in enumerate(nodes) if node.kind in {Kind.MILESTONE, Kind.QUANTITY}),
        unrouted=((),) * len(nodes),
        gapless=(0,) * len(nodes),
        method=method,
    )


def _asker(number: int, node: Requirement, level: int, within: int | None) -> AskingLeaf:
    """Levels and policies limit competencies only."""
    if node.kind not in {Kind.COMPETENCY, Kind.CREDITS}:
        return AskingLeaf(number, within=within)
    collects = node.kind is Kind.CREDITS
    return AskingLeaf(number, level, within, node.policy, True, collects, 0 if collects else node.nominal)


def _links(tree: Requirement) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...], tuple[int, ...]]:
    parent: list[int] = []
    children: list[tuple[int, ...]] = []
    end: list[int] = []

    def visit(node: Requirement, above: int) -> int:
        number = len(parent)
        parent.append(above)
        children.append(())
        end.append(0)
        children[number] = tuple(visit(child, number) for child in node.children)
        end[number] = len(parent)
        return number

    visit(tree, -1)
    return tuple(parent), tuple(children), tuple(end)


def _narrowed(
    nodes: tuple[Requirement, ...], parent: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    level: list[int] = []
    within: list[int | None] = []
    for number, node in enumerate(nodes):
        above = parent[number]
        level.append(node.level if above < 0 else max(node.level, level[above]))
        within.append(node.within_days if above < 0 else narrower(node.within_days, within[above]))
    return tuple(level), tuple(within)


def narrower(one: int | None, other: int | None) -> int | None:
    """Return the shorter of two limits in days; None is no limit."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _covers(node: Requirement) -> bool:
    """Return whether the node's own credit replaces the credits below it."""
    return node.nominal > 0 and (not node.leaf or node.kind is Kind.CREDITS)


def _learnt(node: Requirement) -> list[str]:
    """Return the competencies that a leaf names; leaves that accept anything are found separately."""
    if node.kind not in {Kind.COMPETENCY, Kind.CREDITS} or not node.leaf or ANYTHING in node.accepts:
        return []
    return list(dict.fromkeys(node.accepts))


def _standing_names(node: Requirement) -> list[str]:
    """Return the programs, milestones or measures that meet a node; a program that its tree alone meets has none."""
    if node.kind not in {Kind.PROGRAM, Kind.MILESTONE, Kind.QUANTITY} or node.met_by is MetBy.TREE:
        return []
    return list(dict.fromkeys(node.names))


def _path_limits(nodes: tuple[Requirement, ...], parent: tuple[int, ...]) -> list[PathLimits]:
    """Return the limits of `audit@2` by node: levels by scale, exclusions and credit tables of the whole path."""
    found: list[PathLimits] = []
    for number, node in enumerate(nodes):
        above = found[parent[number]] if number else PathLimits()
        found.append(
            PathLimits(
                stricter(above.levels, node),
                above.excluded | set(node.excludes),
                {**above.table, **dict(node.credit_table)} if node.credit_table else above.table,
            )
        )
    return found


def stricter(levels: tuple[tuple[str, int], ...], node: Requirement) -> tuple[tuple[str, int], ...]:
    """Return the levels of a path and the level of one more node, the highest rank of each scale."""
    if not node.level:
        return levels
    ranks = dict(levels)
    ranks[node.scale] = max(node.level, ranks.get(node.scale, 0))
    return tuple(sorted(ranks.items()))


def _check(node: Requirement, method: Method) -> None:
    if method is Method.ONE:
        _check_decided_by_audit_1(node)
    if node.kind is Kind.IF:
        raise MalformedTreeError("without_condition", node=node.id)
    if node.children and node.kind in {Kind.COMPETENCY, Kind.MILESTONE, Kind.QUANTITY}:
        raise MalformedTreeError("leaf_with_parts", node=node.id, kind=node.kind)
    if node.kind is Kind.CHOOSE and node.n > len(node.children):
        raise MalformedTreeError("too_few_to_choose", node=node.id, n=str(node.n), parts=str(len(node.children)))
    if node.kind is Kind.QUANTITY and node.min_quantity <= 0:
        raise MalformedTreeError("no_quantity", node=node.id)
    if min(node.nominal, node.min_credits, node.earned_here, node.n, node.min_pieces, node.within_days or 0) < 0:
        raise MalformedTreeError("negative", node=node.id)
    below = {inner.id for inner in node.walk()} if node.share_caps else set()
    for cap in node.share_caps:
        for name in {cap.first, cap.second} - below:
            raise MalformedTreeError("cap_about_nothing", node=node.id, other=name)
        if cap.first == cap.second:
            raise MalformedTreeError("cap_with_itself", node=node.id, other=cap.first)


def _check_decided_by_audit_1(node: Requirement) -> None:
    if node.exclusive:
        raise UnsupportedRuleError("exclusivity_not_yet", node=node.id)
    if node.share_caps:
        raise UnsupportedRuleError("sharing_not_yet", node=node.id)
    if node.kind is Kind.IF or any(getattr(node, name) for name in DECIDED_BY_AUDIT_2):
        raise UnsupportedRuleError("needs_newer_method", node=node.id)
