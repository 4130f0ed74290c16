"""Puts a plan into words a page can show: per node, per attainment, and as next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from programs.audit.rules.completion.assignment import Assignment, assignment_of, counted_on
from programs.audit.rules.completion.eligibility import Reason, Refusal
from programs.audit.rules.completion.numbering import Bound
from programs.audit.rules.completion.plan_cost import Plan, Tally
from programs.audit.rules.completion.problem import NOTHING, Problem
from programs.audit.rules.report_rows import Missing, NodeResult, Step, Use
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment


@dataclass(frozen=True)
class Report:
    """What a plan means for each node and attainment, worked out when it is first asked for."""

    bound: Bound
    plan: Plan
    tallies: tuple[Tally, ...]
    attainments: tuple[Attainment, ...]

    @cached_property
    def assignment(self) -> Assignment:
        return assignment_of(self.bound.problem, self.plan)

    @cached_property
    def nodes(self) -> tuple[NodeResult, ...]:
        return _nodes(self.bound, self.plan, self.tallies)

    @cached_property
    def by_id(self) -> dict[str, NodeResult]:
        return {node.node: node for node in self.nodes}

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        return tuple(use for node in self.nodes if node.counted_on for use in node.uses)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return _steps(self.bound, self.plan, self.tallies)

    @cached_property
    def left_out(self) -> tuple[Refusal, ...]:
        return _left_out(self.bound, self.attainments, self.uses)

    @cached_property
    def exceptions_used(self) -> tuple[str, ...]:
        return _exceptions_used(self.bound, self.plan, self.tallies, self.uses)


def _nodes(bound: Bound, plan: Plan, tallies: Sequence[Tally]) -> tuple[NodeResult, ...]:
    """Every node in the order of the tree."""
    problem = bound.problem
    counted = set(counted_on(plan))
    earned, attempted = _earned(problem, plan, tallies), _attempted(bound)
    return tuple(
        NodeResult(
            node=wanted.id,
            counted_on=node in counted,
            met=tallies[node].cost == 0,
            distance=tallies[node].cost,
            attempted=max(attempted[node], earned[node]),
            earned=earned[node],
            uses=_uses(bound, plan, node),
        )
        for node, wanted in enumerate(problem.shape.nodes)
    )


def _uses(bound: Bound, plan: Plan, node: int) -> tuple[Use, ...]:
    name, route = bound.problem.shape.nodes[node].id, plan.route[node]
    if node in bound.standing:
        return tuple(Use(standing, name, 0, exception) for standing, exception in _needed(bound, node))
    if route is not None:
        if not route.attainment:
            return ()
        spent = [Use(item.attainment, name, item.value) for item in route.brings if item.attainment != route.attainment]
        own = sum(item.value for item in route.brings if item.attainment == route.attainment)
        return (Use(route.attainment, name, own, route.exception), *spent)
    return tuple(Use(option.attainment, name, option.value, option.exception) for option in plan.used[node])


def _needed(bound: Bound, node: int) -> Sequence[tuple[str, str]]:
    """What stands at a milestone or adds up to a quantity: by exception only where a milestone has nothing plain."""
    standing = bound.standing[node]
    plain = [item for item in standing if not item[1]]
    return plain if plain and bound.problem.shape.nodes[node].kind is Kind.MILESTONE else standing


def _earned(problem: Problem, plan: Plan, tallies: Sequence[Tally]) -> list[int]:
    """Credits that count at each node now: pieces once each, and what completed nodes bear."""
    borne, found = [0] * len(tallies), [0] * len(tallies)
    for node in reversed(range(len(tallies))):
        tally, wanted = tallies[node], problem.shape.nodes[node]
        below = sum(borne[child] for child in plan.chosen[node]) if plan.route[node] is None else 0
        if wanted.leaf and not problem.shape.covering[node]:
            below += tally.credit if tally.cost == 0 else 0
        found[node] = sum(tally.values.values()) + below
        borne[node] = below
        if problem.shape.covering[node] and plan.route[node] is None:
            found[node] = borne[node] = wanted.nominal if tally.cost == 0 else 0
    return found


def _attempted(bound: Bound) -> list[int]:
    """Credits of all that asks to count at each node, whether it may or not."""
    shape = bound.problem.shape
    values: list[Mapping[int, int]] = [{}] * len(shape.nodes)
    borne, found = [0] * len(shape.nodes), [0] * len(shape.nodes)
    for node in reversed(range(len(shape.nodes))):
        merged = {**bound.turned_away.get(node, NOTHING), **bound.problem.values[node]}
        for child in shape.children[node]:
            borne[node] += borne[child]
            for piece, value in values[child].items():
                merged[piece] = max(value, merged.get(piece, 0))
        if shape.covering[node]:
            borne[node] = shape.nodes[node].nominal if merged or borne[node] else 0
            merged = {}
        values[node] = merged
        found[node] = sum(merged.values()) + borne[node]
    return found


def _steps(bound: Bound, plan: Plan, tallies: Sequence[Tally]) -> tuple[Step, ...]:
    """The new work of the plan, in the order of the tree."""
    problem = bound.problem
    low = {refusal.node for refusal in bound.refusals if refusal.reason is Reason.LEVEL}
    return tuple(
        Step(problem.shape.nodes[node].id, missing, cost)
        for node in counted_on(plan)
        if plan.route[node] is None
        for missing, cost in _missing(problem, node, plan, tallies, low)
    )


def _missing(
    problem: Problem, node: int, plan: Plan, tallies: Sequence[Tally], low: set[str]
) -> list[tuple[Missing, int]]:
    wanted, short = problem.shape.nodes[node], tallies[node].short
    if not short:
        return []
    own = _own(problem, node, plan)
    found = [(_kind(wanted, wanted.id in low), own)] if own else []
    short -= own
    floor = problem.rules.floor[node]
    general = min(short, max(0, floor - (tallies[node].credits - short))) if floor else 0
    found += [(Missing.CREDITS, general)] if general else []
    return found + ([(Missing.CREDITS_HERE, short - general)] if short > general else [])


def _own(problem: Problem, node: int, plan: Plan) -> int:
    """The part of its new work that a node asks for by itself, not by a minimum of credits."""
    kind = problem.shape.nodes[node].kind
    if problem.rules.due[node]:
        return problem.awaiting
    if not problem.rules.need[node]:
        return 0
    if kind in {Kind.MILESTONE, Kind.QUANTITY}:
        return problem.gap[node]
    return 0 if plan.used[node] else problem.shape.whole[node]


def _kind(wanted: Requirement, low: bool) -> Missing:
    if wanted.kind is Kind.COMPETENCY and low:
        return Missing.LEVEL
    return Missing.AWARD if wanted.kind is Kind.PROGRAM and wanted.children else _KINDS[wanted.kind]


_KINDS = {
    Kind.COMPETENCY: Missing.COMPETENCY,
    Kind.MILESTONE: Missing.MILESTONE,
    Kind.QUANTITY: Missing.QUANTITY,
    Kind.PROGRAM: Missing.PROGRAM,
}


def _left_out(bound: Bound, attainments: Sequence[Attainment], uses: Sequence[Use]) -> tuple[Refusal, ...]:
    """Every refusal that no exception overruled, and every attainment that may count but is not needed."""
    counted = {(use.attainment, use.node) for use in uses}
    named = {refusal.attainment for refusal in bound.refusals} | {use.attainment for use in uses}
    named.update(name for item in attainments if item.id in named for name in item.spent)
    idle = (Refusal(item.id, "", Reason.NOT_NEEDED) for item in attainments if item.id not in named)
    refusals = (refusal for refusal in bound.refusals if (refusal.attainment, refusal.node) not in counted)
    return (*refusals, *idle)


def _exceptions_used(bound: Bound, plan: Plan, tallies: Sequence[Tally], uses: Sequence[Use]) -> tuple[str, ...]:
    """The exceptions without which this plan would cost more; one that changes nothing is not named."""
    found = {use.exception for use in uses}
    for node in counted_on(plan):
        route = plan.route[node]
        if route is not None:
            found.add(route.exception)
        elif node in bound.easing.waived and _excused(bound.problem, node, plan, tallies[node]):
            found.add(bound.easing.waived[node])
    return tuple(sorted(found - {""}))


def _excused(problem: Problem, node: int, plan: Plan, tally: Tally) -> bool:
    """Whether the node would ask for something if it were not waived."""
    wanted = problem.shape.nodes[node]
    if wanted.leaf and wanted.kind is not Kind.CREDITS and (problem.gap[node] or not _stands(wanted.kind, plan, node)):
        return True
    here = sum(value for piece, value in tally.values.items() if problem.basis[piece] in problem.here) + tally.credit
    return tally.credits < wanted.min_credits or here < wanted.earned_here


def _stands(kind: Kind, plan: Plan, node: int) -> bool:
    return kind in {Kind.MILESTONE, Kind.QUANTITY} or bool(plan.used[node])
