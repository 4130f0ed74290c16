"""The report of a plan: by node, by attainment, and as next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from programs.audit.rules.completion.assignment import Assignment, assignment_of, counted_on
from programs.audit.rules.completion.eligibility import Reason, Refusal
from programs.audit.rules.completion.numbering import NumberedProblem
from programs.audit.rules.completion.plan_cost import Plan, Tally
from programs.audit.rules.completion.problem import NOTHING, Problem
from programs.audit.rules.report_rows import Missing, NodeResult, Step, Use
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment


@dataclass(frozen=True)
class Report:
    """The result of a plan for each node and attainment. Each part is computed when it is first read."""

    numbered: NumberedProblem
    plan: Plan
    tallies: tuple[Tally, ...]
    attainments: tuple[Attainment, ...]

    @cached_property
    def assignment(self) -> Assignment:
        """The plan by ids."""
        return assignment_of(self.numbered.problem, self.plan)

    @cached_property
    def nodes(self) -> tuple[NodeResult, ...]:
        """The results of all nodes, in the order of the tree."""
        return _nodes(self.numbered, self.plan, self.tallies)

    @cached_property
    def by_id(self) -> dict[str, NodeResult]:
        """The results of nodes by id."""
        return {node.node: node for node in self.nodes}

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The attainments that count, in the order of the tree."""
        return tuple(use for node in self.nodes if node.counted_on for use in node.uses)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The new work, in the order of the tree."""
        return _steps(self.numbered, self.plan, self.tallies)

    @cached_property
    def left_out(self) -> tuple[Refusal, ...]:
        """The attainments that do not count, with reasons."""
        return _left_out(self.numbered, self.attainments, self.uses)

    @cached_property
    def exceptions_used(self) -> tuple[str, ...]:
        """The ids of the exceptions without which the plan would cost more."""
        return _exceptions_used(self.numbered, self.plan, self.tallies, self.uses)


def _nodes(numbered: NumberedProblem, plan: Plan, tallies: Sequence[Tally]) -> tuple[NodeResult, ...]:
    """Every node in the order of the tree."""
    problem = numbered.problem
    counted_nodes = set(counted_on(plan))
    credits_now, attempted = _credits_now(problem, plan, tallies), _attempted(numbered)
    return tuple(
        NodeResult(
            node=wanted.id,
            counted_on=node in counted_nodes,
            met=tallies[node].cost == 0,
            distance=tallies[node].cost,
            attempted=max(attempted[node], credits_now[node]),
            earned=credits_now[node],
            uses=_uses(numbered, plan, node),
        )
        for node, wanted in enumerate(problem.shape.nodes)
    )


def _uses(numbered: NumberedProblem, plan: Plan, node: int) -> tuple[Use, ...]:
    name, route = numbered.problem.shape.nodes[node].id, plan.route[node]
    if node in numbered.met_by:
        return tuple(Use(met_by, name, 0, exception) for met_by, exception in _needed(numbered, node))
    if route is not None:
        if not route.attainment:
            return ()
        spent = [Use(item.attainment, name, item.value) for item in route.brings if item.attainment != route.attainment]
        own = sum(item.value for item in route.brings if item.attainment == route.attainment)
        return (Use(route.attainment, name, own, route.exception), *spent)
    return tuple(Use(option.attainment, name, option.value, option.exception) for option in plan.used[node])


def _needed(numbered: NumberedProblem, node: int) -> Sequence[tuple[str, str]]:
    """Return the attainments at a milestone or quantity; at a milestone by exception only if there are no others."""
    met_by = numbered.met_by[node]
    plain = [item for item in met_by if not item[1]]
    return plain if plain and numbered.problem.shape.nodes[node].kind is Kind.MILESTONE else met_by


def _credits_now(problem: Problem, plan: Plan, tallies: Sequence[Tally]) -> list[int]:
    """Return the credits that count at each node now: each piece once, and the credits of completed nodes."""
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


def _attempted(numbered: NumberedProblem) -> list[int]:
    """Return the credits of all pieces that the leaves below each node name, whether they may count or not."""
    shape = numbered.problem.shape
    values: list[Mapping[int, int]] = [{}] * len(shape.nodes)
    borne, found = [0] * len(shape.nodes), [0] * len(shape.nodes)
    for node in reversed(range(len(shape.nodes))):
        merged = {**numbered.turned_away.get(node, NOTHING), **numbered.problem.values[node]}
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


def _steps(numbered: NumberedProblem, plan: Plan, tallies: Sequence[Tally]) -> tuple[Step, ...]:
    """The new work of the plan, in the order of the tree."""
    problem = numbered.problem
    below_level = {refusal.node for refusal in numbered.refusals if refusal.reason is Reason.LEVEL}
    return tuple(
        Step(problem.shape.nodes[node].id, missing, cost)
        for node in counted_on(plan)
        if plan.route[node] is None
        for missing, cost in _missing(problem, node, plan, tallies, below_level)
    )


def _missing(
    problem: Problem, node: int, plan: Plan, tallies: Sequence[Tally], below_level: set[str]
) -> list[tuple[Missing, int]]:
    wanted, short = problem.shape.nodes[node], tallies[node].short
    if not short:
        return []
    own = _own(problem, node, plan)
    found = [(_kind(wanted, wanted.id in below_level), own)] if own else []
    short -= own
    floor = problem.rules.floor[node]
    general = min(short, max(0, floor - (tallies[node].credits - short))) if floor else 0
    found += [(Missing.CREDITS, general)] if general else []
    return found + ([(Missing.CREDITS_HERE, short - general)] if short > general else [])


def _own(problem: Problem, node: int, plan: Plan) -> int:
    """Return the new work that a node demands by itself, not by a minimum of credits."""
    kind = problem.shape.nodes[node].kind
    if problem.rules.due[node]:
        return problem.awaiting
    if not problem.rules.need[node]:
        return 0
    if kind in {Kind.MILESTONE, Kind.QUANTITY}:
        return problem.gap[node]
    return 0 if plan.used[node] else problem.shape.whole[node]


def _kind(wanted: Requirement, below_level: bool) -> Missing:
    if wanted.kind is Kind.COMPETENCY and below_level:
        return Missing.LEVEL
    return Missing.AWARD if wanted.kind is Kind.PROGRAM and wanted.children else _KINDS[wanted.kind]


_KINDS = {
    Kind.COMPETENCY: Missing.COMPETENCY,
    Kind.MILESTONE: Missing.MILESTONE,
    Kind.QUANTITY: Missing.QUANTITY,
    Kind.PROGRAM: Missing.PROGRAM,
}


def _left_out(numbered: NumberedProblem, attainments: Sequence[Attainment], uses: Sequence[Use]) -> tuple[Refusal, ...]:
    """Return the refusals that no exception overruled, and the attainments that may count but are not needed."""
    counted_nodes = {(use.attainment, use.node) for use in uses}
    named = {refusal.attainment for refusal in numbered.refusals} | {use.attainment for use in uses}
    named.update(name for item in attainments if item.id in named for name in item.spent)
    idle = (Refusal(item.id, "", Reason.NOT_NEEDED) for item in attainments if item.id not in named)
    refusals = (refusal for refusal in numbered.refusals if (refusal.attainment, refusal.node) not in counted_nodes)
    return (*refusals, *idle)


def _exceptions_used(
    numbered: NumberedProblem, plan: Plan, tallies: Sequence[Tally], uses: Sequence[Use]
) -> tuple[str, ...]:
    """Return the exceptions without which this plan would cost more."""
    found = {use.exception for use in uses}
    for node in counted_on(plan):
        route = plan.route[node]
        if route is not None:
            found.add(route.exception)
        elif node in numbered.applied_exceptions.waived and _excused(numbered.problem, node, plan, tallies[node]):
            found.add(numbered.applied_exceptions.waived[node])
    return tuple(sorted(found - {""}))


def _excused(problem: Problem, node: int, plan: Plan, tally: Tally) -> bool:
    """Return whether the node would demand new work if it were not waived."""
    wanted = problem.shape.nodes[node]
    if wanted.leaf and wanted.kind is not Kind.CREDITS and (problem.gap[node] or not _is_used(wanted.kind, plan, node)):
        return True
    here = sum(value for piece, value in tally.values.items() if problem.basis[piece] in problem.here) + tally.credit
    return tally.credits < wanted.min_credits or here < wanted.earned_here


def _is_used(kind: Kind, plan: Plan, node: int) -> bool:
    return kind in {Kind.MILESTONE, Kind.QUANTITY} or bool(plan.used[node])
