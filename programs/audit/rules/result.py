"""The result of an audit: whether a program is met, the work left, the uses of attainments, and what blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.completion.report import Report
from programs.audit.rules.conditions import DecidedCondition
from programs.audit.rules.context import Method
from programs.audit.rules.report_rows import NewPiece, NodeResult, Step, Use


class Status(StrEnum):
    """Met today; met once the planned work is done; or neither."""

    MET = "met"
    IN_PROGRESS = "in_progress"
    UNMET = "unmet"


@dataclass(frozen=True)
class AuditOutcome:
    """One audit over one set of attainments.

    `distance` is the cost of the cheapest completion found. No completion costs less than `lower_bound`; both are equal
    when `proven`. `contested`: the bounds alone did not decide. `blocking` are rules that together leave no completion
    without new work; `irreducible` when it is proven that none of them is superfluous. The rows of the report are
    computed when they are first read.
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
        """Whether no new work is left."""
        return self.distance == 0

    @property
    def proven(self) -> bool:
        """Whether the distance is certainly the least."""
        return self.distance == self.lower_bound

    @property
    def status_proven(self) -> bool:
        """Whether `met` is certain, even where the distance is not."""
        return self.distance == 0 or self.lower_bound > 0

    @property
    def assignment(self) -> Assignment:
        """Which attainment counts at which node, by ids; the next audit takes it as `previous`."""
        return self.report.assignment

    @property
    def nodes(self) -> tuple[NodeResult, ...]:
        """Every node in the order of the tree."""
        return self.report.nodes

    def node(self, name: str) -> NodeResult:
        """Return the result of one node. Raises KeyError for an id that the tree does not have."""
        return self.report.by_id[name]

    @property
    def uses(self) -> tuple[Use, ...]:
        """Which attainment counts at which node, in the order of the tree."""
        return self.report.uses

    @property
    def steps(self) -> tuple[Step, ...]:
        """The new work of the cheapest completion found, in the order of the tree."""
        return self.report.steps

    @property
    def new_pieces(self) -> tuple[NewPiece, ...]:
        """The new pieces of that completion that serve several leaves each; none in `audit@1`."""
        return self.report.new_pieces

    @property
    def left_out(self) -> tuple[Refusal, ...]:
        """The attainments that do not count, with node and reason."""
        return self.report.left_out

    @property
    def exceptions_used(self) -> tuple[str, ...]:
        """The exceptions without which the completion found would cost more."""
        return self.report.exceptions_used


class Move(NamedTuple):
    """An attainment that counts at other nodes once the planned work is done: `now` today, `then` in the projection."""

    attainment: str
    now: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Two outcomes that are never mixed: `today` with earned work only, `projected` with planned work as well.

    `whole` is the distance of somebody without any attainment. From the civil date `holds_until` on, the same inputs
    may give another answer; None means never. `conditions` are those of the tree as the facts decide them,
    `not_applicable` the nodes that they leave out; the outcomes have no rows of these nodes.
    """

    today: AuditOutcome
    projected: AuditOutcome
    whole: int
    holds_until: date | None
    method: Method
    conditions: tuple[DecidedCondition, ...] = ()
    not_applicable: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The status for pages and API: what holds today comes before what is planned."""
        if self.today.met:
            return Status.MET
        return Status.IN_PROGRESS if self.projected.met else Status.UNMET

    @property
    def percent(self) -> int:
        """The share of the whole distance that the learner has completed today; 100 only when met."""
        return percent(self.today.distance, self.whole)

    @property
    def projected_percent(self) -> int:
        """The same share once the planned work is done and what waits for approval is approved."""
        return percent(self.projected.distance, self.whole)

    @property
    def moves(self) -> tuple[Move, ...]:
        """The earned attainments that the projection uses at other nodes, by id."""
        now, then = _places(self.today.uses), _places(self.projected.uses)
        return tuple(
            Move(name, places, then.get(name, ()))
            for name, places in sorted(now.items())
            if places != then.get(name, ())
        )


def percent(distance: int, whole: int) -> int:
    """Return whole percent, rounded down, from 0 to 100; 100 only for a distance of 0."""
    if distance == 0:
        return 100
    return max(0, 100 * (whole - distance) // whole) if whole else 0


def _places(uses: Sequence[Use]) -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for use in uses:
        places[use.attainment] = (*places.get(use.attainment, ()), use.node)
    return places
