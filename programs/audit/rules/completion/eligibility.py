"""Whether one attainment may count at one leaf, and until when that answer is valid."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programs.audit.rules.completion.applied_exceptions import AppliedExceptions
from programs.audit.rules.completion.numbered_tree import AskingLeaf, NumberedTree, narrower
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Attainment, AttainmentKind

LEARNT = frozenset({AttainmentKind.MASTERY, AttainmentKind.RECOGNITION})
LEAF_OF = {
    AttainmentKind.AWARD: Kind.PROGRAM,
    AttainmentKind.MILESTONE: Kind.MILESTONE,
    AttainmentKind.QUANTITY: Kind.QUANTITY,
}


class Reason(StrEnum):
    """Why an attainment does not count at a leaf that names it, or counts nowhere."""

    LEVEL = "level_too_low"
    AGE = "too_old"
    UNDATED = "undated"
    LAPSED = "lapsed"
    NOT_YET = "not_yet_achieved"
    POLICY = "decided_by_another_policy"
    WITHOUT_CREDITS = "without_credits"
    UNASKED = "nothing_asks_for_it"
    NOT_NEEDED = "not_needed"


class Refusal(NamedTuple):
    """An attainment that does not count at a node, with the reason."""

    attainment: str
    node: str
    reason: Reason


class Eligibility:
    """Finds the leaves that ask for an attainment on one day, and collects later days on which an answer changes."""

    def __init__(self, shape: NumberedTree, applied: AppliedExceptions, planned: frozenset[str], on: date) -> None:
        self.shape = shape
        self.applied = applied
        self.planned = planned
        self.on = on
        self.turning = list(applied.turning)
        self.learning = shape.learning
        self.plain = not (shape.anything or applied.accepted_too or applied.substituted or applied.forced)

    def asking(self, attainment: Attainment) -> Sequence[AskingLeaf]:
        """Return the leaves that ask for an attainment: those of the tree, and those that an exception adds."""
        kind = attainment.kind
        if kind is AttainmentKind.MASTERY or kind is AttainmentKind.RECOGNITION:
            named = self.learning.get(attainment.competency, ())
            return named if self.plain else self._eased(attainment, (*named, *self.shape.anything))
        named = self.shape.accepting.get((LEAF_OF[kind], attainment.ref), ())
        return named if self.plain else self._eased(attainment, named)

    def untimely(self, attainment: Attainment) -> Reason | None:
        """Return why an attainment counts nowhere on this day: lapsed, or not achieved yet; None if it may count."""
        lapses, achieved = attainment.valid_until, attainment.achieved_on
        if lapses is not None:
            if lapses <= self.on:
                return Reason.LAPSED
            self.turning.append(lapses)
        if achieved is not None and achieved > self.on and attainment.id not in self.planned:
            self.turning.append(achieved)
            return Reason.NOT_YET
        return None

    def aged(self, attainment: Attainment, within: int) -> Reason | None:
        """Return why an attainment is not recent enough for a limit in days; None if it is, or is only planned."""
        if attainment.id in self.planned:
            return None
        if attainment.achieved_on is None:
            return Reason.UNDATED
        ages = attainment.achieved_on + timedelta(days=within + 1)
        if ages <= self.on:
            return Reason.AGE
        self.turning.append(ages)
        return None

    def _eased(self, attainment: Attainment, plain: Sequence[AskingLeaf]) -> Sequence[AskingLeaf]:
        """Apply exceptions to the leaves that ask: some are added.

        A forced node keeps only the limits of nodes above it.
        """
        asker = self.shape.asker
        applied = self.applied
        named = {asker.node for asker in plain}
        substituted = applied.substituted.get(attainment.id, ())
        allowed = applied.accepted_too.get(attainment.competency, ()) if attainment.kind in LEARNT else ()
        found = [
            *(asker[node]._replace(exception=by, regardless=True) for node, by in substituted),
            *plain,
            *(asker[node]._replace(exception=by) for node, by in allowed if node not in named),
        ]
        return [self._unforced(asker) if asker.node in applied.forced else asker for asker in found]

    def _unforced(self, asker: AskingLeaf) -> AskingLeaf:
        level, within = 0, None
        for number in self.shape.path(asker.node):
            if number not in self.applied.forced:
                level = max(level, self.shape.nodes[number].level)
                within = narrower(within, self.shape.nodes[number].within_days)
        return asker._replace(level=level if asker.learnt else 0, within=within)
