"""One node of a pathway, as pages show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assessments.mastery.queries.standings import MasteryToAudit
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.figures import Way
from programs.audit.rules.report_rows import Step
from programs.rules.attainments import AttainmentKind


@dataclass(frozen=True, slots=True)
class CountedUse:
    """An attainment that counts at a node: its title, its credits (hundredths), its kind, and its day where known."""

    attainment: str
    title: str
    credits: int
    on: date | None = None
    kind: AttainmentKind = AttainmentKind.MASTERY


@dataclass(frozen=True, slots=True)
class PathwayNode:
    """One node as pages show it. Levels are names on the competency's scale; amounts are hundredths.

    `level_reached` is the level that was shown, also where it is not mastered; `level_recognised` that of a credit
    transfer which counts here, with its scale where that is another. `way` is how the node is met, for a group only
    where an exception meets it; None while it is not met. `refused` are attainments that do not count here, with
    reasons. `shown_before` tells that the last audit of an ended enrollment counts mastery which has ended since.
    `missing` are the steps here in the cheapest completion; `mastery` is the deciding row.
    """

    key: str
    kind: str
    title: str
    competency: str
    met: bool
    counted_on: bool
    distance: int
    nominal: int
    earned: int
    choose: int
    level_needed: str
    level_reached: str
    counts: tuple[CountedUse, ...]
    refused: tuple[Refusal, ...]
    missing: tuple[Step, ...]
    children: tuple["PathwayNode", ...]
    mastery: MasteryToAudit | None = None
    way: Way | None = None
    level_recognised: str = ""
    shown_before: bool = False

    def walk(self) -> Iterator["PathwayNode"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()
