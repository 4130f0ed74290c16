"""What counts for what, by ids: the part of an audit that is kept, so that the next one need not move anything."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from programs.audit.rules.completion.plan_cost import Plan
from programs.audit.rules.completion.problem import Problem
from programs.audit.rules.requirements import Kind


@dataclass(frozen=True, slots=True)
class Assignment:
    """`uses` are (attainment, node), awards at their program node among them.

    `chosen` are the parts counted on of nodes that need not have all of theirs.
    """

    uses: frozenset[tuple[str, str]] = frozenset()
    chosen: frozenset[str] = frozenset()


def counted_on(plan: Plan) -> list[int]:
    """The nodes that the plan completes, parents first."""
    found = [0]
    for node in found:
        found.extend(plan.chosen[node] if plan.route[node] is None else ())
    return sorted(found)


def assignment_of(problem: Problem, plan: Plan) -> Assignment:
    """The plan by ids, without what it does in parts that it does not count on."""
    nodes = problem.shape.nodes
    uses: list[tuple[str, str]] = []
    chosen: list[str] = []
    for node in counted_on(plan):
        route, wanted = plan.route[node], nodes[node]
        name = wanted.id
        if route is not None and route.attainment:
            uses.append((route.attainment, name))
            uses += [(item.attainment, name) for item in route.brings]
        uses += [(option[2], name) for option in plan.used[node]]
        if wanted.kind is Kind.CHOOSE or wanted.kind is Kind.CREDITS:
            chosen += [nodes[child].id for child in plan.chosen[node]]
    return Assignment(frozenset(uses), frozenset(chosen))


@lru_cache(maxsize=65536)
def lot(first: str, second: str = "") -> int:
    """A number that ids alone decide: how ties end, everywhere and in every version."""
    return int.from_bytes(hashlib.sha256(f"{first}\0{second}".encode()).digest()[:8])
