"""Applies the previous plan to the current problem and adds the pieces that also fit; without search."""

from programs.audit.rules.completion.assignment import Assignment, assignment_of, counted_on, tie_break
from programs.audit.rules.completion.needed import with_needed_only
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.plan_cost import Plan, over_cap, recount
from programs.audit.rules.completion.problem import Option, Problem, Route
from programs.audit.rules.completion.renewing import with_shared_new_pieces
from programs.audit.rules.completion.sharing import Placements, shares_as_allowed
from programs.audit.rules.completion.upper_bound import DraftPlan, drafts
from programs.audit.rules.context import Method
from programs.audit.rules.requirements import Kind

MOST_ROUNDS = 4
"""Every round takes a better plan, so few are needed; the limit only bounds the work."""


def keeping_previous(problem: Problem, preferences: Preferences, otherwise: DraftPlan) -> DraftPlan:
    """Return the previous plan where it is still valid and `otherwise` is no better; else return `otherwise`.

    A plan is better if it costs less; then if it follows more exceptions *apply here*; then if it needs fewer
    exceptions and less planned work. `otherwise` is also returned where it keeps all uses of the previous plan: then it
    can only count more. In `audit@2` it must have just these uses, because those that it adds may need exceptions. From
    `audit@3` on both plans are compared without what nothing needs.
    """
    frugal = problem.shape.method.counts_only_needed
    otherwise = with_needed_only(problem, otherwise, preferences) if frugal else otherwise
    if _keeps_all(problem, preferences.previous, otherwise.plan):
        return otherwise
    plan = _replayed(problem, preferences.previous, otherwise.plan)
    if plan is None or not _valid(problem, plan):
        return otherwise
    plan = filled(problem, plan)
    kept = DraftPlan(plan, recount(problem, plan))
    if problem.renewed:
        kept = DraftPlan(*with_shared_new_pieces(problem, kept.plan, kept.tallies))
    kept = with_needed_only(problem, kept, preferences) if frugal else kept
    return kept if _rank(preferences, kept) <= _rank(preferences, otherwise) else otherwise


def _keeps_all(problem: Problem, previous: Assignment, plan: Plan) -> bool:
    """Return whether a plan moves nothing of the previous one, so that the previous one need not be replayed."""
    if problem.shape.method.counts_only_needed:
        return previous == Assignment() or previous == assignment_of(problem, plan)
    uses = _uses(problem, plan)
    return not previous.uses or previous.uses == uses or (problem.shape.method is Method.ONE and previous.uses < uses)


def _rank(preferences: Preferences, draft: DraftPlan) -> tuple[int, int, int, int]:
    preferred_uses = exceptions = planned = 0
    for node in counted_on(draft.plan):
        route = draft.plan.route[node]
        exceptions += route is not None and bool(route.exception)
        planned += route is not None and route.planned
        for option in draft.plan.used[node]:
            preferred_uses += (option.attainment, node) in preferences.preferred
            exceptions += bool(option.exception)
            planned += option.planned
    return draft.cost, -preferred_uses, exceptions, planned


def _uses(problem: Problem, plan: Plan) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for node in counted_on(plan):
        name, route = problem.shape.nodes[node].id, plan.route[node]
        found.update((option.attainment, name) for option in plan.used[node])
        if route is not None:
            found.add((route.attainment, name))
            found.update((item.attainment, name) for item in route.brings)
    return found


def _replayed(problem: Problem, previous: Assignment, otherwise: Plan) -> Plan | None:
    """Return the previous plan by numbers; None where the tree no longer has enough of the parts that it chose."""
    used, chosen, routes = list(otherwise.used), list(otherwise.chosen), list(otherwise.route)
    open_nodes = [0]
    for node in open_nodes:
        wanted = problem.shape.nodes[node]
        routes[node] = _route(problem, previous, node)
        if node not in problem.modes:
            used[node] = tuple(
                option for option in problem.options[node] if (option.attainment, wanted.id) in previous.uses
            )
        if wanted.kind in {Kind.CHOOSE, Kind.CREDITS}:
            children = problem.shape.children[node]
            chosen[node] = tuple(child for child in children if problem.shape.nodes[child].id in previous.chosen)
            if routes[node] is None and len(chosen[node]) < wanted.n:
                return None
        open_nodes += chosen[node] if routes[node] is None else ()
    return Plan(tuple(used), tuple(chosen), tuple(routes))


def _route(problem: Problem, previous: Assignment, node: int) -> Route | None:
    name = problem.shape.nodes[node].id
    for route in problem.routes[node]:
        if (route.attainment, name) in previous.uses:
            return route._replace(brings=tuple(it for it in route.brings if (it.attainment, name) in previous.uses))
        if (
            route.exception
            and not route.attainment
            and not (problem.shape.method.decides_sharing and _inside(problem, previous, node))
        ):
            return route
    return None


