"""The interface of an exact solver. The audit takes one as an argument, so the rules import no solver."""

from dataclasses import dataclass
from typing import Protocol

from programs.audit.rules.completion.plan_cost import Plan
from programs.audit.rules.completion.problem import Problem, Rule

Place = tuple[int, int]
"""A node number and the number of a piece that may be used there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best plan found, and a cost that no plan undercuts; the plan is proven cheapest when its cost is equal."""

    plan: Plan
    lower_bound: int


class Solver(Protocol):
    """Finds the cheapest plan, or says that its limits were too small. The same problem always has the same answer."""

    @property
    def name(self) -> str:
        """The engine and its version, as audits store it."""

    def cheapest(
        self, problem: Problem, start: Plan, *, preferred: frozenset[Place], before: frozenset[Place]
    ) -> Answer:
        """Return the cheapest plan; `start` is a valid plan.

        Among equally cheap plans: most `preferred` uses, then fewest exceptions, then least planned work, then most of
        the uses `before`.
        """

    def blocked(self, problem: Problem) -> bool | None:
        """Return whether every plan needs new work; None when that was not decided within the limits."""

    def core(self, problem: Problem) -> frozenset[Rule] | None:
        """Return rules that together block, possibly more than needed; None when none were found."""
