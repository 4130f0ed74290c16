"""The versioned methods: which pieces give the score, and whether they reach the level.

The result of a released method never changes. A different result needs a new version (`latest@2`); policies that name
the old version keep it.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assessments.mastery.rules.scored_evidence import Piece


class Tally:
    """The counts over the pieces that count on one day. Pieces enter and leave in their order."""

    def __init__(self) -> None:
        self.pieces: deque[Piece] = deque()
        self.at_level: deque[Piece] = deque()
        self.assessors: Counter[str] = Counter()

    def enter(self, piece: Piece) -> None:
        """Add `piece`, which comes after all earlier ones in order."""
        self.pieces.append(piece)
        if piece.at_level:
            self.at_level.append(piece)
            if piece.assessor is not None:
                self.assessors[piece.assessor] += 1

    def leave_before(self, day: date) -> None:
        """Remove the pieces that were performed before `day`."""
        # Both queues are in order of the day of the work, so the oldest pieces are always in front.
        while self.pieces and self.pieces[0].performed_on < day:
            piece = self.pieces.popleft()
            if piece.at_level:
                self.at_level.popleft()
                if piece.assessor is not None:
                    self.assessors[piece.assessor] -= 1
                    # A Counter keeps entries of zero, and the number of entries is the number of assessors.
                    if not self.assessors[piece.assessor]:
                        del self.assessors[piece.assessor]


@dataclass(frozen=True)
class Method:
    """One versioned method.

    `deciding` selects from the counted pieces (in order) those that give the score. The last of them has the score;
    without any there is no score yet. `reached` tells whether the counted pieces reach the policy's level, which is
    the case exactly when the score does. `monotone` methods keep invariant 6: more passing evidence never lowers
    mastery. `word` is the code of the score in the explanation. `ties_by_key`: pieces performed on one day and recorded
    at one instant are in the order of their keys in the database, not of their public ids.
    """

    name: str
    word: str
    monotone: bool
    deciding: Callable[[Sequence[Piece], int], Sequence[Piece]]
    reached: Callable[[Tally, int], bool]
    counts_times: bool = False
    ties_by_key: bool = False


def _best(pieces: Sequence[Piece], times: int) -> Sequence[Piece]:
    """Return the `times` best pieces, best first, equal ones in their order; none when there are fewer."""
    ranked = sorted(pieces, key=lambda piece: -piece.value)  # stable: the earlier of two equal pieces comes first
    return ranked[:times] if len(ranked) >= times else ()


def _newest(pieces: Sequence[Piece], _times: int) -> Sequence[Piece]:
    return pieces[-1:]


def _often_enough(tally: Tally, times: int) -> bool:
    return len(tally.at_level) >= times


def _newest_at_level(tally: Tally, _times: int) -> bool:
    return bool(tally.pieces) and tally.pieces[-1].at_level


# The score of `n_times` is the one that n pieces reach: the n-th best. `highest` is its case n = 1.
METHODS = {
    method.name: method
    for method in (
        Method("highest@2", "best", monotone=True, deciding=_best, reached=_often_enough),
        Method("latest@2", "latest", monotone=False, deciding=_newest, reached=_newest_at_level),
        Method("n_times@2", "pieces_at_level", monotone=True, deciding=_best, reached=_often_enough, counts_times=True),
    )
}
# The first versions differ in nothing but the end of ties. Policies that name them keep them.
METHODS |= {
    name: replace(METHODS[name.replace("@1", "@2")], name=name, ties_by_key=True)
    for name in ("highest@1", "latest@1", "n_times@1")
}
# What a new policy can choose: of each method the newest version.
OFFERED = tuple(name for name, method in METHODS.items() if not method.ties_by_key)
# Implemented in `parents`: the terms of a policy, not a function, tell them apart.
PARENT_METHODS = frozenset({"all@1", "points@1"})
