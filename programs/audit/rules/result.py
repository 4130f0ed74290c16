"""What an audit says: whether a program is met, what is left, what counts for what, and why not yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.completion.report import Report
from programs.audit.rules.report_rows import NodeResult, Step, Use

METHOD = "audit@1"
"""Named in decision records: a change that alters any answer is a new method beside this one."""


class Status(StrEnum):
    """Met today; met once the planned work is done; or neither."""

    MET = "met"
    IN_PROGRESS = "in_progress"
    UNMET = "unmet"


@dataclass(frozen=True)
class Outcome:
    """One audit over one set of attainments.

    `distance` is the cost of the cheapest completion found, `lower_bound` what none can undercut; they are equal when
    `proven`. `contested`: the bounds alone did not settle it. `blocking` are rules that together leave no free
    completion; `irreducible` when it is proven that any one less would. The rest is worked out when it is asked for.
    """

    distance: int
    lower_bound: int
    contested: bool
    engine: str
    blocking: tuple[Rule, ...]
    irreducible: bool
    report: Report = field(repr=False)

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
    def assignment(self) -> Assignment:
        """What counts for what, by ids: what the next audit is given to keep."""
        return self.report.assignment

    @property
    def nodes(self) -> tuple[NodeResult, ...]:
        """Every node in the order of the tree."""
        return self.report.nodes

    def node(self, name: str) -> NodeResult:
        """The result of one node; KeyError where the tree has none of that id."""
        return self.report.by_id[name]

    @property
    def uses(self) -> tuple[Use, ...]:
        """What counts for what, in the order of the tree."""
        return self.report.uses

    @property
    def steps(self) -> tuple[Step, ...]:
        """The new work of the cheapest completion found, in the order of the tree."""
        return self.report.steps

    @property
    def left_out(self) -> tuple[Refusal, ...]:
        """What does not count, where and why."""
        return self.report.left_out

    @property
    def exceptions_used(self) -> tuple[str, ...]:
        """The exceptions without which the completion found would cost more."""
        return self.report.exceptions_used


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
