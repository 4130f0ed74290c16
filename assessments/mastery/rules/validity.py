"""Periods: the days on which mastery holds, as far as is known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from assessments.mastery.rules.methods import Tally
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.scored_evidence import Piece
from assessments.mastery.rules.time_spans import Span, days_after, next_day


@dataclass(frozen=True, slots=True)
class Period:
    """From `began_on` to the day before `ended_on`; None is a period that nothing known until now ends."""

    began_on: date
    ended_on: date | None

    def covers(self, day: date) -> bool:
        """Return whether `day` lies within the period."""
        return self.began_on <= day and (self.ended_on is None or day < self.ended_on)


def unmet(policy: Policy, tally: Tally, day: date) -> tuple[str, ...]:
    """Return the names of the conditions that are not met on `day`; mastery holds when there are none."""
    newest = tally.at_level[-1] if tally.at_level else None
    validity = policy.validity
    # Only the newest piece at the level matters: each such piece renews the validity.
    expired = validity is not None and newest is not None and day > validity.last_day_from(newest.performed_on)
    conditions = (
        ("level", not policy.rule.reached(tally, policy.parameters)),
        ("minimum_pieces", len(tally.pieces) < policy.minimum_pieces),
        ("distinct_assessors", len(tally.assessors) < policy.distinct_assessors),
        ("validity", expired),
    )
    return tuple(name for name, lacking in conditions if lacking)


def counted_on(policy: Policy, pieces: Sequence[Piece], day: date) -> Tally:
    """Return the tally of the pieces performed by `day` and not too old on that day. `pieces` are in order."""
    tally = policy.empty_tally()
    for piece in pieces:
        if piece.performed_on > day:
            break
        if not too_old(policy, piece, day):
            tally.enter(piece)
    return tally


def too_old(policy: Policy, piece: Piece, day: date) -> bool:
    """Return whether the piece is older on `day` than the policy's recency window."""
    return policy.recency_days is not None and (day - piece.performed_on).days > policy.recency_days


def turning_days(policy: Policy, pieces: Sequence[Piece]) -> set[date]:
    """Return every day on which the counted pieces, or the validity of one of them, can change."""
    days: set[date | None] = {piece.performed_on for piece in pieces}
    if policy.recency_days is not None:
        days |= {next_day(days_after(piece.performed_on, policy.recency_days)) for piece in pieces}
    if policy.validity is not None:
        days |= {next_day(day) for day in _last_days(policy.validity, pieces)}
    return {day for day in days if day is not None}


def _last_days(validity: Span, pieces: Sequence[Piece]) -> Iterator[date]:
    """Yield the last day of each validity that no newer piece at the level renews in time."""
    performed = [piece.performed_on for piece in pieces if piece.at_level]
    for day, renewed_on in zip_longest(performed, performed[1:]):
        last_day = validity.last_day_from(day)
        # A piece renewed in time ends nothing, so its last day is no turning day.
        if renewed_on is None or renewed_on > last_day:
            yield last_day


def periods_of(policy: Policy, pieces: Sequence[Piece]) -> tuple[Period, ...]:
    """Return the periods in which `pieces` (in order) meet `policy`, in order and without overlap."""
    return joined(_turns(policy, pieces))


def first_day_of(policy: Policy, pieces: Sequence[Piece]) -> date | None:
    """Return the first day on which `pieces` (in order) meet `policy`; None when there is none."""
    return next((day for day, holds in _turns(policy, pieces) if holds), None)


def _turns(policy: Policy, pieces: Sequence[Piece]) -> Iterator[tuple[date, bool]]:
    """Yield each day on which mastery may change, with whether it holds from that day on."""
    # One tally walks through the days, instead of a new one for each day: linear in the number of pieces.
    tally, entered = policy.empty_tally(), 0
    for day in sorted(turning_days(policy, pieces)):
        while entered < len(pieces) and pieces[entered].performed_on <= day:
            tally.enter(pieces[entered])
            entered += 1
        if policy.recency_days is not None:
            # A window that reaches before the first date of the calendar would overflow: it is cut there.
            tally.leave_before(day - timedelta(days=min(policy.recency_days, (day - date.min).days)))
        yield day, not unmet(policy, tally, day)


def joined(turns: Iterable[tuple[date, bool]]) -> tuple[Period, ...]:
    """Join days on which mastery may change (in order, with whether it holds from that day on) to periods."""
    periods: list[Period] = []
    began_on: date | None = None
    for day, holds in turns:
        if holds and began_on is None:
            began_on = day
        elif not holds and began_on is not None:
            periods.append(Period(began_on, day))
            began_on = None
    if began_on is not None:
        periods.append(Period(began_on, None))
    return tuple(periods)


def last_day_of(periods: Iterable[Period], began_on: date | None) -> date | None:
    """Return the last day of the period that began on `began_on`; None when it is open or there is none."""
    ended_on = next((period.ended_on for period in periods if period.began_on == began_on), None)
    return None if ended_on is None else ended_on - timedelta(days=1)
