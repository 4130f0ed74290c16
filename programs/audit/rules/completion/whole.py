"""The exact distance of somebody without any attainment, by dynamic programming over the nodes.

Each node has a frontier: the ways to complete it that no other way beats in cost and in all that counts above it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.plan_cost import (
    PIECE,
    Tally,
    credits_of,
    group_tally,
    leaf_tally,
    merged,
    outward,
    over_cap,
)
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.sharing import Placements
from programs.audit.rules.completion.upper_bound import drafts
from programs.audit.rules.requirements import Kind

LARGEST_FRONTIER = 1000
"""Ways that are kept at one node. Real programs have some dozens; beyond the limit the cheapest are kept, so that the
result is still the cost of a completion."""

MOST_SHARED_NAMES = 6
"""Competencies that can serve several leaves, up to which every choice of new pieces is tried. Beyond it the
choices would be too many; then the result is the cheapest completion that the drafts find."""


class CostedWay(NamedTuple):
    """A way to complete a node: its tally, and the leaves at which new pieces are used."""

    tally: Tally
    places: frozenset[tuple[int, Option]] = frozenset()


Frontier = list[CostedWay]


def least_cost_of_nothing(problem: Problem) -> int:
    """Return the least cost of a problem without pieces and without awards."""
    least = min(way.tally.cost for way in _Wholes(problem).run())
    if len(problem.names) <= MOST_SHARED_NAMES:
        return least
    return min(least, *(draft.cost for draft in drafts(problem, Preferences())))


class _Wholes:
    """One pass over the nodes, children first."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.useful = _useful_credits(problem)

    def run(self) -> Frontier:
        """Return the frontier of the root."""
        found: list[Frontier] = [[] for _ in self.shape.nodes]
        for node in reversed(range(len(found))):
            ways = self._leaf(node) if self.shape.leaf[node] else self._group(node, found)
            ways = [way for way in ways if over_cap(self.problem, node, way.tally.values) is None]
            outside = [way._replace(tally=outward(self.problem, node, way.tally, None)) for way in ways]
            found[node] = self._best(node, outside)
        return found[0]

    def _leaf(self, node: int) -> Iterator[CostedWay]:
        problem = self.problem
        yield CostedWay(leaf_tally(problem, node, (), None))
        for mode in problem.modes.get(node, ()):
            yield CostedWay(leaf_tally(problem, node, (mode.option,), None))
        renewed = problem.renewed.get(node, ()) if len(problem.names) <= MOST_SHARED_NAMES else ()
        for used in _some(renewed, one=self.shape.single[node]):
            yield CostedWay(leaf_tally(problem, node, used, None), frozenset((node, option) for option in used))

    def _group(self, node: int, found: list[Frontier]) -> Iterable[CostedWay]:
        wanted = self.shape.nodes[node]
        children = self.shape.children[node]
        least = {Kind.CHOOSE: wanted.n, Kind.CREDITS: 0}.get(wanted.kind, len(children))
        ways: dict[int, Frontier] = {0: [CostedWay(merged(self.problem, ()))]}
        for place, child in enumerate(children):
            grown: dict[int, Frontier] = {}
            for count, some in ways.items():
                if count + len(children) - place > least or count >= least:
                    grown.setdefault(count, []).extend(some)
                joined = (self._joined(one, other) for one in some for other in found[child])
                grown.setdefault(min(least, count + 1), []).extend(way for way in joined if way is not None)
            ways = {count: self._best(node, some, inside=True) for count, some in grown.items()}
        return [way._replace(tally=group_tally(self.problem, node, [way.tally])) for way in ways.get(least, ())]

    def _joined(self, one: CostedWay, other: CostedWay) -> CostedWay | None:
        """Return two parts together; None where a rule keeps a new piece from serving both."""
        places = one.places | other.places
        if self.problem.rules.crossing and one.places and other.places:
            placements = Placements(self.problem)
            for leaf, option in places:
                placements.place(leaf, option)
            if placements.fault() is not None:
                return None
        return CostedWay(merged(self.problem, (one.tally, other.tally)), places)

    def _best(self, node: int, ways: Frontier, *, inside: bool = False) -> Frontier:
        """Return the ways that no other way beats; credits that nothing above asks for do not matter."""
        useful = self.useful[node] if inside else self.useful[self.shape.parent[node]] if node else 0
        ranked: list[_Ranked] = []
        for number, way in enumerate(ways):
            tally = way.tally
            credit = min(useful, credits_of(self.problem, tally))
            units = tally.units + sum(min(PIECE, price) for price in tally.new.values())
            ranked.append(_Ranked(tally.cost, -credit, -units, number, way))
        ranked.sort(key=lambda row: row[:4])
        kept: list[_Ranked] = []
        for row in ranked:
            if not any(self._beats(other, row) for other in kept):
                kept.append(row)
                if len(kept) == LARGEST_FRONTIER:
                    break
        return [row.way for row in kept]

    def _beats(self, one: "_Ranked", other: "_Ranked") -> bool:
        """Return whether one way is at least as good as another, wherever new pieces of the other could be shared."""
        if one.lacking > other.lacking or one.fewer > other.fewer:
            return False
        mine, theirs = one.way.tally, other.way.tally
        if not mine.new:
            return one.cost <= other.cost - sum(theirs.new.values())
        if mine.new != theirs.new or _values_of_new(mine) != _values_of_new(theirs):
            return False
        return one.cost <= other.cost and (one.way.places == other.way.places or not self.problem.rules.crossing)


class _Ranked(NamedTuple):
    """A way with its cost, and the negative of its credits and of its units; less is better in all three."""

    cost: int
    lacking: int
    fewer: int
    number: int
    way: CostedWay


def _values_of_new(tally: Tally) -> list[int]:
    return [tally.values.get(piece, 0) for piece in sorted(tally.new)]


def _some(options: tuple[Option, ...], *, one: bool) -> Iterator[tuple[Option, ...]]:
    """Yield the choices of new pieces at a leaf: one at a competency, any of them at *credits*."""
    for number, option in enumerate(options):
        yield (option,)
        if not one:
            for others in _some(options[number + 1 :], one=False):
                yield (option, *others)


def _useful_credits(problem: Problem) -> list[int]:
    """Return, by node, the most credits that a minimum at the node or above it asks for."""
    found: list[int] = []
    for node, above in enumerate(problem.shape.parent):
        own = max(problem.rules.floor[node], problem.rules.here[node])
        inherited = 0 if above < 0 or problem.shape.covering[node] else found[above]
        found.append(max(own, inherited))
    return found
