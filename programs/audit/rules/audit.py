"""The degree audit: the cheapest completion of a requirement tree with what a learner brings."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.blocking_rules import Blocking, blocking
from programs.audit.rules.completion.kept_plan import settled
from programs.audit.rules.completion.lower_bound import lower
from programs.audit.rules.completion.numbered_tree import shape_of
from programs.audit.rules.completion.numbering import Bound, bind
from programs.audit.rules.completion.plan_cost import recount
from programs.audit.rules.completion.problem import Problem
from programs.audit.rules.completion.report import Report
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.completion.upper_bound import Drafted, Wishes, drafts
from programs.audit.rules.context import Context
from programs.audit.rules.requirements import TREES_KEPT, Requirement
from programs.audit.rules.result import Audit, Outcome
from programs.rules.attainments import Attainment, RequirementException

BOUNDS = "bounds"


def audit(  # noqa: PLR0913 - the signature that DESIGN.md section 3 sets
    tree: Requirement,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    planned: Sequence[Attainment] = (),
    context: Context,
    on: date,
    previous: Assignment | None = None,
    solver: Solver | None = None,
) -> Audit:
    """The least new work that completes `tree` on that day, today and with the `planned` attainments as well.

    All costs are hundredths of the program's credit unit. Pieces are indivisible, stand at leaves only and count once
    for every ancestor. The order of inputs does not matter; `previous` is kept while it stays cheapest; further ties
    end by ids. Certified bounds decide first; where they differ the `solver` does, and without one the outcome is the
    best plan found, with `proven` false. What-if is the same call with other inputs.
    Raises AuditRefusedError for trees or inputs that have no answer.
    """
    shape = shape_of(tree)
    decisions = sorted(exceptions, key=lambda decision: decision.id)
    earned = sorted(attainments, key=attrgetter("id"))
    kept = previous or Assignment()
    now = bind(shape, earned, decisions, planned=frozenset(), context=context, on=on)
    today = _outcome(now, earned, kept, solver)
    projected = today
    until = now.holds_until
    if planned:
        every = sorted((*earned, *planned), key=attrgetter("id"))
        ids = frozenset(attainment.id for attainment in planned)
        then = bind(shape, every, decisions, planned=ids, context=context, on=on)
        projected = _outcome(then, every, today.assignment, solver)
        until = min((day for day in (until, then.holds_until) if day is not None), default=None)
    return Audit(today, projected, _whole(tree, context), until)


def status_by_bounds(
    tree: Requirement,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    context: Context,
    on: date,
) -> bool | None:
    """Whether the tree is met, by bounds alone: None where only a solver can tell. Nothing else is worked out."""
    decisions = sorted(exceptions, key=lambda decision: decision.id)
    earned = sorted(attainments, key=lambda attainment: attainment.id)
    problem = bind(shape_of(tree), earned, decisions, planned=frozenset(), context=context, on=on).problem
    if lower(problem)[0].cost:
        return False
    return True if any(draft.cost == 0 for draft in drafts(problem, Wishes())) else None


def _outcome(bound: Bound, attainments: Sequence[Attainment], kept: Assignment, solver: Solver | None) -> Outcome:
    problem = bound.problem
    least = lower(problem)
    wishes = Wishes(kept, frozenset(bound.easing.preferred))
    best = cheapest_draft(problem, wishes, least[0].cost)
    contested = best.cost > least[0].cost
    bound_below, engine = least[0].cost, BOUNDS
    if contested and solver is not None:
        start = settled(problem, wishes, best)
        best, bound_below = _solved(problem, wishes, start, least[0].cost, solver)
        engine = solver.name
    best = settled(problem, wishes, best)
    why = blocking(problem, least, solver) if best.cost else Blocking((), irreducible=True)
    return Outcome(
        distance=best.cost,
        lower_bound=bound_below,
        contested=contested,
        engine=engine,
        blocking=why.rules,
        irreducible=why.irreducible,
        report=Report(bound, best.plan, best.tallies, tuple(attainments)),
    )


def cheapest_draft(problem: Problem, wishes: Wishes, enough: int) -> Drafted:
    """The first plan that cannot be undercut, else the cheapest."""
    found = drafts(problem, wishes)
    best = next(found)
    for draft in found if best.cost > enough else ():
        if draft.cost < best.cost:
            best = draft
        if best.cost == enough:
            break
    return best


def _solved(problem: Problem, wishes: Wishes, best: Drafted, least: int, solver: Solver) -> tuple[Drafted, int]:
    """The solver's plan; the draft that keeps what was before stands where it costs no more."""
    index = problem.shape.index
    before = {(index[node], name) for name, node in wishes.previous.uses if node in index}
    answer = solver.cheapest(
        problem,
        best.plan,
        preferred=_places(problem, {(node, name) for name, node in wishes.preferred}),
        before=_places(problem, before),
    )
    tallies = recount(problem, answer.plan)
    found = Drafted(answer.plan, tallies)
    return (found if found.cost < best.cost else best), max(least, answer.lower_bound)


def _places(problem: Problem, wanted: set[tuple[int, str]]) -> frozenset[tuple[int, int]]:
    """By piece what is wanted by node and attainment."""
    if not wanted:
        return frozenset()
    options = enumerate(problem.options)
    return frozenset(
        (node, option.piece) for node, some in options for option in some if (node, option.attainment) in wanted
    )


@lru_cache(maxsize=TREES_KEPT)
def _whole(tree: Requirement, context: Context) -> int:
    """What the program costs somebody who brings nothing."""
    nothing = bind(shape_of(tree), (), (), planned=frozenset(), context=context, on=date.min)
    return min(draft.cost for draft in drafts(nothing.problem, Wishes()))
