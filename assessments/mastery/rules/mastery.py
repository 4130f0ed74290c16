"""The mastery engine: decide from a policy and the evidence of a learner whether one competency is mastered.

Pure (invariant 5): the same rows in any order, repeated or not, lead to the same decision. Rows count as they were
known at `known_at`; work counts by the civil date on which it was performed, as of `as_of`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from assessments.mastery.rules.decisions import LeftOut, MasteryDecision, Workings
from assessments.mastery.rules.evidence_selection import Reason, Selection, select
from assessments.mastery.rules.known_before_voids import first_day_known
from assessments.mastery.rules.methods import Tally
from assessments.mastery.rules.observations import Observation, aware, distinct, voided
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.rounding import rounded_ratio
from assessments.mastery.rules.running_scores import Ratio
from assessments.mastery.rules.scored_evidence import Piece
from assessments.mastery.rules.validity import Period, counted_on, periods_of, turning_days, unmet
from assessments.rules.mastery_states import MasteryState

# A mean of thousands of pieces can take thousands of digits, more than Python is ready to write down.
LONGEST = 10**100


def decide(policy: Policy, observations: Iterable[Observation], *, as_of: date, known_at: datetime) -> MasteryDecision:
    """Decide by `policy` from `observations` on the civil date `as_of`, as they were known at `known_at`.

    `observations` are all rows about one learner (linked records are one learner) and one competency.
    Raises ObservationError when rows contradict each other, or name a level that the policy's scale does not have.
    """
    require_times(as_of, known_at)
    evaluation = _Evaluation(policy, distinct(observations, by_key=policy.rule.ties_by_key), as_of, known_at)
    decision = evaluation.decision_on(as_of)
    # Between two turning days nothing can change, so looking at these days alone finds the first change.
    for day in sorted(day for day in evaluation.turning_days() if day > as_of):
        if evaluation.decision_on(day) != decision:
            return replace(decision, holds_until=day)
    return decision


def require_times(as_of: date, known_at: datetime) -> None:
    """Raise TypeError for an instant in place of a civil date, and ValueError for an instant without time zone."""
    if isinstance(as_of, datetime):
        raise TypeError("as_of is a civil date, not an instant")
    if not aware(known_at):
        raise ValueError("known_at needs a time zone")


@dataclass(frozen=True)
class _MasteryHistory:
    """Pieces of evidence in order, and the periods in which they meet the policy."""

    policy: Policy
    pieces: tuple[Piece, ...]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods of mastery; computed once, because every turning day asks for them."""
        return periods_of(self.policy, self.pieces)

    def last_period(self, day: date) -> Period | None:
        """Return the latest period that began by `day`."""
        return next((period for period in reversed(self.periods) if period.began_on <= day), None)

    def state_on(self, day: date) -> MasteryState | None:
        """Return MASTERED or LAPSED, or None when the pieces lead to neither."""
        last = self.last_period(day)
        if last is None:
            return None
        if last.covers(day):
            return MasteryState.MASTERED
        # It held before. If it would hold without the conditions of time, time ended it; else the evidence did.
        timeless = self.policy.timeless
        return None if unmet(timeless, counted_on(timeless, self.pieces, day), day) else MasteryState.LAPSED


