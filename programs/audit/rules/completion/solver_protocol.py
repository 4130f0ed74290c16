"""What the audit asks of an exact solver, which it is handed: never imported here."""

from dataclasses import dataclass
from typing import Protocol

from programs.audit.rules.completion.plan_cost import Plan
from programs.audit.rules.completion.problem import Problem, Rule

Place = tuple[int, int]
"""A node and a piece that may be used there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best plan found, and a cost that no plan undercuts; equal when the plan is proven cheapest."""

    plan: Plan
    lower_bound: int


class Solver(Protocol):
    """Exact where it finishes within its own limits, honest where it does not. Same problem, same answer."""

    @property
    def name(self) -> str:
        """Engine and version, as the audit reports it."""

    def cheapest(
        self, problem: Problem, start: Plan, *, preferred: frozenset[Place], before: frozenset[Place]
    ) -> Answer:
        """The cheapest plan, from a valid one to start with.

        Among equals one that uses most of the `preferred`, then fewest exceptions, least planned work, most of what
        was used `before`.
        """

    def blocked(self, problem: Problem) -> bool | None:
        """Whether every plan costs something; None when that could not be decided."""

    def core(self, problem: Problem) -> frozenset[Rule] | None:
        """Rules that together block, not necessarily all needed; None when none were found to."""
