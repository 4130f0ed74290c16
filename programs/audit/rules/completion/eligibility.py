"""Whether one attainment may count at one leaf that asks for what it shows, and until when that answer holds."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programs.audit.rules.completion.applied_exceptions import Easing
from programs.audit.rules.completion.numbered_tree import Asker, Shape, narrower
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Attainment, AttainmentKind

LEARNT = frozenset({AttainmentKind.MASTERY, AttainmentKind.RECOGNITION})
LEAF_OF = {
    AttainmentKind.AWARD: Kind.PROGRAM,
    AttainmentKind.MILESTONE: Kind.MILESTONE,
    AttainmentKind.QUANTITY: Kind.QUANTITY,
}


class Reason(StrEnum):
    """Why an attainment does not count at a leaf that asks for what it shows, or counts nowhere."""

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
    """An attainment that does not count at a node, and why."""

    attainment: str
    node: str
    reason: Reason


class Eligibility:
    """Says which leaves ask for an attainment on one day, and keeps the days on which an answer changes by itself."""

    def __init__(self, shape: Shape, easing: Easing, planned: frozenset[str], on: date) -> None:
        self.shape = shape
        self.easing = easing
        self.planned = planned
        self.on = on
        self.turning = list(easing.turning)
        self.learning = shape.learning
        self.plain = not (shape.anything or easing.accepted_too or easing.substituted or easing.forced)

    def asking(self, attainment: Attainment) -> Sequence[Asker]:
        """The leaves that ask for it: those of the tree, and those that an exception adds."""
        kind = attainment.kind
        if kind is AttainmentKind.MASTERY or kind is AttainmentKind.RECOGNITION:
            named = self.learning.get(attainment.competency, ())
            return named if self.plain else self._eased(attainment, (*named, *self.shape.anything))
        named = self.shape.accepting.get((LEAF_OF[kind], attainment.ref), ())
        return named if self.plain else self._eased(attainment, named)

    def untimely(self, attainment: Attainment) -> Reason | None:
        """Why it counts nowhere on that day: lapsed, or not achieved yet."""
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
        """Whether it is older than so many days, or nobody knows how old; what is planned is not old yet."""
        if attainment.id in self.planned:
            return None
        if attainment.achieved_on is None:
            return Reason.UNDATED
        ages = attainment.achieved_on + timedelta(days=within + 1)
        if ages <= self.on:
            return Reason.AGE
        self.turning.append(ages)
        return None

    def _eased(self, attainment: Attainment, plain: Sequence[Asker]) -> Sequence[Asker]:
        """With what exceptions add and take away: a forced node asks only what is asked above it."""
        asker = self.shape.asker
        easing = self.easing
        named = {asker.node for asker in plain}
        substituted = easing.substituted.get(attainment.id, ())
        allowed = easing.accepted_too.get(attainment.competency, ()) if attainment.kind in LEARNT else ()
        found = [
            *(asker[node]._replace(exception=by, regardless=True) for node, by in substituted),
            *plain,
            *(asker[node]._replace(exception=by) for node, by in allowed if node not in named),
        ]
        return [self._unforced(asker) if asker.node in easing.forced else asker for asker in found]

    def _unforced(self, asker: Asker) -> Asker:
        level, within = 0, None
        for number in self.shape.path(asker.node):
            if number not in self.easing.forced:
                level = max(level, self.shape.nodes[number].level)
                within = narrower(within, self.shape.nodes[number].within_days)
        return asker._replace(level=level if asker.learnt else 0, within=within)
