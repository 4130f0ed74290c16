"""Lets one new piece serve several leaves of a plan, where that costs less than new work at each of them."""

from collections.abc import Sequence
from dataclasses import replace

from programs.audit.rules.completion.assignment import counted_on
from programs.audit.rules.completion.plan_cost import Plan, Tally, recount_above
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.sharing import Placements


def with_shared_new_pieces(problem: Problem, plan: Plan, tallies: tuple[Tally, ...]) -> tuple[Plan, tuple[Tally, ...]]:
    """Return the plan with new pieces that serve several leaves, and its tallies; the same plan where none costs less.

    `tallies` are those of the plan. New pieces are tried one after another, those that serve most leaves first.
    """
    serving: dict[int, list[tuple[int, Option]]] = {}
    for leaf in counted_on(plan):
        for option in problem.renewed.get(leaf, ()) if tallies[leaf].short else ():
            serving.setdefault(option.piece, []).append((leaf, option))
    for _, leaves in sorted(serving.items(), key=lambda item: (-len(item[1]), item[0])):
        changed = _renewed(problem, plan, leaves, tallies) if len(leaves) > 1 else None
        if changed is not None:
            changed_tallies = recount_above(problem, changed, tallies, [leaf for leaf, _ in leaves])
            if changed_tallies[0].cost < tallies[0].cost:
                plan, tallies = changed, changed_tallies
    return plan, tallies


def _renewed(problem: Problem, plan: Plan, leaves: list[tuple[int, Option]], tallies: Sequence[Tally]) -> Plan | None:
    """Return the plan with one new piece at those of the leaves that still need new work; None if it fits nowhere."""
    # Without rules on sharing every place is free, and the places of all other pieces need not be looked up.
    placements = Placements.of(problem, plan) if problem.rules.crossing else None
    used = list(plan.used)
    for leaf, option in leaves:
        free = tallies[leaf].short and not (problem.shape.single[leaf] and used[leaf])
        if free and (placements is None or placements.allows(leaf, option)):
            if placements is not None:
                placements.place(leaf, option)
            used[leaf] = tuple(sorted((*used[leaf], option)))
    return replace(plan, used=tuple(used)) if used != list(plan.used) else None
