"""Lets one new piece serve several leaves of a plan, where that costs less than new work at each of them."""

from dataclasses import replace

from programs.audit.rules.completion.assignment import counted_on
from programs.audit.rules.completion.plan_cost import Plan, recount
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.sharing import Placements


def with_shared_new_pieces(problem: Problem, plan: Plan) -> Plan:
    """Return the plan with new pieces that serve several leaves; the same plan where none costs less.

    New pieces are tried one after another, those that serve most leaves first.
    """
    serving: dict[int, list[tuple[int, Option]]] = {}
    short = _short(problem, plan)
    for leaf in short:
        for option in problem.renewed.get(leaf, ()):
            serving.setdefault(option.piece, []).append((leaf, option))
    cost = recount(problem, plan)[0].cost
    for _, leaves in sorted(serving.items(), key=lambda item: (-len(item[1]), item[0])):
        changed = _renewed(problem, plan, leaves) if len(leaves) > 1 else None
        changed_cost = cost if changed is None else recount(problem, changed)[0].cost
        if changed is not None and changed_cost < cost:
            plan, cost = changed, changed_cost
    return plan


def _short(problem: Problem, plan: Plan) -> list[int]:
    """Return the leaves of a plan that need new work."""
    tallies = recount(problem, plan)
    return [node for node in counted_on(plan) if node in problem.renewed and tallies[node].short]


def _renewed(problem: Problem, plan: Plan, leaves: list[tuple[int, Option]]) -> Plan | None:
    """Return the plan with one new piece at those of the leaves that still need new work; None if it fits nowhere."""
    placements = Placements.of(problem, plan)
    tallies = recount(problem, plan)
    used = list(plan.used)
    for leaf, option in leaves:
        free = tallies[leaf].short and not (problem.shape.single[leaf] and used[leaf])
        if free and placements.allows(leaf, option):
            placements.place(leaf, option)
            used[leaf] = tuple(sorted((*used[leaf], option)))
    return replace(plan, used=tuple(used)) if used != list(plan.used) else None
