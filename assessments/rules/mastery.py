"""The mastery engine: decide from a policy and a learner's evidence whether one competency is mastered.

Pure (invariant 5): the same rows in any order, repeated or not, give the same answer. Rows count as they were known at
`known_at`, work counts by the civil date on which it was performed, as of `as_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from assessments.rules.decisions import LeftOut, MasteryDecision, State, Workings
from assessments.rules.exact import rounded
from assessments.rules.methods import Tally
from assessments.rules.observations import Observation, aware, distinct, just_before, voided
from assessments.rules.periods import Period, counted_on, periods_of, turning_days, unmet
from assessments.rules.pieces import Piece
from assessments.rules.policies import Policy
from assessments.rules.selection import Reason, Selection, select


def decide(policy: Policy, observations: Iterable[Observation], *, as_of: date, known_at: datetime) -> MasteryDecision:
    """What `policy` says of `observations` on the civil date `as_of`, as they were known at `known_at`.

    `observations` are all rows about one learner (linked records are one) and one competency.
    Raises ObservationError when the rows contradict each other or name a level that the policy's scale has not.
    """
    require_times(as_of, known_at)
    case = _Case(policy, distinct(observations), known_at)
    answer = case.answer_on(as_of)
    for day in sorted(day for day in case.turning_days() if day > as_of):
        if case.answer_on(day) != answer:
            return replace(answer, holds_until=day)
    return answer


def require_times(as_of: date, known_at: datetime) -> None:
    """Refuse an instant where a civil date belongs, and an instant without time zone: both would compare wrongly."""
    if isinstance(as_of, datetime):
        raise TypeError("as_of is a civil date, not an instant")
    if not aware(known_at):
        raise ValueError("known_at needs a time zone")


@dataclass(frozen=True)
class _Record:
    """Pieces in order, and the periods in which they meet the policy."""

    policy: Policy
    pieces: tuple[Piece, ...]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        return periods_of(self.policy, self.pieces)

    def last_period(self, day: date) -> Period | None:
        """The latest period that began by `day`."""
        return next((period for period in reversed(self.periods) if period.began_on <= day), None)

    def state_on(self, day: date) -> State | None:
        """MASTERED or LAPSED, or None when the record makes it neither."""
        last = self.last_period(day)
        if last is None:
            return None
        if last.covers(day):
            return State.MASTERED
        timeless = self.policy.timeless
        return None if unmet(timeless, counted_on(timeless, self.pieces, day), day) else State.LAPSED


@dataclass(frozen=True)
class _Case:
    """One learner's rows under one policy at one state of knowledge; asked for its answer day by day."""

    policy: Policy
    rows: tuple[Observation, ...]
    known_at: datetime

    @cached_property
    def selection(self) -> Selection:
        return select(self.policy, self.rows, known_at=self.known_at)

    @cached_property
    def record(self) -> _Record:
        return _Record(self.policy, self.selection.pieces)

    @cached_property
    def voids(self) -> frozenset[datetime]:
        return frozenset(
            row.voided_at for row in self.rows if row.voided_at is not None and voided(row, known_at=self.known_at)
        )

    @cached_property
    def unvoided(self) -> _Record:
        """The record had nothing been voided."""
        return _Record(self.policy, select(self.policy, self.rows, known_at=self.known_at, heed_voids=False).pieces)

    @cached_property
    def once_mastered_on(self) -> date | None:
        """The first day of mastery in what was known just before any of the voids."""
        earlier = (select(self.policy, self.rows, known_at=just_before(void)).pieces for void in self.voids)
        return min((period.began_on for pieces in earlier for period in periods_of(self.policy, pieces)), default=None)

    def turning_days(self) -> set[date]:
        """Every day on which the answer can turn, and a few on which it does not."""
        days = turning_days(self.policy, self.record.pieces)
        if self.voids:
            days |= turning_days(self.policy, self.unvoided.pieces)
            if self.once_mastered_on is not None:
                days.add(self.once_mastered_on)
        return days

    def answer_on(self, day: date) -> MasteryDecision:
        """The decision as of `day`, its `holds_until` still open."""
        tally = counted_on(self.policy, self.record.pieces, day)
        state = self.record.state_on(day) or self._state_without_mastery(tally, day)
        period = self.record.last_period(day) if state in {State.MASTERED, State.LAPSED} else None
        workings = self._workings(tally, day)
        score = None if workings.exact is None else rounded(workings.exact)
        level = None if score is None else self.policy.scale.level_reached_by(score)
        return MasteryDecision(
            score=score,
            level=None if level is None else level.rank,
            state=state,
            mastered_on=None if period is None else period.began_on,
            ended_on=period.ended_on if period is not None and state is State.LAPSED else None,
            holds_until=None,
            used=tuple(piece.id for piece in tally.pieces),
            left_out=self._left_out(tally, day),
            periods=self.record.periods,
            workings=workings,
        )

    def _state_without_mastery(self, tally: Tally, day: date) -> State:
        if self._withdrawn_on(day):
            return State.WITHDRAWN
        return State.BELOW if tally.pieces else State.NONE

    def _withdrawn_on(self, day: date) -> bool:
        if not self.voids or self.unvoided.state_on(day) is None:
            return False
        return self.once_mastered_on is not None and self.once_mastered_on <= day

    def _left_out(self, tally: Tally, day: date) -> tuple[LeftOut, ...]:
        reasons = dict(self.selection.left_out)
        used = {piece.id for piece in tally.pieces}
        for piece in self.record.pieces:
            if piece.id not in used:
                reasons[piece.id] = Reason.PERFORMED_LATER if piece.performed_on > day else Reason.TOO_OLD
        return tuple(LeftOut(row.id, reasons[row.id]) for row in self.rows if row.id in reasons)

    def _workings(self, tally: Tally, day: date) -> Workings:
        deciding = self.policy.rule.deciding(tuple(tally.pieces), self.policy.times or 1)
        newest = tally.at_level[-1].performed_on if tally.at_level else None
        validity = self.policy.validity
        return Workings(
            exact=deciding[-1].value if deciding else None,
            deciding=tuple(piece.id for piece in deciding),
            pieces=len(tally.pieces),
            at_level=len(tally.at_level),
            assessors=len(tally.assessors),
            newest_at_level_on=newest,
            valid_through=None if newest is None or validity is None else validity.last_day_from(newest),
            unmet=unmet(self.policy, tally, day),
        )
