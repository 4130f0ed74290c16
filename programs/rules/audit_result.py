"""What an audit says: whether a program is met, what is left, what counts for what, and why not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from programs.rules.completion.assignment import Assignment
from programs.rules.completion.eligibility import Refusal
from programs.rules.completion.problem import Rule

METHOD = "audit@1"
"""Named in decision records: a change that alters any answer is a new method beside this one."""


class Status(StrEnum):
    """Met today; met once the planned work is done; or neither."""

    MET = "met"
    IN_PROGRESS = "in_progress"
    UNMET = "unmet"


class Use(NamedTuple):
    """An attainment that counts at a node, with the credits (hundredths) it counts there and the exception it needs."""

    attainment: str
    node: str
    credits: int
    exception: str = ""


class Missing(StrEnum):
    """What a step consists of."""

    COMPETENCY = "show_competency"
    LEVEL = "raise_level"
    CREDITS = "earn_credits"
    CREDITS_HERE = "earn_credits_here"
    MILESTONE = "reach_milestone"
    QUANTITY = "add_quantity"
    PROGRAM = "complete_program"
    AWARD = "await_award"


class Step(NamedTuple):
    """New work of the cheapest completion: where, what, and what it costs (hundredths)."""

    node: str
    missing: Missing
    cost: int


class NodeResult(NamedTuple):
    """One node under the plan. A node that is not counted on says what it would cost if it were.

    `earned` are the credits that count here now, `attempted` those of everything that asks to; both in hundredths, each
    piece once.
    """

    node: str
    counted_on: bool
    met: bool
    distance: int
    attempted: int
    earned: int
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One audit over one set of attainments.

    `distance` is the cost of the cheapest completion found, `lower_bound` what none can undercut; they are equal when
    `proven`. `contested`: the bounds alone did not settle it. `blocking` are rules that together leave no free
    completion; `irreducible` when it is proven that any one less would.
    """

    distance: int
    lower_bound: int
    contested: bool
    engine: str
    nodes: tuple[NodeResult, ...]
    steps: tuple[Step, ...]
    blocking: tuple[Rule, ...]
    irreducible: bool
    left_out: tuple[Refusal, ...]
    exceptions_used: tuple[str, ...]
    assignment: Assignment

    @property
    def met(self) -> bool:
        return self.distance == 0

    @property
    def proven(self) -> bool:
        return self.distance == self.lower_bound

    @property
    def status_proven(self) -> bool:
        """Whether *met* or not is certain, even where the distance is not."""
        return self.distance == 0 or self.lower_bound > 0

    @property
    def uses(self) -> tuple[Use, ...]:
        return tuple(use for node in self.nodes if node.counted_on for use in node.uses)

    @cached_property
    def _by_id(self) -> dict[str, NodeResult]:
        return {node.node: node for node in self.nodes}

    def node(self, name: str) -> NodeResult:
        """The result of one node; KeyError where the tree has none of that id."""
        return self._by_id[name]


class Move(NamedTuple):
    """An attainment that counts elsewhere once the planned work is done: `now` today, `then` in the projection."""

    attainment: str
    now: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Two outcomes side by side, never mixed: `today` with what is earned, `projected` with planned work as well.

    `whole` is the distance of somebody who brings nothing. From `holds_until` on (a civil date, None for never) the
    same inputs may answer differently.
    """

    today: Outcome
    projected: Outcome
    whole: int
    holds_until: date | None
    method: str = METHOD

    @property
    def status(self) -> Status:
        if self.today.met:
            return Status.MET
        return Status.IN_PROGRESS if self.projected.met else Status.UNMET

    @property
    def percent(self) -> int:
        """How much of the distance is behind the learner today; 100 only when met."""
        return percent(self.today.distance, self.whole)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Earned work that the projection uses elsewhere, by attainment."""
        now, then = _places(self.today.uses), _places(self.projected.uses)
        return tuple(
            Move(name, places, then.get(name, ()))
            for name, places in sorted(now.items())
            if places != then.get(name, ())
        )


def percent(distance: int, whole: int) -> int:
    """Whole percent, rounded down, from 0 to 100; 100 only for a distance of 0."""
    if distance == 0:
        return 100
    return max(0, 100 * (whole - distance) // whole) if whole else 0


def _places(uses: Sequence[Use]) -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for use in uses:
        places[use.attainment] = (*places.get(use.attainment, ()), use.node)
    return places
