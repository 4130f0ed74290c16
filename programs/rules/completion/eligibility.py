"""Whether one attainment may count at one leaf that asks for what it shows, and until when that answer holds."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programs.rules.attainments import Attainment, AttainmentKind
from programs.rules.completion.easing import Easing
from programs.rules.completion.shape import LEARNING, Asker, Shape, narrower
from programs.rules.requirements import Kind

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


def asking(shape: Shape, easing: Easing, attainment: Attainment) -> Sequence[Asker]:
    """The leaves that ask for it: those of the tree, and those that an exception adds."""
    if attainment.kind not in LEARNT:
        return shape.accepting.get((LEAF_OF[attainment.kind], attainment.ref), ())
    named = shape.accepting.get((LEARNING, attainment.competency), ())
    if not (shape.anything or easing.accepted_too or easing.substituted):
        return named
    allowed = easing.accepted_too.get(attainment.competency, ())
    substituted = easing.substituted.get(attainment.id, ())
    plain = (*named, *shape.anything)
    return (
        *(Asker(node, decision, regardless=True) for node, decision in substituted),
        *plain,
        *(Asker(node, decision) for node, decision in allowed if Asker(node) not in plain),
    )


class Eligibility:
    """Asked once per attainment and leaf on one day; keeps the days on which an answer changes by itself."""

    def __init__(self, shape: Shape, easing: Easing, planned: frozenset[str], on: date) -> None:
        self.shape = shape
        self.easing = easing
        self.planned = planned
        self.on = on
        self.turning = list(easing.turning)

    def refused(self, attainment: Attainment, node: int, untimely: Reason | None) -> Reason | None:
        """Why it may not count there on that day; None when it may. `untimely` is what holds at every leaf."""
        if self.shape.learnt[node]:
            wanted, level = self.shape.nodes[node], self.shape.level[node]
            if node in self.easing.forced:
                level = self._unforced(node)[0]
            if level and (attainment.level is None or attainment.level < level):
                return Reason.LEVEL
            if wanted.policy and attainment.kind is AttainmentKind.MASTERY and attainment.policy != wanted.policy:
                return Reason.POLICY
            if wanted.kind is Kind.CREDITS and not attainment.credits:
                return Reason.WITHOUT_CREDITS
        if untimely is not None:
            return untimely
        within = self._unforced(node)[1] if node in self.easing.forced else self.shape.within[node]
        return None if within is None else self._aged(attainment, within)

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

    def _aged(self, attainment: Attainment, within: int) -> Reason | None:
        if attainment.id in self.planned:
            return None
        if attainment.achieved_on is None:
            return Reason.UNDATED
        ages = attainment.achieved_on + timedelta(days=within + 1)
        if ages <= self.on:
            return Reason.AGE
        self.turning.append(ages)
        return None

    def _unforced(self, node: int) -> tuple[int, int | None]:
        level, within = 0, None
        for number in self.shape.path(node):
            if number not in self.easing.forced:
                level = max(level, self.shape.nodes[number].level)
                within = narrower(within, self.shape.nodes[number].within_days)
        return level, within
