"""Whether one attainment may count at one leaf, and until when that answer is valid."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programs.audit.rules.completion.applied_exceptions import AppliedExceptions
from programs.audit.rules.completion.numbered_tree import AskingLeaf, NumberedTree, PathLimits, narrower, stricter
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import LEARNT, Attainment, AttainmentKind

LEAF_OF = {
    AttainmentKind.AWARD: Kind.PROGRAM,
    AttainmentKind.MILESTONE: Kind.MILESTONE,
    AttainmentKind.QUANTITY: Kind.QUANTITY,
}


class Reason(StrEnum):
    """Why an attainment does not count at a leaf that names it, or counts nowhere."""

    LEVEL = "level_too_low"
    NO_LEVEL = "without_level"
    SCALE = "level_on_another_scale"
    EXCLUDED = "excluded_here"
    AGE = "too_old"
    UNDATED = "undated"
    LAPSED = "lapsed"
    NOT_YET = "not_yet_achieved"
    POLICY = "decided_by_another_policy"
    WITHOUT_CREDITS = "without_credits"
    UNASKED = "nothing_asks_for_it"
    NOT_NEEDED = "not_needed"
    COUNTED = "counts_already"
    IN_ANOTHER_PART = "counts_in_another_part"
    SHARED_ENOUGH = "shared_enough"
    CAPPED = "over_a_cap"


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
        try:
            ages = attainment.achieved_on + timedelta(days=within + 1)
        except OverflowError:
            return None  # the limit ends after the last day of the calendar
        if ages <= self.on:
            return Reason.AGE
        self.turning.append(ages)
        return None

    def beyond(self, attainment: Attainment, limits: PathLimits) -> Reason | None:
        """Return why an attainment does not satisfy the limits that `audit@2` adds to a path; None if it does."""
        if limits.excluded and attainment.name in limits.excluded:
            return Reason.EXCLUDED
        if attainment.kind is not AttainmentKind.MASTERY and attainment.kind is not AttainmentKind.RECOGNITION:
            return None
        reason = below_level(attainment, limits.levels) if limits.levels else None
        without = reason is Reason.LEVEL and attainment.level is None
        return Reason.NO_LEVEL if without and self.shape.method.gives_reasons else reason

    def _eased(self, attainment: Attainment, plain: Sequence[AskingLeaf]) -> Sequence[AskingLeaf]:
        """Apply exceptions to the leaves that ask: some are added.

        A forced node keeps only the limits of nodes above it.
        """
        applied = self.applied
        named = {asker.node for asker in plain if not _excludes(asker, attainment)}
        substituted = applied.substituted.get(attainment.id, ())
        allowed = applied.accepted_too.get(attainment.competency, ()) if attainment.kind in LEARNT else ()
        if substituted and self.shape.method.decides_sharing:
            # Where the attainment may count by itself, a substitution adds nothing: hours would count twice.
            substituted = [(node, by) for node, by in substituted if not self._counts_plainly(attainment, node, plain)]
        found = [
            *(self._substituting(node, by) for node, by in substituted),
            *plain,
            *(self._allowing(node, by) for node, by in allowed if node not in named),
        ]
        return [self._unforced(asker) if asker.node in applied.forced else asker for asker in found]

    def _counts_plainly(self, attainment: Attainment, node: int, plain: Sequence[AskingLeaf]) -> bool:
        asker = next((asker for asker in plain if asker.node == node and not asker.learnt), None)
        if asker is None or self.untimely(attainment) or (asker.limits and self.beyond(attainment, asker.limits)):
            return False
        return asker.within is None or self.aged(attainment, asker.within) is None

    def _substituting(self, node: int, by: str) -> AskingLeaf:
        """Return the leaf as it asks for a substitute: in `audit@2` at its level, unless a second registrar agreed."""
        asker = self.shape.asker[node]._replace(exception=by, regardless=True)
        if asker.limits is None:
            return asker
        levels = () if by in self.applied.approved else asker.limits.levels
        return asker._replace(limits=asker.limits._replace(levels=levels, excluded=frozenset()))

    def _allowing(self, node: int, by: str) -> AskingLeaf:
        """Return the leaf as it asks for a competency that an exception allows too, also where that is excluded."""
        asker = self.shape.asker[node]._replace(exception=by)
        return asker._replace(limits=asker.limits._replace(excluded=frozenset())) if asker.limits else asker

    def _unforced(self, asker: AskingLeaf) -> AskingLeaf:
        level, within = 0, None
        keeps_levels = not asker.regardless or bool(asker.limits and asker.limits.levels)
        limits = asker.limits and asker.limits._replace(levels=(), excluded=frozenset())
        for number in self.shape.path(asker.node):
            if number not in self.applied.forced:
                node = self.shape.nodes[number]
                level = max(level, node.level)
                within = narrower(within, node.within_days)
                if limits and keeps_levels:
                    excluded = limits.excluded if asker.exception else limits.excluded | set(node.excludes)
                    limits = limits._replace(levels=stricter(limits.levels, node), excluded=excluded)
        if limits is not None:
            return asker._replace(within=within, limits=limits)
        return asker._replace(level=level if asker.learnt else 0, within=within)


def _excludes(asker: AskingLeaf, attainment: Attainment) -> bool:
    return asker.limits is not None and attainment.name in asker.limits.excluded


def below_level(attainment: Attainment, levels: tuple[tuple[str, int], ...]) -> Reason | None:
    """Return why an attainment does not reach all of these ranks, each on its scale; None if it does.

    A scale that is not stated compares ranks whatever their scale. A rank on another scale counts only where a
    registrar stated the conversion. Without any comparable level, an attainment counts if it was accepted so.
    """
    for scale, least in levels:
        own = not scale or scale == attainment.scale
        rank = attainment.level if own else dict(attainment.conversions).get(scale)
        if rank is None:
            if not attainment.without_level:
                return Reason.LEVEL if own or attainment.level is None else Reason.SCALE
        elif rank < least:
            return Reason.LEVEL
    return None
