"""The cost of one plan: each node from its parts, each piece once per ancestor. No search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from programs.audit.rules.completion.problem import NOTHING, Option, Problem, Route, merge_best
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis


class Tally(NamedTuple):
    """The cost of a node, and the credits it gives its parent, if it is completed as planned; all in hundredths.

    `cost` is the new work at and below the node; `short` is the part that only this node demands. `values` are the
    credits of pieces, `credit` those of nodes with credit of their own, `fresh` those of the new work.
    """

    cost: int
    short: int
    values: Mapping[int, int]
    credit: int
    fresh: int

    @property
    def credits(self) -> int:
        """The credits that count at the node, new work included."""
        return sum(self.values.values()) + self.credit + self.fresh


@dataclass(frozen=True, slots=True)
class Plan:
    """By node: the options used there, the children that are completed, and the route taken instead of children."""

    used: tuple[tuple[Option, ...], ...]
    chosen: tuple[tuple[int, ...], ...]
    route: tuple[Route | None, ...]


def leaf_tally(problem: Problem, node: int, used: Sequence[Option], route: Route | None) -> Tally:
    """Return the tally of a leaf when these options are used there."""
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


def group_tally(problem: Problem, node: int, parts: Iterable[Tally]) -> Tally:
    """Return the tally of a group that is completed by these parts."""
    cost = credit = fresh = 0
    values: dict[int, int] = {}
    for part in parts:
        cost += part.cost
        credit += part.credit
        fresh += part.fresh
        if problem.even:
            values.update(part.values)
        else:
            merge_best(values, part.values)
    due = problem.awaiting if problem.rules.due[node] else 0
    tally = Tally(cost + due, due, values, credit, fresh)
    return tally if problem.rules.bare[node] else topped_up(problem, node, tally)


def topped_up(problem: Problem, node: int, inside: Tally) -> Tally:
    """Return the tally with the new work that the node's own minima demand."""
    rules = problem.rules
    floor, here = rules.floor[node], rules.here[node]
    if floor or here:
        local = inside.credit + inside.fresh
        lacking = max(0, floor - sum(inside.values.values()) - local)
        if here:
            earned_here = sum(value for piece, value in inside.values.items() if problem.basis[piece] in problem.here)
            lacking = max(lacking, here - earned_here - local)
        if lacking:
            inside = Tally(
                inside.cost + lacking, inside.short + lacking, inside.values, inside.credit, inside.fresh + lacking
            )
    return inside


def outward(problem: Problem, node: int, inside: Tally, route: Route | None) -> Tally:
    """Return the tally as the parent counts it: a node with credit for its parts hides their credits."""
    if route is not None or not problem.shape.covering[node]:
        return inside
    return Tally(inside.cost, inside.short, NOTHING, problem.shape.nodes[node].nominal, 0)


def over_cap(problem: Problem, node: int, values: Mapping[int, int]) -> Basis | None:
    """Return the first basis with more credits at the node than its caps allow; None if all caps hold."""
    for basis, most in problem.rules.caps[node]:
        if sum(value for piece, value in values.items() if problem.basis[piece] is basis) > most:
            return basis
    return None


def recount(problem: Problem, plan: Plan) -> tuple[Tally, ...]:
    """Return the tally of every node under the plan, also of nodes that the plan does not complete."""
    inside: list[Tally] = [Tally(0, 0, NOTHING, 0, 0)] * len(problem.shape.nodes)
    for node in reversed(range(len(inside))):
        route = plan.route[node]
        if problem.shape.leaf[node]:
            inside[node] = leaf_tally(problem, node, plan.used[node], route)
        elif route is not None:
            inside[node] = Tally(0, 0, route.values, 0, 0)
        else:
            parts = [outward(problem, child, inside[child], plan.route[child]) for child in plan.chosen[node]]
            inside[node] = group_tally(problem, node, parts)
    return tuple(inside)
