"""The cost of one plan: each node from its parts, each piece once per ancestor. No search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from programs.audit.rules.completion.problem import NOTHING, Option, Problem, Route, merge_best, merged_best
from programs.audit.rules.completion.sharing_rules import price_of_new
from programs.audit.rules.requirements import Kind, Unit
from programs.rules.attainments import Basis

PIECE = 100
"""The hundredths of new work that bring one new piece where nothing else is known of it."""

NO_PIECES: frozenset[int] = frozenset()


class Tally(NamedTuple):
    """The cost of a node, and the credits it gives its parent, if it is completed as planned; all in hundredths.

    `cost` is the new work at and below the node; `short` is the part that only this node demands. `values` are the
    credits of pieces, `credit` those of nodes with credit of their own, `fresh` those of the new work.

    In `audit@2`: `new` are the prices of new pieces that serve several leaves; the cost has each once. Where a node
    asks for a number of pieces, `present` are the pieces that count at the node, and `units` is the number of new
    pieces in hundredths: one for a missing competency, and one for each 1.00 of other new work.
    """

    cost: int
    short: int
    values: Mapping[int, int]
    credit: int
    fresh: int
    new: Mapping[int, int] = NOTHING
    present: frozenset[int] = NO_PIECES
    units: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """By node: the options used there, the children that are completed, and the route taken instead of children."""

    used: tuple[tuple[Option, ...], ...]
    chosen: tuple[tuple[int, ...], ...]
    route: tuple[Route | None, ...]


def credits_of(problem: Problem, tally: Tally) -> int:
    """Return the credits that count at a node, new work included."""
    return problem.total(tally.values) + tally.credit + tally.fresh


def leaf_tally(problem: Problem, node: int, used: Sequence[Option], route: Route | None) -> Tally:
    """Return the tally of a leaf when these options are used there."""
    # New pieces have the highest numbers, and options are in the order of their pieces.
    if problem.rules.counting or node in problem.modes or (used and used[-1].piece >= problem.new):
        return _leaf_tally(problem, node, used, route)
    needed = problem.rules.need[node]
    if used and route is None:
        values = problem.values[node]
        if len(used) < len(values):
            values = {option.piece: option.value for option in used}
        tally = Tally(0, 0, values, 0, 0)
        return tally if problem.rules.bare[node] else topped_up(problem, node, tally)
    wanted = problem.shape.nodes[node]
    if wanted.kind is Kind.MILESTONE or wanted.kind is Kind.QUANTITY:
        gap = problem.gap[node]
        own = Tally(gap if needed else 0, gap if needed else 0, NOTHING, wanted.nominal if needed or not gap else 0, 0)
        return topped_up(problem, node, own)
    if route is not None:
        return Tally(0, 0, route.values, 0, 0)
    cost = problem.shape.whole[node] if needed else 0
    return topped_up(problem, node, Tally(cost, cost, NOTHING, 0, wanted.nominal if needed else 0))


def _leaf_tally(problem: Problem, node: int, used: Sequence[Option], route: Route | None) -> Tally:
    """Return the tally of a leaf of `audit@2`, where new pieces, bases of milestones or numbers of pieces matter."""
    wanted, needed = problem.shape.nodes[node], problem.rules.need[node]
    if wanted.kind is Kind.MILESTONE or wanted.kind is Kind.QUANTITY:
        return topped_up(problem, node, _measured_tally(problem, node, used))
    if route is not None:
        return route_tally(problem, route)
    if not used:
        cost = problem.shape.whole[node] if needed else 0
        units = min(PIECE, cost) if problem.rules.counting else 0
        own = Tally(cost, cost, NOTHING, 0, wanted.nominal if needed else 0, units=units)
        return topped_up(problem, node, own)
    new = {option.piece: price_of_new(problem, node, option) for option in used if option.piece >= problem.new}
    present = NO_PIECES
    if problem.rules.counting:
        present = frozenset(problem.study_of(option.piece) for option in used if option.piece not in new)
    cost = sum(new.values())
    values = {option.piece: option.value for option in used}
    return topped_up(problem, node, Tally(cost, cost, values, 0, 0, new, present))


def _measured_tally(problem: Problem, node: int, used: Sequence[Option]) -> Tally:
    """Return the tally of a milestone or quantity; `used` has the way in which its credit counts, if ways differ."""
    nominal, needed = problem.shape.nodes[node].nominal, problem.rules.need[node]
    modes = problem.modes.get(node)
    if modes is None or not used:
        gap = problem.gap[node] if needed else 0
        return Tally(gap, gap, NOTHING, 0 if modes else nominal if needed or not problem.gap[node] else 0, 0)
    gap = next(mode.gap for mode in modes if mode.option.piece == used[0].piece)
    return Tally(gap, gap, {used[0].piece: used[0].value}, 0, 0)


def route_tally(problem: Problem, route: Route) -> Tally:
    """Return the tally of a node that a route meets."""
    if not problem.rules.counting:
        return Tally(0, 0, route.values, 0, 0)
    present = frozenset(problem.study_of(piece) for piece, _ in route.spends)
    return Tally(0, 0, route.values, 0, 0, NOTHING, present)


def group_tally(problem: Problem, node: int, parts: Iterable[Tally]) -> Tally:
    """Return the tally of a group that is completed by these parts."""
    tally = merged(problem, parts)
    due = problem.awaiting if problem.rules.due[node] else 0
    if due:
        tally = tally._replace(cost=tally.cost + due, short=due)
    return tally if problem.rules.bare[node] else topped_up(problem, node, tally)


def merged(problem: Problem, parts: Iterable[Tally]) -> Tally:
    """Return the tally of parts together, with each piece once, before their group demands anything."""
    cost = credit = fresh = 0
    values: dict[int, int] = {}
    new, present, units = NOTHING, NO_PIECES, 0
    for part in parts:
        cost += part.cost
        credit += part.credit
        fresh += part.fresh
        if problem.even:
            values.update(part.values)
        else:
            merge_best(values, part.values)
        if part.new:
            cost -= sum(new.values()) + sum(part.new.values())
            new = merged_best(new, part.new)
            cost += sum(new.values())
        if problem.rules.counting:
            present |= part.present
            units += part.units
    return Tally(cost, 0, values, credit, fresh, new, present, units)


def topped_up(problem: Problem, node: int, inside: Tally) -> Tally:
    """Return the tally with the new work that the node's own minima demand."""
    rules = problem.rules
    floor, here = rules.floor[node], rules.here[node]
    pieces = rules.pieces[node] if rules.counting else 0
    if floor or here or pieces:
        local = inside.credit + inside.fresh
        lacking = max(0, floor - problem.total(inside.values) - local)
        if here:
            lacking = max(lacking, here - problem.total_here(inside.values) - local)
        if pieces:
            new = sum(min(PIECE, price) for price in inside.new.values())
            lacking = max(lacking, PIECE * (pieces - len(inside.present)) - inside.units - new)
        if lacking:
            inside = inside._replace(
                cost=inside.cost + lacking,
                short=inside.short + lacking,
                fresh=inside.fresh + lacking,
                units=inside.units + lacking,
            )
    return inside