def _inside(problem: Problem, previous: Assignment, node: int) -> bool:
    """Return whether the previous plan completed something below a node, rather than pass it by."""
    names = {problem.shape.nodes[number].id for number in range(node, problem.shape.end[node])}
    return any(name in names for _, name in previous.uses) or not names.isdisjoint(
        previous.chosen - {problem.shape.nodes[node].id}
    )


def unsettled(problem: Problem, preferences: Preferences) -> bool:
    """Return whether a draft that begins with a plan could rank above that plan, though both cost the same."""
    rules = problem.rules
    limited = rules.sourced or rules.crossing or rules.listing or rules.counting
    return limited or problem.partial or bool(preferences.preferred) or problem.routes is not problem.shape.unrouted


def settled(problem: Problem, preferences: Preferences, best: DraftPlan, least: int) -> DraftPlan:
    """Return the plan that an audit fed with its own result would keep.

    Drafts that begin with the plan may find one that is as cheap and follows more exceptions *apply here*, or needs
    fewer exceptions, or in which more counts. It is taken now, so that the next audit moves nothing.
    """
    for _ in range(MOST_ROUNDS):
        own = Preferences(assignment_of(problem, best.plan), preferences.preferred)
        again = keeping_previous(problem, own, cheapest_draft(problem, own, least))
        if problem.shape.method.counts_only_needed:
            # Without the solver the next draft can be dearer; the next audit then asks the solver too.
            if _rank(own, again) > _rank(own, best):
                break
            # Plans of one assignment can still differ: a solver may leave out credit of an award that it uses.
            best = again
            if assignment_of(problem, again.plan) == own.previous:
                break
            continue
        wider = _uses(problem, again.plan) > _uses(problem, best.plan)
        if (_rank(own, again), not wider) >= (_rank(own, best), True):
            break
        best = again
    return best


def cheapest_draft(problem: Problem, preferences: Preferences, enough: int) -> DraftPlan:
    """Return the first plan that costs no more than `enough`, else the cheapest of all drafts."""
    candidates = drafts(problem, preferences)
    best = next(candidates)
    for draft in candidates if best.cost > enough else ():
        if draft.cost < best.cost:
            best = draft
        if best.cost == enough:
            break
    return best


def _valid(problem: Problem, plan: Plan) -> bool:
    tallies = recount(problem, plan)
    single = all(
        len(plan.used[node]) <= 1 for node, wanted in enumerate(problem.shape.nodes) if wanted.kind is Kind.COMPETENCY
    )
    return (
        single
        and shares_as_allowed(problem, plan)
        and all(over_cap(problem, node, tallies[node].values) is None for node in counted_on(plan))
    )


def filled(problem: Problem, plan: Plan) -> Plan:
    """Return the plan with every further piece that fits at a credits leaf: a piece that may count is not left out.

    From `audit@3` on also at competencies, which may be without a piece because they were waived.
    """
    leaves = [node for node in counted_on(plan) if len(plan.used[node]) < _offered(problem, node)]
    if not leaves:
        return plan
    tallies = recount(problem, plan)
    values_at = {node: dict(tallies[node].values) for node, capped in enumerate(problem.rules.capped) if capped}
    used = list(plan.used)
    placements = Placements.of(problem, plan) if problem.rules.crossing else None
    for leaf in leaves:
        capped = [node for node in problem.shape.counting_path(leaf) if node in values_at]
        left = set(problem.options[leaf]) - set(used[leaf])
        for option in sorted(left, key=lambda option: _order(problem.shape.nodes[leaf].id, option)):
            if problem.shape.single[leaf] and used[leaf]:
                break
            if placements is not None and not placements.allows(leaf, option):
                continue
            wider = [_with(values_at[node], option) for node in capped]
            if all(over_cap(problem, node, values) is None for node, values in zip(capped, wider, strict=True)):
                values_at.update(zip(capped, wider, strict=True))
                used[leaf] = tuple(sorted((*used[leaf], option)))
                if placements is not None:
                    placements.place(leaf, option)
    return Plan(tuple(used), plan.chosen, plan.route)


def _offered(problem: Problem, node: int) -> int:
    if problem.shape.single[node] and problem.shape.method.counts_only_needed:
        return min(1, len(problem.options[node]))
    return len(problem.options[node]) if problem.shape.nodes[node].kind is Kind.CREDITS else 0


def _with(values: dict[int, int], option: Option) -> dict[int, int]:
    return {**values, option.piece: max(option.value, values.get(option.piece, 0))}


def _order(node: str, option: Option) -> tuple[bool, bool, int]:
    return bool(option.exception), option.planned, tie_break(option.attainment, node)
