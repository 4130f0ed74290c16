"""The report of a plan: by node, by attainment, and as next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from programs.audit.rules.completion.assignment import Assignment, assignment_of, counted_on
from programs.audit.rules.completion.eligibility import Reason, Refusal
from programs.audit.rules.completion.left_out import left_out_of
from programs.audit.rules.completion.numbering import NumberedProblem
from programs.audit.rules.completion.plan_cost import Plan, Tally, credits_of
from programs.audit.rules.completion.problem import NOTHING, Option, Problem
from programs.audit.rules.completion.sharing_rules import price_of_new
from programs.audit.rules.report_rows import Missing, NewPiece, NodeResult, Step, Use
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
    def new_pieces(self) -> tuple[NewPiece, ...]:
        """The new pieces that serve several leaves."""
        return _new_pieces(self.numbered.problem, self.plan)

    @cached_property
    def left_out(self) -> tuple[Refusal, ...]:
        """The attainments that do not count, with reasons."""
        if self.numbered.problem.shape.method.gives_reasons:
            return left_out_of(self.numbered, self.plan, self.tallies, self.attainments, self.uses)
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
    return tuple(
        Use(option.attainment, name, option.value, option.exception) for option in plan.used[node] if option.attainment
    )


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
        earned = {piece: value for piece, value in tally.values.items() if piece < problem.new}
        found[node] = problem.total(earned) + below
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
        found[node] = numbered.problem.total(merged) + borne[node]
    return found


def _steps(numbered: NumberedProblem, plan: Plan, tallies: Sequence[Tally]) -> tuple[Step, ...]:
    """The new work of the plan, in the order of the tree."""
    problem = numbered.problem
    below_level = {refusal.node for refusal in numbered.refusals if refusal.reason is Reason.LEVEL}
    bearers = _bearers(problem, plan) if problem.renewed else {}
    return tuple(
        step
        for node in counted_on(plan)
        if plan.route[node] is None
        for step in _missing(problem, node, plan, tallies, below_level, bearers)
    )


def _bearers(problem: Problem, plan: Plan) -> dict[int, int]:
    """Return, by new piece, the leaf that bears its cost: the one with the highest price, the first among equals."""
    found: dict[int, int] = {}
    prices: dict[int, int] = {}
    for node in counted_on(plan):
        for option in _new_options(problem, plan, node):
            price = price_of_new(problem, node, option)
            if price > prices.get(option.piece, -1):
                found[option.piece], prices[option.piece] = node, price
    return found


def _new_options(problem: Problem, plan: Plan, node: int) -> Sequence[Option]:
    if plan.route[node] is not None or node not in problem.renewed:
        return ()
    return [option for option in plan.used[node] if option.piece >= problem.new]


def _new_pieces(problem: Problem, plan: Plan) -> tuple[NewPiece, ...]:
    """Return the new pieces of the plan that serve several leaves."""
    serving: dict[int, list[int]] = {}
    for node in counted_on(plan):
        for option in _new_options(problem, plan, node):
            serving.setdefault(option.piece, []).append(node)
    bearers = _bearers(problem, plan)
    found = []
    for piece, nodes in sorted(serving.items()):
        bearer = bearers[piece]
        option = next(option for option in _new_options(problem, plan, bearer) if option.piece == piece)
        names = tuple(problem.shape.nodes[node].id for node in nodes)
        found.append(NewPiece(problem.names[piece], names, price_of_new(problem, bearer, option)))
    return tuple(found)


def _missing(  # noqa: PLR0913, PLR0917 - the parts of one report
    problem: Problem,
    node: int,
    plan: Plan,
    tallies: Sequence[Tally],
    below_level: set[str],
    bearers: Mapping[int, int],
) -> list[Step]:
    wanted, short = problem.shape.nodes[node], tallies[node].short
    if not short:
        return []
    name, found = wanted.id, []
    for option in _new_options(problem, plan, node):
        price = price_of_new(problem, node, option)
        kind = _kind(wanted, name in below_level) if problem.shape.single[node] else Missing.CREDITS
        found.append(Step(name, kind, price if bearers[option.piece] == node else 0, problem.names[option.piece]))
        short -= price
    own = _own(problem, node, plan)
    found += [Step(name, _kind(wanted, name in below_level), own)] if own else []
    short -= own
    floor = problem.rules.floor[node]
    general = min(short, max(0, floor - (credits_of(problem, tallies[node]) - short))) if floor else 0
    found += [Step(name, Missing.CREDITS, general)] if general else []
    here = min(short - general, _lacking_here(problem, node, tallies[node], short) - general)
    found += [Step(name, Missing.CREDITS_HERE, here)] if here > 0 else []
    pieces = short - general - max(0, here)
    return found + ([Step(name, Missing.PIECES, pieces)] if pieces else [])


def _lacking_here(problem: Problem, node: int, tally: Tally, topping: int) -> int:
    """Return the credits that are missing for what must be earned here; all of the rest where no pieces are asked."""
    if not (problem.rules.counting and problem.rules.pieces[node]):
        return topping
    here = problem.total_here(tally.values) + tally.credit + tally.fresh - topping
    return max(0, problem.rules.here[node] - here)


def _own(problem: Problem, node: int, plan: Plan) -> int:
    """Return the new work that a node demands by itself, not by a minimum of credits."""
    kind = problem.shape.nodes[node].kind
    if problem.rules.due[node]:
        return problem.awaiting
    if node in problem.modes and plan.used[node]:
        return next(mode.gap for mode in problem.modes[node] if mode.option.piece == plan.used[node][0].piece)
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
    """Return the refusals that no exception overruled, and the attainments that may count but are not needed.

    This is what methods before `audit@3` say.
    """
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
    if node in problem.modes and plan.used[node]:
        return False  # it is met, or done for its credit although it is waived
    if wanted.leaf and wanted.kind is not Kind.CREDITS and (problem.gap[node] or not _is_used(wanted.kind, plan, node)):
        return True
    here = problem.total_here(tally.values) + tally.credit
    too_few = problem.rules.counting and len(tally.present) < wanted.min_pieces
    return too_few or credits_of(problem, tally) < wanted.min_credits or here < wanted.earned_here


def _is_used(kind: Kind, plan: Plan, node: int) -> bool:
    return kind in {Kind.MILESTONE, Kind.QUANTITY} or bool(plan.used[node])
