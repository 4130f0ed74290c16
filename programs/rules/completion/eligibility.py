"""Whether one attainment may count at one leaf that asks for what it shows, and until when that answer holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programs.rules.attainments import Attainment, AttainmentKind
from programs.rules.completion.easing import Easing
from programs.rules.completion.shape import LEARNING, Shape, narrower
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


class Asker(NamedTuple):
    """A leaf that asks for an attainment; `exception` is what made it ask, `regardless` when nothing may refuse."""

    node: int
    exception: str = ""
    regardless: bool = False


def asking(shape: Shape, easing: Easing, attainment: Attainment) -> Iterator[Asker]:
    """The leaves that ask for it: those of the tree first, then those that an exception adds."""
    for node, decision in easing.substituted.get(attainment.id, ()):
        yield Asker(node, decision, regardless=True)
    if attainment.kind not in LEARNT:
        for node in shape.accepting.get((LEAF_OF[attainment.kind], attainment.ref), ()):
            yield Asker(node)
        return
    for node in shape.accepting.get((LEARNING, attainment.competency), ()):
        yield Asker(node)
    for node in shape.anything:
        yield Asker(node)
    if easing.accepted_too:
        for node, decision in easing.accepted_too.get(attainment.competency, ()):
            yield Asker(node, decision)


class Eligibility:
    """Asked once per attainment and leaf on one day; keeps the days on which an answer changes by itself."""

    def __init__(self, shape: Shape, easing: Easing, planned: frozenset[str], on: date) -> None:
        self.shape = shape
        self.easing = easing
        self.planned = planned
        self.on = on
        self.turning = list(easing.turning)

    def refused(self, attainment: Attainment, node: int) -> Reason | None:
        """Why it may not count there on that day; None when it may."""
        wanted = self.shape.nodes[node]
        level, within = self.shape.level[node], self.shape.within[node]
        if node in self.easing.forced:
            level, within = self._unforced(node)
        if wanted.kind in {Kind.COMPETENCY, Kind.CREDITS}:
            if level and (attainment.level is None or attainment.level < level):
                return Reason.LEVEL
            if wanted.policy and attainment.kind is AttainmentKind.MASTERY and attainment.policy != wanted.policy:
                return Reason.POLICY
            if wanted.kind is Kind.CREDITS and not attainment.credits:
                return Reason.WITHOUT_CREDITS
        return self._timed_out(attainment, within)

    def _timed_out(  # noqa: PLR0911 - one return per reason reads as the list it is
        self, attainment: Attainment, within: int | None
    ) -> Reason | None:
        achieved, lapses = attainment.achieved_on, attainment.valid_until
        if lapses is not None:
            if lapses <= self.on:
                return Reason.LAPSED
            self.turning.append(lapses)
        if attainment.id in self.planned:
            return None
        if achieved is not None and achieved > self.on:
            self.turning.append(achieved)
            return Reason.NOT_YET
        if within is None:
            return None
        if achieved is None:
            return Reason.UNDATED
        ages = achieved + timedelta(days=within + 1)
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
