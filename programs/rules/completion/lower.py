"""The certified lower bound: what is missing even if every eligible piece counted everywhere at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from programs.rules.attainments import Basis
from programs.rules.completion.problem import NOTHING, Problem, Route
from programs.rules.requirements import Kind

Sums = Mapping[Basis, int]


class Reach(NamedTuple):
    """The most that can count at a node: its pieces at their best, their sum, the sums by basis, credit borne below."""

    values: Mapping[int, int] = NOTHING
    most: int = 0
    by: Sums = {}  # noqa: RUF012 - never written to
    credit: int = 0


class Least(NamedTuple):
    """The least that completing a node costs; `idle` is the part of it that brings no credits to the outside."""

    cost: int
    idle: int
    reach: Reach


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
        self.sourced = any(problem.rules.caps) or any(problem.rules.here)
        self.even = self.sourced and _even(problem)
        self.ceiling = _ceilings(problem) if any(problem.rules.caps) else None
        self.watched = _watched(problem)

    def run(self) -> tuple[Least, ...]:
        found: list[Least] = [Least(0, 0, Reach())] * len(self.shape.nodes)
        for node in reversed(range(len(found))):
            inside = self._leaf(node) if self.shape.nodes[node].leaf else self._group(node, found)
            found[node] = self._qualified(node, inside)
        return tuple(found)

    def _leaf(self, node: int) -> Least:
        wanted, problem = self.shape.nodes[node], self.problem
        if wanted.kind in {Kind.MILESTONE, Kind.QUANTITY}:
            gap = problem.gap[node] if self.rules.need[node] else 0
            credit = wanted.nominal if self.rules.need[node] or not problem.gap[node] else 0
            return Least(gap, gap, Reach(credit=credit))
        if wanted.kind is Kind.PROGRAM:
            missing = self.rules.need[node] and not problem.routes[node]
            reach = self._by_routes(Reach(), problem.routes[node])
        else:
            values = problem.values[node]
            if self.ceiling is not None:
                values = {piece: value for piece, value in values.items() if self._fits(node, piece, value)}
            missing = self.rules.need[node] and not values
            reach = self._reach(values, one=wanted.kind is Kind.COMPETENCY)
        if not missing:
            return Least(0, 0, reach)
        whole = self.shape.whole[node]
        return Least(whole, 0 if wanted.nominal else whole, reach)

    def _group(self, node: int, found: list[Least]) -> Least:
        wanted = self.shape.nodes[node]
        parts = [self._outward(child, found[child]) for child in self.shape.children[node]]
        costs, idle = [part.cost for part in parts], [part.idle for part in parts]
        if wanted.kind is Kind.CHOOSE:
            costs, idle = sorted(costs)[: wanted.n], sorted(idle)[: wanted.n]
        elif wanted.kind is Kind.CREDITS:
            costs, idle = [], []
        reach = self._union([part.reach for part in parts]) if self.watched[node] else Reach()
        due = self.problem.awaiting if self.rules.due[node] else 0
        return Least(sum(costs) + due, sum(idle) + due, reach)

    def _qualified(self, node: int, inside: Least) -> Least:
        reach = self._capped(node, inside.reach)
        floor, here = self.rules.floor[node], self.rules.here[node]
        lacking = max(0, floor - reach.most - reach.credit)
        if here:
            earned = sum(most for basis, most in reach.by.items() if basis in self.problem.here)
            lacking = max(lacking, here - min(earned, reach.most) - reach.credit)
        if self.problem.routes[node]:
            return Least(0, 0, self._by_routes(reach, self.problem.routes[node]))
        return Least(max(inside.cost, inside.idle + lacking), inside.idle, reach)

    def _outward(self, node: int, inside: Least) -> Least:
        if not self.shape.covering[node]:
            return inside
        return Least(inside.cost, inside.cost, Reach(credit=self.shape.nodes[node].nominal))

    def _fits(self, node: int, piece: int, value: int) -> bool:
        return self.ceiling is None or value <= self.ceiling[node].get(self.problem.basis[piece], value)

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
            for piece, value in part.values.items():
                if value > values.get(piece, -1):
                    values[piece] = value
            for basis, sum_of_part in part.by.items():
                by[basis] = by.get(basis, 0) + sum_of_part
        if self.sourced:
            sums = self._sums(values)
            by = {basis: min(most_of_parts, sums.get(basis, 0)) for basis, most_of_parts in by.items()}
        return Reach(values, min(most, sum(values.values())), by, credit)

    def _capped(self, node: int, reach: Reach) -> Reach:
        """What the caps here and above leave of it: the pieces used below count there as well."""
        if self.ceiling is None:
            return reach
        by = dict(reach.by)
        for basis, most in self.ceiling[node].items():
            if by.get(basis, 0) > most:
                of_basis = [value for piece, value in reach.values.items() if self.problem.basis[piece] is basis]
                by[basis] = largest_sum(of_basis, most) if self.even else most
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


def _even(problem: Problem) -> bool:
    """Whether every piece is worth the same wherever it may be used."""
    worth: dict[int, int] = {}
    pairs = [option[:2] for options in problem.options for option in options]
    pairs += [brought[:2] for routes in problem.routes for route in routes for brought in route.brings]
    return all(worth.setdefault(piece, value) == value for piece, value in pairs)


def _ceilings(problem: Problem) -> list[dict[Basis, int]]:
    """Per node and basis, the tightest cap that sees a piece used there: a larger piece can never count."""
    found: list[dict[Basis, int]] = []
    for node, above in enumerate(problem.shape.parent):
        seen = {} if above < 0 or problem.shape.covering[node] else dict(found[above])
        for basis, most in problem.rules.caps[node]:
            seen[basis] = min(most, seen.get(basis, most))
        found.append(seen)
    return found


def _watched(problem: Problem) -> list[bool]:
    """Whether some minimum at the node or above looks at the credits that count there."""
    found: list[bool] = []
    rules = problem.rules
    for node, above in enumerate(problem.shape.parent):
        own = bool(rules.floor[node] or rules.here[node])
        found.append(own or (above >= 0 and found[above] and not problem.shape.covering[node]))
    return found
