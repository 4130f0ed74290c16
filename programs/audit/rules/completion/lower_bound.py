"""The certified lower bound: what is missing even if every eligible piece counted everywhere at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from programs.audit.rules.completion.problem import NOTHING, Problem, Route, merge_best
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis

Sums = Mapping[Basis, int]


class Reach(NamedTuple):
    """The most that can count at a node: its pieces at their best, their sum, the sums by basis, credit borne below."""

    values: Mapping[int, int] = NOTHING
    most: int = 0
    by: Sums = {}  # noqa: RUF012 - never written to
    credit: int = 0


NO_REACH = Reach()


class Least(NamedTuple):
    """The least that completing a node costs; `idle` is the part of it that brings no credits to the outside."""

    cost: int
    idle: int
    reach: Reach


NOWHERE = Least(0, 0, NO_REACH)
"""A node that costs nothing and counts nothing."""


def lower(problem: Problem) -> tuple[Least, ...]:
    """For every node, the least it can cost under any plan.

    Valid because each hundredth of new work brings at most a hundredth of credit: work that brings none adds to the
    credits still lacking when everything eligible counts, work that brings some may be part of them.
    """
    return _Bound(problem).run()


class _Bound:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.rules = problem.rules
        self.sourced = problem.rules.sourced
        self.ceilings = problem.rules.ceilings

    def run(self) -> tuple[Least, ...]:
        found: list[Least] = [NOWHERE] * len(self.shape.nodes)
        leaf, bare, routes = self.shape.leaf, self.rules.bare, self.problem.routes
        for node in reversed(range(len(found))):
            inside = self._leaf(node) if leaf[node] else self._group(node, found)
            plain = bare[node] and not routes[node] and not self.ceilings
            found[node] = inside if plain else self._qualified(node, inside)
        return tuple(found)

    def _leaf(self, node: int) -> Least:
        problem, needed = self.problem, self.rules.need[node]
        values = problem.values[node]
        if values:
            if self.ceilings:
                values = {piece: value for piece, value in values.items() if self._fits(node, piece, value)}
            if not self.rules.watched[node]:
                return self._missing(node, NO_REACH) if needed and not values else NOWHERE
            reach = self._reach(values, one=self.shape.single[node])
            return self._missing(node, reach) if needed and not values else Least(0, 0, reach)
        wanted = self.shape.nodes[node]
        if wanted.kind is Kind.MILESTONE or wanted.kind is Kind.QUANTITY:
            gap = problem.gap[node] if needed else 0
            credit = wanted.nominal if needed or not problem.gap[node] else 0
            return Least(gap, gap, Reach(credit=credit))
        return self._missing(node, NO_REACH) if needed and not problem.routes[node] else NOWHERE

    def _missing(self, node: int, reach: Reach) -> Least:
        """New work at a leaf brings its credits, where it has any."""
        whole = self.shape.whole[node]
        return Least(whole, 0 if self.shape.nodes[node].nominal else whole, reach)

    def _group(self, node: int, found: list[Least]) -> Least:
        wanted, covering = self.shape.nodes[node], self.shape.covering
        parts = [
            self._outward(child, found[child]) if covering[child] else found[child]
            for child in self.shape.children[node]
        ]
        cost = idle = 0
        if wanted.kind is Kind.CHOOSE:
            cost = sum(sorted([part.cost for part in parts])[: wanted.n])
            idle = sum(sorted([part.idle for part in parts])[: wanted.n])
        elif wanted.kind is not Kind.CREDITS:
            for part in parts:
                cost += part.cost
                idle += part.idle
        reach = self._union([part.reach for part in parts]) if self.rules.watched[node] else NO_REACH
        due = self.problem.awaiting if self.rules.due[node] else 0
        return Least(cost + due, idle + due, reach)

    def _qualified(self, node: int, inside: Least) -> Least:
        reach = self._capped(node, inside.reach) if self.ceilings else inside.reach
        floor, here = self.rules.floor[node], self.rules.here[node]
        lacking = max(0, floor - reach.most - reach.credit)
        if here:
            earned = sum(most for basis, most in reach.by.items() if basis in self.problem.here)
            lacking = max(lacking, here - min(earned, reach.most) - reach.credit)
        if self.problem.routes[node]:
            return Least(0, 0, self._by_routes(reach, self.problem.routes[node]))
        return Least(max(inside.cost, inside.idle + lacking), inside.idle, reach)

    def _outward(self, node: int, inside: Least) -> Least:
        return Least(inside.cost, inside.cost, Reach(credit=self.shape.nodes[node].nominal))

    def _fits(self, node: int, piece: int, value: int) -> bool:
        return value <= self.ceilings[node].get(self.problem.basis[piece], value)

    def _reach(self, values: Mapping[int, int], *, one: bool = False) -> Reach:
        """What these pieces bring together; `one`: a competency is shown by one of them."""
        by = self._sums(values, one=one) if self.sourced else {}
        return Reach(values, max(values.values(), default=0) if one else sum(values.values()), by)

    def _sums(self, values: Mapping[int, int], *, one: bool = False) -> dict[Basis, int]:
        sums: dict[Basis, int] = {}
        for piece, value in values.items():
            basis = self.problem.basis[piece]
            sums[basis] = max(value, sums.get(basis, 0)) if one else sums.get(basis, 0) + value
        return sums

    def _union(self, parts: Iterable[Reach]) -> Reach:
        values: dict[int, int] = {}
        most = credit = 0
        by: dict[Basis, int] = {}
        for part in parts:
            most += part.most
            credit += part.credit
            if self.problem.even:
                values.update(part.values)
            else:
                merge_best(values, part.values)
            for basis, sum_of_part in part.by.items():
                by[basis] = by.get(basis, 0) + sum_of_part
        if self.sourced:
            sums = self._sums(values)
            by = {basis: min(most_of_parts, sums.get(basis, 0)) for basis, most_of_parts in by.items()}
        return Reach(values, min(most, sum(values.values())), by, credit)

    def _capped(self, node: int, reach: Reach) -> Reach:
        """What the caps here and above leave of it: the pieces used below count there as well."""
        by = dict(reach.by)
        for basis, most in self.ceilings[node].items():
            if by.get(basis, 0) > most:
                of_basis = [value for piece, value in reach.values.items() if self.problem.basis[piece] is basis]
                by[basis] = largest_sum(of_basis, most) if self.problem.even else most
        return reach._replace(by=by, most=min(reach.most, sum(by.values())))

    def _by_routes(self, tree: Reach, routes: tuple[Route, ...]) -> Reach:
        reach = tree
        for route in routes:
            brought = self._reach(route.values)
            values = dict(reach.values)
            for piece, value in brought.values.items():
                values[piece] = max(value, values.get(piece, 0))
            by = {basis: max(reach.by.get(basis, 0), brought.by.get(basis, 0)) for basis in {*reach.by, *brought.by}}
            reach = Reach(values, max(reach.most, brought.most), by, reach.credit)
        return reach


def largest_sum(values: Iterable[int], most: int) -> int:
    """The largest sum of some of the values that is not above `most`: sums are the bits of one integer."""
    sums = 1
    within = (1 << (most + 1)) - 1
    for value in values:
        sums |= (sums << value) & within
    return sums.bit_length() - 1
