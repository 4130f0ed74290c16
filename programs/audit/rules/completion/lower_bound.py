"""The certified lower bound: the work that is missing even if every eligible piece counted everywhere at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import gcd
from typing import NamedTuple

from programs.audit.rules.completion.plan_cost import PIECE
from programs.audit.rules.completion.problem import NOTHING, Problem, Route, merge_best
from programs.audit.rules.completion.sharing_rules import sharing_leaves
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis

Sums = Mapping[Basis | None, int]

EXACT_SUMS = 1 << 24
"""Sums up to this limit are told apart exactly, by the bits of one integer of 2 MB."""


class Reach(NamedTuple):
    """The most that can count at a node: pieces at their highest value, their sum, sums by basis, credit of nodes."""

    values: Mapping[int, int] = NOTHING
    most: int = 0
    by: Sums = {}  # noqa: RUF012 - never written to
    credit: int = 0


NO_REACH = Reach()


class NodeBound(NamedTuple):
    """The least cost of a node; `idle` is the part of it that adds no credits for the nodes above."""

    cost: int
    idle: int
    reach: Reach


FREE_AND_EMPTY = NodeBound(0, 0, NO_REACH)
"""The bound of a node without cost and without credits."""


def lower_bounds_of(problem: Problem) -> tuple[NodeBound, ...]:
    """Return, for every node, a cost that no plan undercuts.

    The bound is valid because each hundredth of new work gives at most a hundredth of credit. Work without credit
    (`idle`) adds to the credits that are missing when everything eligible counts; work with credit may be part of them.
    """
    sharing = sharing_leaves(problem) if problem.renewed else {}
    if problem.rules.crossing and any(problem.rules.exclusive):
        without = _without_pieces(problem)
        same = problem.shape.method.shares_charges or not problem.renewed
        unaided = _Bound(without, sharing if same else sharing_leaves(without)).run()
        return _Bound(problem, sharing, tuple(bound.cost for bound in unaided)).run()
    return _Bound(problem, sharing).run()


def _without_pieces(problem: Problem) -> Problem:
    """Return the problem of somebody without any piece, but with the same milestones, awards and rules."""
    size = len(problem.shape.nodes)
    return replace(problem, options=((),) * size, values=(NOTHING,) * size)


class _Bound:
    """One pass over the nodes, children first.

    `sharing` is the number of leaves among which the cost of a new piece is divided, by leaf. `unaided` is the bound of
    every node without any piece, where exclusive nodes need it.
    """

    def __init__(self, problem: Problem, sharing: Mapping[int, int], unaided: tuple[int, ...] = ()) -> None:
        self.problem = problem
        self.unaided = unaided
        self.sharing = sharing
        self.shape = problem.shape
        self.rules = problem.rules
        self.sourced = problem.rules.sourced
        self.ceilings = problem.rules.ceilings

    def run(self) -> tuple[NodeBound, ...]:
        """Return the bound of every node."""
        bounds: list[NodeBound] = [FREE_AND_EMPTY] * len(self.shape.nodes)
        leaf, bare, routes = self.shape.leaf, self.rules.bare, self.problem.routes
        for node in reversed(range(len(bounds))):
            inside = self._leaf(node) if leaf[node] else self._group(node, bounds)
            plain = bare[node] and not routes[node] and not self.ceilings
            bounds[node] = inside if plain else self._qualified(node, inside)
        return tuple(bounds)

    def _leaf(self, node: int) -> NodeBound:
        problem, needed = self.problem, self.rules.need[node]
        values = problem.values[node]
        if node in problem.renewed:
            # A new piece may give credit here without further cost, because another leaf pays for it.
            new = {option.piece: option.value for option in problem.renewed[node]}
            reach = self._reach({**values, **new}, one=self.shape.single[node])
            charged = needed and not values and self.shape.single[node]
            return self._missing(node, reach) if charged else NodeBound(0, 0, reach)
        if values:
            if self.ceilings and not problem.study:
                values = {piece: value for piece, value in values.items() if self._fits(node, piece, value)}
            if not self.rules.watched[node]:
                return self._missing(node, NO_REACH) if needed and not values else FREE_AND_EMPTY
            reach = self._reach(values, one=self.shape.single[node])
            return self._missing(node, reach) if needed and not values else NodeBound(0, 0, reach)
        wanted = self.shape.nodes[node]
        if node in problem.modes:
            return self._by_modes(node)
        if wanted.kind is Kind.MILESTONE or wanted.kind is Kind.QUANTITY:
            gap = problem.gap[node] if needed else 0
            credit = wanted.nominal if needed or not problem.gap[node] else 0
            return NodeBound(gap, gap, Reach(credit=credit))
        return self._missing(node, NO_REACH) if needed and not problem.routes[node] else FREE_AND_EMPTY

    def _missing(self, node: int, reach: Reach) -> NodeBound:
        """New work at a leaf gives the leaf's credits, where it has any.

        A new piece that serves several leaves costs at least their average, so that each bears an equal share.
        """
        whole = self.shape.whole[node]
        if node in self.problem.renewed:
            return NodeBound(whole // self.sharing.get(node, 1), 0, reach)
        return NodeBound(whole, 0 if self.shape.nodes[node].nominal else whole, reach)

    def _by_modes(self, node: int) -> NodeBound:
        """Return the bound of a milestone or quantity whose credit depends on a basis."""
        modes, whole = self.problem.modes[node], self.shape.whole[node]
        gap = self.problem.gap[node] if self.rules.need[node] else 0
        if any(0 < mode.gap < whole for mode in modes):
            return NodeBound(gap, gap, Reach(credit=self.shape.nodes[node].nominal))
        values = {mode.option.piece: mode.option.value for mode in modes if not mode.gap}
        return NodeBound(gap, 0, self._reach(values, one=True) if values else NO_REACH)

    def _by_exclusion(self, node: int) -> int:
        """Return what an exclusive node costs at least: each piece helps one child, by no more than it replaces there.

        Proof. Charge each leaf that new work meets with a share of that work, `whole // sharing`. One new piece serves
        at most `sharing` leaves together with a leaf, and costs the highest `whole` of the leaves that it serves. So
        all shares together are no more than its cost, and a plan costs at least the sum of its charges. New work can
        replace a piece wherever it is used. So the charges in a child are those without pieces, less what the pieces
        used there replace; and a piece is used in one child only.

        All nodes must be charged by the same shares, with and without pieces. That is why `sharing_leaves` counts the
        leaves in exclusive parts though pieces are offered there: if another part takes the piece, new work for the
        leaf may serve a leaf outside as well.
        """
        problem, helps = self.problem, dict[int, int]()
        for child in self.shape.children[node]:
            in_child: dict[int, int] = {}
            for leaf in range(child, self.shape.end[child]):
                for option in problem.options[leaf]:
                    study = problem.study_of(option.piece)
                    in_child[study] = in_child.get(study, 0) + self._replaced(leaf, option.value)
            merge_best(helps, in_child)
        return sum(self.unaided[child] for child in self.shape.children[node]) - sum(helps.values())

    def _replaced(self, leaf: int, value: int) -> int:
        if not self.shape.single[leaf]:
            return max(value, PIECE if self.rules.counting else 0)
        whole, nominal = self.shape.whole[leaf], self.shape.nodes[leaf].nominal
        unit = PIECE - min(PIECE, whole) if self.rules.counting else 0
        return whole + max(0, value - nominal, unit)

    def _group(self, node: int, bounds: list[NodeBound]) -> NodeBound:
        wanted, covering = self.shape.nodes[node], self.shape.covering
        parts = [
            self._outward(child, bounds[child]) if covering[child] else bounds[child]
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
        if self.unaided and self.rules.exclusive[node] and wanted.kind in {Kind.ALL, Kind.PROGRAM}:
            cost = max(cost, self._by_exclusion(node))
        reach = self._union([part.reach for part in parts]) if self.rules.watched[node] else NO_REACH
        due = self.problem.awaiting if self.rules.due[node] else 0
        return NodeBound(cost + due, idle + due, reach)

    def _qualified(self, node: int, inside: NodeBound) -> NodeBound:
        reach = self._capped(node, inside.reach) if self.ceilings else inside.reach
        floor, here = self.rules.floor[node], self.rules.here[node]
        lacking = max(0, floor - reach.most - reach.credit)
        if here:
            earned_here = sum(most for basis, most in reach.by.items() if basis in self.problem.here)
            lacking = max(lacking, here - min(earned_here, reach.most) - reach.credit)
        if self.problem.routes[node]:
            return NodeBound(0, 0, self._by_routes(reach, self.problem.routes[node]))
        cost = max(inside.cost, inside.idle + lacking)
        if self.rules.counting and self.rules.pieces[node]:
            cost = max(cost, PIECE * (self.rules.pieces[node] - self._pieces_below(node)))
        return NodeBound(cost, inside.idle, reach)

    def _pieces_below(self, node: int) -> int:
        """Return the number of pieces that can count at a node, with new ones that another leaf may pay for."""
        problem, found = self.problem, set[int]()
        for below in range(node, self.shape.end[node]):
            found.update(problem.study_of(option.piece) for option in problem.options[below])
            found.update(problem.study_of(piece) for route in problem.routes[below] for piece, _ in route.spends)
            found.update(option.piece for option in problem.renewed.get(below, ()))
        return len(found)

    def _outward(self, node: int, inside: NodeBound) -> NodeBound:
        return NodeBound(inside.cost, inside.cost, Reach(credit=self.shape.nodes[node].nominal))

    def _fits(self, node: int, piece: int, value: int) -> bool:
        basis = self.problem.basis[piece]
        return basis is None or value <= self.ceilings[node].get(basis, value)

    def _reach(self, values: Mapping[int, int], *, one: bool = False) -> Reach:
        """Return the reach of these pieces together; `one`: only one of them can be used, at a competency."""
        by = self._sums(values, one=one) if self.sourced else {}
        return Reach(values, max(values.values(), default=0) if one else self.problem.total(values), by)

    def _sums(self, values: Mapping[int, int], *, one: bool = False) -> dict[Basis | None, int]:
        sums: dict[Basis | None, int] = {}
        for piece, value in values.items():
            basis = self.problem.basis[piece]
            sums[basis] = max(value, sums.get(basis, 0)) if one else sums.get(basis, 0) + value
        return sums

    def _union(self, parts: Iterable[Reach]) -> Reach:
        values: dict[int, int] = {}
        most = credit = 0
        by: dict[Basis | None, int] = {}
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
        return Reach(values, min(most, self.problem.total(values)), by, credit)

    def _capped(self, node: int, reach: Reach) -> Reach:
        """Return the reach under the caps of this node and of nodes above it, where the same pieces count as well."""
        by = dict(reach.by)
        for basis, most in self.ceilings[node].items():
            if by.get(basis, 0) > most:
                of_basis = [value for piece, value in reach.values.items() if self.problem.basis[piece] is basis]
                summed = self.problem.even and not self.problem.study and not self.problem.renewed
                by[basis] = largest_sum(of_basis, most) if summed else most
        return reach._replace(by=by, most=min(reach.most, sum(by.values())))

    def _by_routes(self, tree: Reach, routes: tuple[Route, ...]) -> Reach:
        reach = tree
        for route in routes:
            by_route = self._reach(route.values)
            values = dict(reach.values)
            for piece, value in by_route.values.items():
                values[piece] = max(value, values.get(piece, 0))
            by = {basis: max(reach.by.get(basis, 0), by_route.by.get(basis, 0)) for basis in {*reach.by, *by_route.by}}
            reach = Reach(values, max(reach.most, by_route.most), by, reach.credit)
        return reach


def largest_sum(values: Iterable[int], most: int) -> int:
    """Return the largest sum of some of the values that is not above `most`; the bits of one integer are the sums.

    Where the sums are too large for that, it returns a limit that no sum up to `most` exceeds.
    """
    every = list(values)
    if sum(every) <= most:
        return sum(every)
    unit = gcd(*every)
    if most // unit >= EXACT_SUMS:
        return most
    return unit * _largest_sum([value // unit for value in every], most // unit)


def _largest_sum(every: list[int], most: int) -> int:
    sums = 1
    within = (1 << (most + 1)) - 1
    for value in every:
        if value <= most:
            sums |= (sums << value) & within
    return sums.bit_length() - 1
