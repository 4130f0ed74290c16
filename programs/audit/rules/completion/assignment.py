"""Which attainment counts at which node, by ids.

It is stored, so that the next audit moves no attainment needlessly.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from programs.audit.rules.completion.plan_cost import Plan
from programs.audit.rules.completion.problem import Problem
from programs.audit.rules.requirements import Kind


@dataclass(frozen=True, slots=True)
class Assignment:
    """A plan by ids.

    `uses` are pairs of attainment and node; awards are used at their program node. `chosen` are the nodes that the plan
    completes below choices and *credits* groups, which need not have all of their parts.
    """

    uses: frozenset[tuple[str, str]] = frozenset()
    chosen: frozenset[str] = frozenset()


def counted_on(plan: Plan) -> list[int]:
    """Return the numbers of the nodes that the plan completes, parents first."""
    found = [0]
    for node in found:
        found.extend(plan.chosen[node] if plan.route[node] is None else ())
    return sorted(found)


def assignment_of(problem: Problem, plan: Plan) -> Assignment:
    """Return the plan by ids, without the nodes that it does not complete."""
    nodes = problem.shape.nodes
    uses: list[tuple[str, str]] = []
    chosen: list[str] = []
    for node in counted_on(plan):
        route, wanted = plan.route[node], nodes[node]
        name = wanted.id
        if route is not None and route.attainment:
            uses.append((route.attainment, name))
            uses += [(item.attainment, name) for item in route.brings]
        uses += [(option[2], name) for option in plan.used[node] if option[2]]
        if wanted.kind is Kind.CHOOSE or wanted.kind is Kind.CREDITS:
            chosen += [nodes[child].id for child in plan.chosen[node]]
    return Assignment(frozenset(uses), frozenset(chosen))


@lru_cache(maxsize=65536)
def tie_break(first: str, second: str = "") -> int:
    """Return a number that depends on the ids alone; among equally good plans the lowest wins.

    It must never change: decision records are replayed and must give the same plan.
    """
    # Pure, so no entry becomes invalid; bounded, because the keys are attainments of all learners.
    return int.from_bytes(hashlib.sha256(f"{first}\0{second}".encode()).digest()[:8])