@dataclass(frozen=True)
class _Evaluation:
    """One learner's rows under one policy, as known at one instant; it makes the decision of `as_of` and later days."""

    policy: Policy
    rows: tuple[Observation, ...]
    as_of: date
    known_at: datetime

    @cached_property
    def selection(self) -> Selection:
        """Return the rows that may count, and the others with their reasons."""
        return select(self.policy, self.rows, known_at=self.known_at)

    @cached_property
    def history(self) -> _MasteryHistory:
        """Return the history of what counts now."""
        return _MasteryHistory(self.policy, self.selection.pieces)

    @cached_property
    def voids(self) -> frozenset[datetime]:
        """Return the instants of all voids that are known."""
        return frozenset(
            row.voided_at for row in self.rows if row.voided_at is not None and voided(row, known_at=self.known_at)
        )

    @cached_property
    def unvoided(self) -> _MasteryHistory:
        """Return the history as it would be without any void."""
        return _MasteryHistory(
            self.policy, select(self.policy, self.rows, known_at=self.known_at, heed_voids=False).pieces
        )

    @cached_property
    def once_mastered_on(self) -> date | None:
        """Return a day of mastery in what was known just before one of the voids: the first one, or one by `as_of`."""
        return first_day_known(self.policy, self.rows, known_at=self.known_at, by=self.as_of)

    def turning_days(self) -> set[date]:
        """Return every day on which the decision can change, and a few on which it does not."""
        days = turning_days(self.policy, self.history.pieces)
        if self.voids:
            # WITHDRAWN depends on what would count without voids, so the days of that history matter too.
            days |= turning_days(self.policy, self.unvoided.pieces)
            if self.once_mastered_on is not None:
                days.add(self.once_mastered_on)
        return days

    def decision_on(self, day: date) -> MasteryDecision:
        """Return the decision as of `day`; its `holds_until` is not determined yet."""
        tally = counted_on(self.policy, self.history.pieces, day)
        state = self.history.state_on(day) or self._state_without_mastery(tally, day)
        period = self.history.last_period(day) if state in {MasteryState.MASTERED, MasteryState.LAPSED} else None
        deciding = self.policy.rule.deciding(tuple(tally.pieces), self.policy.parameters)
        ratio = _ratio(tally, deciding)
        score = None if ratio is None else rounded_ratio(*ratio)
        level = None if score is None else self.policy.scale.level_reached_by(score)
        return MasteryDecision(
            score=score,
            level=None if level is None else level.rank,
            state=state,
            mastered_on=None if period is None else period.began_on,
            ended_on=period.ended_on if period is not None and state is MasteryState.LAPSED else None,
            holds_until=None,
            used=tuple(row for piece in tally.pieces for row in piece.rows),
            left_out=self._left_out(tally, day),
            periods=self.history.periods,
            workings=self._workings(tally, deciding, ratio, day),
        )

    def _state_without_mastery(self, tally: Tally, day: date) -> MasteryState:
        if self._withdrawn_on(day):
            return MasteryState.WITHDRAWN
        return MasteryState.BELOW if tally.pieces else MasteryState.NONE

    def _withdrawn_on(self, day: date) -> bool:
        # First the cheap question: without any void this state cannot occur.
        if not self.voids or self.unvoided.state_on(day) is None:
            return False
        return self.once_mastered_on is not None and self.once_mastered_on <= day

    def _left_out(self, tally: Tally, day: date) -> tuple[LeftOut, ...]:
        # Rows that may count in general can still be out of the window on this day.
        reasons = dict(self.selection.left_out)
        used = {piece.id for piece in tally.pieces}
        for piece in self.history.pieces:
            if piece.id not in used:
                reason = Reason.PERFORMED_LATER if piece.performed_on > day else Reason.TOO_OLD
                reasons |= dict.fromkeys(piece.rows, reason)
        return tuple(LeftOut(row.id, reasons[row.id]) for row in self.rows if row.id in reasons)

    def _workings(self, tally: Tally, deciding: Sequence[Piece], ratio: Ratio | None, day: date) -> Workings:
        exact = None if ratio is None else Fraction(*ratio)
        newest = tally.at_level[-1].performed_on if tally.at_level else None
        validity = self.policy.validity
        return Workings(
            exact=exact if exact is None or max(abs(exact.numerator), exact.denominator) < LONGEST else None,
            deciding=tuple(row for piece in deciding for row in piece.rows),
            pieces=len(tally.pieces),
            at_level=len(tally.at_level),
            assessors=len(tally.assessors),
            newest_at_level_on=newest,
            valid_through=None if newest is None or validity is None else validity.last_day_from(newest),
            unmet=unmet(self.policy, tally, day),
        )


def _ratio(tally: Tally, deciding: Sequence[Piece]) -> Ratio | None:
    """Return the exact score: the running one, else that of the last deciding piece; None where there is none."""
    if tally.running is not None:
        return tally.running.ratio()
    return (deciding[-1].value.numerator, deciding[-1].value.denominator) if deciding else None
