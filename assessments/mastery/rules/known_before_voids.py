"""Whether mastery was known before evidence was voided: one walk through what became known, not one for each void."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from assessments.mastery.rules.evidence_selection import counts_by_itself, pieces_of
from assessments.mastery.rules.first_days import FirstDay, Order, answers_for
from assessments.mastery.rules.observations import Observation, voided
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.scored_evidence import Piece
from assessments.mastery.rules.validity import first_day_of

RECORDED, VOIDED = 0, 1  # a row that is voided at its own instant is recorded first


def first_day_known(policy: Policy, rows: Iterable[Observation], *, known_at: datetime, by: date) -> date | None:
    """Return the first day of mastery in what was known just before any of the voids until `known_at`.

    None when mastery was never known then. A day by `by` need not be the first of all: it answers every question about
    `by` and later days, so the walk ends there.
    """
    first: date | None = None
    for day in _first_days(policy, tuple(rows), known_at):
        if first is None or day < first:
            first = day
        if first <= by:
            return first
    return first


def _first_days(policy: Policy, rows: tuple[Observation, ...], known_at: datetime) -> Iterator[date]:
    """Yield the first day of mastery just before each void, where there was one."""
    known = _Known(policy)
    # Pieces that count only leave between two records. Less evidence never masters earlier under a monotone method.
    monotone = policy.rule.monotone and not policy.merges_results
    grown = True
    for _instant, events in groupby(_events(rows, known_at), key=itemgetter(0)):
        at_once = list(events)
        if at_once[-1][1] == VOIDED and (grown or not monotone):
            day = known.first_day()
            if day is not None:
                yield day
            grown = False
        for _at, kind, _place, row in at_once:
            if kind == RECORDED:
                known.record(row)
                grown = True
            else:
                known.void(row)


def _events(rows: tuple[Observation, ...], known_at: datetime) -> list[tuple[datetime, int, int, Observation]]:
    """Return what became known until `known_at`, in order; the place of a row keeps equal events apart."""
    recorded = [(row.recorded_at, RECORDED, n, row) for n, row in enumerate(rows) if row.recorded_at <= known_at]
    voids = [
        (row.voided_at, VOIDED, n, row)
        for n, row in enumerate(rows)
        if row.voided_at is not None and voided(row, known_at=known_at)
    ]
    return sorted([*recorded, *voids], key=itemgetter(0, 1, 2))


class _Known:
    """The rows that count as far as is known, in order."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.current: dict[str, Observation] = {}
        self.counting: list[tuple[Order, Observation]] = []
        self.counted: FirstDay | None = FirstDay(policy) if answers_for(policy) else None

    def record(self, row: Observation) -> None:
        """Take in a row; it replaces earlier revisions of its piece."""
        earlier = self.current.get(row.piece)
        if earlier is not None and earlier.revision > row.revision:
            return
        if earlier is not None:
            self._leave(earlier)
        self.current[row.piece] = row
        if not counts_by_itself(self.policy, row):
            return
        insort(self.counting, (self._order(row), row), key=itemgetter(0))
        if self.counted is not None:
            self.counted.add(self._piece(row), self._order(row))

    def void(self, row: Observation) -> None:
        """Take out a row; voiding a row that was corrected changes nothing."""
        if self.current[row.piece].id == row.id:
            self._leave(row)

    def first_day(self) -> date | None:
        """Return the first day of mastery by what counts now."""
        if self.counted is not None:
            return self.counted.first()
        return first_day_of(self.policy, pieces_of(self.policy, [row for _order, row in self.counting]))

    def _leave(self, row: Observation) -> None:
        place = bisect_left(self.counting, self._order(row), key=itemgetter(0))
        if place < len(self.counting) and self.counting[place][1].id == row.id:
            del self.counting[place]
            if self.counted is not None:
                self.counted.remove(self._piece(row), self._order(row))

    def _piece(self, row: Observation) -> Piece:
        return pieces_of(self.policy, [row])[0]

    def _order(self, row: Observation) -> Order:
        return row.order_by_key if self.policy.rule.ties_by_key else row.order
