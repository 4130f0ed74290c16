"""The first day of mastery of a set of pieces that changes, kept up to date in sorted lists.

For policies that ask how many pieces, at which level, by how many assessors: there each change and each question costs
a few binary searches, however many pieces there are.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from datetime import date
from typing import Any

from assessments.mastery.rules.methods import Deciding
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.scored_evidence import Piece

Order = tuple[object, ...]  # the sort key of the row of a piece


def answers_for(policy: Policy) -> bool:
    """Return whether FirstDay gives the first day of mastery under this policy."""
    if policy.rule.decided_by is Deciding.SCORE or policy.merges_results:
        return False
    # On the day of a piece that meets everything alone, no window can matter; else a window may have lost a piece.
    most = 1 if policy.rule.decided_by is Deciding.COUNT else 0
    alone = policy.minimum_pieces == policy.parameters.times == 1 and policy.distinct_assessors <= most
    return policy.recency_days is None or alone


class FirstDay:
    """Pieces by their days, as far as a policy that `answers_for` accepts asks for them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.days: list[date] = []
        self.at_level: list[date] = []
        self.of_assessor: dict[str, list[date]] = {}
        self.first_by_assessor: list[date] = []  # of each assessor the first day at the level
        self.of_day: dict[date, list[tuple[Order, bool]]] = {}
        self.closing: list[date] = []  # the days whose last piece is at the level

    def add(self, piece: Piece, order: Order) -> None:
        """Add a piece; `order` is the sort key of its row."""
        insort(self.days, piece.performed_on)
        if piece.at_level:
            insort(self.at_level, piece.performed_on)
            self._change_assessor(piece, added=True)
        self._change_day(piece.performed_on, (order, piece.at_level), added=True)

    def remove(self, piece: Piece, order: Order) -> None:
        """Remove a piece that was added."""
        _drop(self.days, piece.performed_on)
        if piece.at_level:
            _drop(self.at_level, piece.performed_on)
            self._change_assessor(piece, added=False)
        self._change_day(piece.performed_on, (order, piece.at_level), added=False)

    def first(self) -> date | None:
        """Return the first day on which mastery holds; None when there is none."""
        by_count = self.policy.rule.decided_by is Deciding.COUNT
        needed = [
            (self.days, self.policy.minimum_pieces),
            (self.at_level, self.policy.parameters.times if by_count else 1),
            (self.first_by_assessor, self.policy.distinct_assessors),
        ]
        if any(len(days) < count for days, count in needed):
            return None
        # From this day on there are enough of everything: without a window numbers only grow.
        since = max(days[count - 1] for days, count in needed if count)
        return self._valid_from(since) if by_count else _at_or_after(self.closing, since)

    def _valid_from(self, since: date) -> date | None:
        validity = self.policy.validity
        newest = self.at_level[bisect_right(self.at_level, since) - 1]
        if validity is None or since <= validity.last_day_from(newest):
            return since
        # The validity of the newest piece is over by then; the next piece at the level begins another.
        return _at_or_after(self.at_level, since)

    def _change_assessor(self, piece: Piece, *, added: bool) -> None:
        if piece.assessor is None:
            return
        days = self.of_assessor.setdefault(piece.assessor, [])
        if days:
            _drop(self.first_by_assessor, days[0])
        if added:
            insort(days, piece.performed_on)
        else:
            _drop(days, piece.performed_on)
        if days:
            insort(self.first_by_assessor, days[0])

    def _change_day(self, day: date, entry: tuple[Order, bool], *, added: bool) -> None:
        pieces = self.of_day.setdefault(day, [])
        closed = bool(pieces) and pieces[-1][1]
        if added:
            insort(pieces, entry)
        else:
            _drop(pieces, entry)
        closes = bool(pieces) and pieces[-1][1]
        if closed and not closes:
            _drop(self.closing, day)
        elif closes and not closed:
            insort(self.closing, day)


def _at_or_after(days: Sequence[date], day: date) -> date | None:
    place = bisect_left(days, day)
    return days[place] if place < len(days) else None


def _drop(sorted_items: list[Any], item: object) -> None:
    del sorted_items[bisect_left(sorted_items, item)]
