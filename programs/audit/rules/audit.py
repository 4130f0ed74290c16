"""The degree audit: the cheapest way to complete a requirement tree with a learner's attainments."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.blocking_rules import Blocking, blocking
from programs.audit.rules.completion.kept_plan import cheapest_draft, keeping_previous, settled, unsettled
from programs.audit.rules.completion.lower_bound import lower_bounds_of
from programs.audit.rules.completion.needed import with_others_as_drafted
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import NumberedProblem, numbered_problem
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.plan_cost import recount
from programs.audit.rules.completion.problem import Problem
from programs.audit.rules.completion.report import Report
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.completion.upper_bound import DraftPlan, drafts
from programs.audit.rules.completion.whole import least_cost_of_nothing
from programs.audit.rules.conditions import DecidedTree, decided_tree_of
from programs.audit.rules.context import Context
from programs.audit.rules.facts import NO_FACTS, Facts
from programs.audit.rules.requirements import MAX_CACHED_TREES, Requirement
from programs.audit.rules.result import Audit, AuditOutcome
from programs.rules.attainments import Attainment, RequirementException

BOUNDS = "bounds"


def audit(  # noqa: PLR0913 - all that decides an audit, by name
    tree: Requirement,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    planned: Sequence[Attainment] = (),
    context: Context,
    on: date,
    facts: Facts = NO_FACTS,
    previous: Assignment | None = None,
    solver: Solver | None = None,
) -> Audit:
    """Return the least new work that completes `tree` on a day: today, and with the `planned` attainments as well.

    All costs are hundredths of the program's credit unit. Pieces are indivisible. They are used at leaves only, and
    they count once for every ancestor. The order of the inputs does not matter. `previous` is kept while it is still
    cheapest; further ties are broken by ids. Certified bounds decide first. Where they differ, the `solver` decides;
    without a solver the outcome is the best plan found, with `proven` false. A what-if audit is the same call with
    other inputs. `facts` decide the conditions of the tree. Exceptions that are pending count with the planned
    attainments only. Raises AuditRefusedError for trees or inputs that have no answer.
    """
    method = context.method
    decided = decided_tree_of(tree, facts, method) if method.decides_sharing else DecidedTree(tree)
    shape = numbered_tree_of(decided.tree, method)
    every_decision = sorted(exceptions, key=lambda decision: decision.id)
    decisions = [decision for decision in every_decision if not decision.pending]
    sorted_attainments = sorted(attainments, key=attrgetter("id"))
    previous_assignment = previous or Assignment()
    now = numbered_problem(shape, sorted_attainments, decisions, planned=frozenset(), context=context, on=on)
    today = _outcome(now, sorted_attainments, previous_assignment, solver)
    projected = today
    until = now.holds_until
    if planned or len(decisions) < len(every_decision):
        every = sorted((*sorted_attainments, *planned), key=attrgetter("id"))
        ids = frozenset(attainment.id for attainment in planned)
        then = numbered_problem(shape, every, every_decision, planned=ids, context=context, on=on)
        projected = _outcome(then, every, today.assignment, solver)
        until = min((day for day in (until, then.holds_until) if day is not None), default=None)
    return Audit(
        today,
        projected,
        _whole(decided.tree, context),
        until,
        method,
        decided.conditions,
        decided.left_out,
    )


def status_by_bounds(  # noqa: PLR0913 - all that decides an audit, by name
    tree: Requirement,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    context: Context,
    on: date,
    facts: Facts = NO_FACTS,
) -> bool | None:
    """Return whether the tree is met, by bounds alone; None where only a solver can tell. No report is made."""
    decisions = sorted((it for it in exceptions if not it.pending), key=lambda decision: decision.id)
    sorted_attainments = sorted(attainments, key=lambda attainment: attainment.id)
    applying = decided_tree_of(tree, facts, context.method).tree if context.method.decides_sharing else tree
    problem = numbered_problem(
        numbered_tree_of(applying, context.method),
        sorted_attainments,
        decisions,
        planned=frozenset(),
        context=context,
        on=on,
    ).problem
    if lower_bounds_of(problem)[0].cost:
        return False
    return True if any(draft.cost == 0 for draft in drafts(problem, Preferences())) else None


def _outcome(
    numbered: NumberedProblem, attainments: Sequence[Attainment], previous_assignment: Assignment, solver: Solver | None
) -> AuditOutcome:
    problem = numbered.problem
    least = lower_bounds_of(problem)
    preferences = Preferences(previous_assignment, frozenset(numbered.applied_exceptions.preferred))
    best = cheapest_draft(problem, preferences, least[0].cost)
    contested = best.cost > least[0].cost
    bound_below, engine = least[0].cost, BOUNDS
    # Equal bounds prove the plan cheapest. Only where they differ is the slow solver worth its time.
    if contested and solver is not None:
        start = keeping_previous(problem, preferences, best)
        best, bound_below = _solved(problem, preferences, start, least[0].cost, solver)
        engine = solver.name
    best = keeping_previous(problem, preferences, best)
    excused = problem.shape.method.counts_only_needed and bool(numbered.applied_exceptions.waived)
    if problem.shape.method.decides_sharing and (contested or excused or unsettled(problem, preferences)):
        best = settled(problem, preferences, best, least[0].cost)
    if problem.shape.method.counts_only_needed:
        best = with_others_as_drafted(problem, best, preferences)
    why = blocking(problem, least, solver) if best.cost else Blocking((), irreducible=True)
    return AuditOutcome(
        distance=best.cost,
        lower_bound=bound_below,
        contested=contested,
        engine=engine,
        blocking=why.rules,
        irreducible=why.irreducible,
        report=Report(numbered, best.plan, best.tallies, tuple(attainments)),
    )


def _solved(
    problem: Problem, preferences: Preferences, best: DraftPlan, least: int, solver: Solver
) -> tuple[DraftPlan, int]:
    """Return the solver's plan, or the draft `best` where it costs no more, and a cost that no plan undercuts."""
    index = problem.shape.index
    before = {(index[node], name) for name, node in preferences.previous.uses if node in index}
    answer = solver.cheapest(
        problem,
        best.plan,
        preferred=_places(problem, {(node, name) for name, node in preferences.preferred}),
        before=_places(problem, before),
    )
    tallies = recount(problem, answer.plan)
    proposed = DraftPlan(answer.plan, tallies)
    return (proposed if proposed.cost < best.cost else best), max(least, answer.lower_bound)


def _places(problem: Problem, wanted: set[tuple[int, str]]) -> frozenset[tuple[int, int]]:
    """Translate pairs of node and attainment into pairs of node and piece."""
    if not wanted:
        return frozenset()
    options = enumerate(problem.options)
    return frozenset(
        (node, option.piece) for node, some in options for option in some if (node, option.attainment) in wanted
    )


@lru_cache(maxsize=MAX_CACHED_TREES)
def _whole(tree: Requirement, context: Context) -> int:
    """Return what the program costs somebody without any attainment."""
    # Cached by tree and context: both are immutable, and neither learner nor day is part of the answer.
    shape = numbered_tree_of(tree, context.method)
    nothing = numbered_problem(shape, (), (), planned=frozenset(), context=context, on=date.min)
    if context.method.decides_sharing:
        return least_cost_of_nothing(nothing.problem)
    return min(draft.cost for draft in drafts(nothing.problem, Preferences()))
