"""A requirement tree with its nodes numbered, worked out once per tree and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from programs.audit.rules.errors import MalformedTreeError, RepeatedIdError, UnsupportedRuleError
from programs.audit.rules.requirements import ANYTHING, TREES_KEPT, Kind, Requirement

COST_OF_A_LEAF_WITHOUT_CREDITS = 100


class Asker(NamedTuple):
    """A leaf that asks for an attainment, with what its path asks of it, so that nothing is looked up per learner.

    `learnt` leaves ask for competencies, `collects` those of them that add up credits; `alone` is what a piece without
    credits of its own is worth there. `exception` is what made the leaf ask, `regardless` when nothing may refuse.
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


@dataclass(frozen=True, slots=True)
class Shape:
    """The nodes in the order they are written (parents first), and what follows from the tree alone.

    `level` and `within` are those of the whole path. `covering` nodes bear credit for all that is below them: outside,
    their own credit counts and none of the pieces'. That is how credits are never counted twice on a path. `leaf` nodes
    have nothing below them, `single` ones are met by one piece; `asker` is how each node asks. `learning` finds those
    that ask for a competency, `accepting` the others by kind and name; `measured` are milestones and quantities.
    `unrouted` and `gapless` are what most learners have of routes and gaps.
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
    asker: tuple[Asker, ...]
    learning: dict[str, tuple[Asker, ...]]
    accepting: dict[tuple[Kind, str], tuple[Asker, ...]]
    anything: tuple[Asker, ...]
    measured: tuple[int, ...]
    unrouted: tuple[tuple[Any, ...], ...]
    gapless: tuple[int, ...]

    def path(self, node: int) -> list[int]:
        """From `node` up to the root."""
        found = []
        while node >= 0:
            found.append(node)
            node = self.parent[node]
        return found


@lru_cache(maxsize=TREES_KEPT)
def shape_of(tree: Requirement) -> Shape:
    """The numbered tree. Raises AuditRefusedError for trees that no audit can answer."""
    nodes = tuple(tree.walk())
    index = {node.id: number for number, node in enumerate(nodes)}
    parent, children, end = _links(tree)
    for node in nodes:
        _check(node)
    if len(index) < len(nodes):
        ids = [node.id for node in nodes]
        raise RepeatedIdError("requirement_twice", node=next(name for name in ids if ids.count(name) > 1))
    level, within = _narrowed(nodes, parent)
    askers = tuple(_asker(number, node, level[number], within[number]) for number, node in enumerate(nodes))
    learning: dict[str, tuple[Asker, ...]] = {}
    accepting: dict[tuple[Kind, str], tuple[Asker, ...]] = {}
    for node, asker in zip(nodes, askers, strict=True):
        for name in _learnt(node):
            learning[name] = (*learning.get(name, ()), asker)
        for name in dict.fromkeys(node.names) if node.kind in {Kind.PROGRAM, Kind.MILESTONE, Kind.QUANTITY} else ():
            accepting[node.kind, name] = (*accepting.get((node.kind, name), ()), asker)
    return Shape(
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
    )


def _asker(number: int, node: Requirement, level: int, within: int | None) -> Asker:
    """Levels and policies are asked of learning alone."""
    if node.kind not in {Kind.COMPETENCY, Kind.CREDITS}:
        return Asker(number, within=within)
    collects = node.kind is Kind.CREDITS
    return Asker(number, level, within, node.policy, True, collects, 0 if collects else node.nominal)


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
    """The shorter of two windows in days; None is no window."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _covers(node: Requirement) -> bool:
    """A competency, milestone, quantity or outside program has nothing below it to cover."""
    return node.nominal > 0 and (not node.leaf or node.kind is Kind.CREDITS)


def _learnt(node: Requirement) -> list[str]:
    """The competencies that a leaf names; one that takes anything is asked for by itself."""
    if node.kind not in {Kind.COMPETENCY, Kind.CREDITS} or not node.leaf or ANYTHING in node.accepts:
        return []
    return list(dict.fromkeys(node.accepts))


def _check(node: Requirement) -> None:
    if node.exclusive:
        raise UnsupportedRuleError("exclusivity_not_yet", node=node.id)
    if node.share_caps:
        raise UnsupportedRuleError("sharing_not_yet", node=node.id)
    if node.children and node.kind in {Kind.COMPETENCY, Kind.MILESTONE, Kind.QUANTITY}:
        raise MalformedTreeError("leaf_with_parts", node=node.id, kind=node.kind)
    if node.kind is Kind.CHOOSE and node.n > len(node.children):
        raise MalformedTreeError("too_few_to_choose", node=node.id, n=str(node.n), parts=str(len(node.children)))
    if node.kind is Kind.QUANTITY and node.min_quantity <= 0:
        raise MalformedTreeError("no_quantity", node=node.id)
    if min(node.nominal, node.min_credits, node.earned_here, node.n, node.within_days or 0) < 0:
        raise MalformedTreeError("negative", node=node.id)
