"""The exact distance of somebody without any attainment, by dynamic programming over the nodes.

Each node has a frontier: the ways to complete it that no other way beats in cost and in all that counts above it.
"""

from collections.abc import Iterable, Iterator

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
from programs.audit.rules.requirements import Kind

LARGEST_FRONTIER = 3000
"""Ways that are kept at one node. Real programs have some dozens; beyond the limit the cheapest are kept, so that the
result is still the cost of a completion."""

Frontier = list[Tally]


def least_cost_of_nothing(problem: Problem) -> int:
    """Return the least cost of a problem without pieces and without awards."""
    return min(tally.cost for tally in _Wholes(problem).run())


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
            ways = [tally for tally in ways if over_cap(self.problem, node, tally.values) is None]
            found[node] = self._best(node, [outward(self.problem, node, tally, None) for tally in ways])
        return found[0]

    def _leaf(self, node: int) -> Iterator[Tally]:
        problem = self.problem
        yield leaf_tally(problem, node, (), None)
        for mode in problem.modes.get(node, ()):
            yield leaf_tally(problem, node, (mode.option,), None)
        for used in _some(problem.renewed.get(node, ()), one=self.shape.single[node]):
            yield leaf_tally(problem, node, used, None)

    def _group(self, node: int, found: list[Frontier]) -> Iterable[Tally]:
        wanted = self.shape.nodes[node]
        children = self.shape.children[node]
        least = {Kind.CHOOSE: wanted.n, Kind.CREDITS: 0}.get(wanted.kind, len(children))
        ways: dict[int, Frontier] = {0: [merged(self.problem, ())]}
        for place, child in enumerate(children):
            grown: dict[int, list[Tally]] = {}
            for count, some in ways.items():
                if count + len(children) - place > least or count >= least:
                    grown.setdefault(count, []).extend(some)
                joined = (self._joined(node, one, other) for one in some for other in found[child])
                grown.setdefault(min(least, count + 1), []).extend(tally for tally in joined if tally is not None)
            ways = {count: self._best(node, some, inside=True) for count, some in grown.items()}
        return [group_tally(self.problem, node, [tally]) for tally in ways.get(least, ())]

    def _joined(self, node: int, one: Tally, other: Tally) -> Tally | None:
        if self.problem.rules.crossing and one.new and other.new and one.new.keys() & other.new.keys():
            # Below an exclusive node, and between nodes with a cap on sharing, each part needs a new piece of its own.
            if self.problem.rules.exclusive[node] or self.problem.rules.shares:
                return None
        return merged(self.problem, (one, other))

    def _best(self, node: int, ways: list[Tally], *, inside: bool = False) -> Frontier:
        """Return the ways that no other way beats; credits that nothing above asks for do not matter."""
        useful = self.useful[node] if inside else self.useful[self.shape.parent[node]] if node else 0
        ranked: list[tuple[int, int, int, int, Tally]] = []
        for number, tally in enumerate(ways):
            credit = min(useful, credits_of(self.problem, tally))
            units = tally.units + sum(min(PIECE, price) for price in tally.new.values())
            ranked.append((tally.cost, -credit, -units, number, tally))
        ranked.sort(key=lambda row: row[:4])
        kept: list[tuple[int, int, int, int, Tally]] = []
        for row in ranked:
            if not any(_beats(other, row) for other in kept):
                kept.append(row)
                if len(kept) == LARGEST_FRONTIER:
                    break
        return [row[4] for row in kept]


def _beats(one: tuple[int, int, int, int, Tally], other: tuple[int, int, int, int, Tally]) -> bool:
    """Return whether one way is at least as good as another wherever new pieces of the other could be shared."""
    if one[1] > other[1] or one[2] > other[2]:
        return False
    if one[4].new == other[4].new:
        return one[0] <= other[0] and _values_of_new(one[4]) == _values_of_new(other[4])
    return one[0] <= other[0] - sum(other[4].new.values()) and not one[4].new


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