def outward(problem: Problem, node: int, inside: Tally, route: Route | None) -> Tally:
    """Return the tally as the parent counts it: a node with credit for its parts hides their credits."""
    if route is not None or not problem.shape.covering[node]:
        return inside
    return inside._replace(values=NOTHING, credit=problem.shape.nodes[node].nominal, fresh=0)


class Cap(NamedTuple):
    """A cap at a node: of one basis, or of the list at one place; in pieces or in hundredths."""

    basis: Basis | None
    place: int
    most: int
    unit: Unit = Unit.CREDITS


def over_cap(problem: Problem, node: int, values: Mapping[int, int]) -> Cap | None:
    """Return the first cap that the pieces at the node exceed; None if all caps hold."""
    for basis, most in problem.rules.caps[node]:
        if problem.total_of_basis(values, basis) > most:
            return Cap(basis, 0, most)
    if problem.rules.listing:
        for place, most, unit in problem.rules.lists[node]:
            if problem.total_listed(values, node, place, unit) > most:
                return Cap(None, place, most, unit)
    return None


def recount(problem: Problem, plan: Plan) -> tuple[Tally, ...]:
    """Return the tally of every node under the plan, also of nodes that the plan does not complete."""
    size = len(problem.shape.nodes)
    return _recounted(problem, plan, [Tally(0, 0, NOTHING, 0, 0)] * size, reversed(range(size)))


def recount_above(problem: Problem, plan: Plan, before: Sequence[Tally], changed: Iterable[int]) -> tuple[Tally, ...]:
    """Return `recount`, from the tallies of a plan that differs at the `changed` nodes alone.

    Only these nodes and those above them are counted anew; the tally of any other node is the object in `before`.
    """
    nodes = {above for node in changed for above in problem.shape.path(node)}
    return _recounted(problem, plan, list(before), sorted(nodes, reverse=True))


def _recounted(problem: Problem, plan: Plan, inside: list[Tally], nodes: Iterable[int]) -> tuple[Tally, ...]:
    """Count `nodes`, the parts of a group before the group."""
    for node in nodes:
        route = plan.route[node]
        if problem.shape.leaf[node]:
            inside[node] = leaf_tally(problem, node, plan.used[node], route)
        elif route is not None:
            inside[node] = route_tally(problem, route)
        else:
            parts = [outward(problem, child, inside[child], plan.route[child]) for child in plan.chosen[node]]
            inside[node] = group_tally(problem, node, parts)
    return tuple(inside)
