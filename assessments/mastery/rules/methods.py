"""The versioned methods: which pieces give the score, how, and whether they reach the level.

The result of a released method never changes. A different result needs a new version (`latest@2`); policies that name
the old version keep it.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from assessments.mastery.rules.rounding import rounded_ratio
from assessments.mastery.rules.running_scores import (
    BestOfLast,
    DecayingMean,
    Mean,
    MeanAtLevel,
    Points,
    RunningScore,
    WeightedMean,
)
from assessments.mastery.rules.scored_evidence import Piece


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a policy sets for its method; 0 where the method does not use it. `threshold` reaches the policy's level."""

    threshold: Decimal
    times: int = 1
    weight: int = 0
    best: int = 0
    last: int = 0


class Tally:
    """The counts over the pieces that count on one day, and their running score where the method has one.

    Pieces enter and leave in their order.
    """

    def __init__(self, running: RunningScore | None = None) -> None:
        self.pieces: deque[Piece] = deque()
        self.at_level: deque[Piece] = deque()
        self.assessors: Counter[str] = Counter()
        self.running = running

    def enter(self, piece: Piece) -> None:
        """Add `piece`, which comes after all earlier ones in order."""
        self.pieces.append(piece)
        if self.running is not None:
            self.running.enter(piece)
        if piece.at_level:
            self.at_level.append(piece)
            if piece.assessor is not None:
                self.assessors[piece.assessor] += 1

    def leave_before(self, day: date) -> None:
        """Remove the pieces that were performed before `day`."""
        # Both queues are in order of the day of the work, so the oldest pieces are always in front.
        while self.pieces and self.pieces[0].performed_on < day:
            piece = self.pieces.popleft()
            if self.running is not None:
                self.running.leave(piece)
            if piece.at_level:
                self.at_level.popleft()
                if piece.assessor is not None:
                    self.assessors[piece.assessor] -= 1
                    # A Counter keeps entries of zero, and the number of entries is the number of assessors.
                    if not self.assessors[piece.assessor]:
                        del self.assessors[piece.assessor]


class Deciding(StrEnum):
    """What reaches the level: so many pieces, the newest piece, or the score of several."""

    COUNT = "count"
    NEWEST = "newest"
    SCORE = "score"


@dataclass(frozen=True)
class Method:
    """One versioned method.

    `deciding` selects from the counted pieces (in order) those that give the score. `running` makes the score from
    several pieces; None: the last deciding piece has it. Without deciding pieces there is no score yet.
    `decided_by` is what tells whether the counted pieces reach the policy's level, as exactly the score does.
    `monotone` methods keep invariant 6: more passing evidence never lowers mastery. `word` is the code of the score in
    the explanation, `parameters` are the policy's fields that the method needs. `ties_by_key`: pieces performed on one
    day and recorded at one instant are in the order of their keys in the database, not of their public ids.
    `adds_up`: each piece above 0 carries the level with the others, none alone.
    """

    name: str
    word: str
    monotone: bool
    deciding: Callable[[Sequence[Piece], Parameters], Sequence[Piece]]
    decided_by: Deciding
    parameters: tuple[str, ...] = ()
    running: Callable[[Parameters], RunningScore] | None = None
    ties_by_key: bool = False
    adds_up: bool = False

    @property
    def counts_times(self) -> bool:
        """Return whether the method asks for a number of pieces at the level."""
        return "times" in self.parameters

    def reached(self, tally: Tally, parameters: Parameters) -> bool:
        """Return whether the pieces in `tally` reach the policy's level."""
        if self.decided_by is Deciding.COUNT:
            return len(tally.at_level) >= parameters.times
        if self.decided_by is Deciding.NEWEST:
            return bool(tally.pieces) and tally.pieces[-1].at_level
        ratio = None if tally.running is None else tally.running.ratio()
        # Rounded before it is compared: what is shown is what decides.
        return ratio is not None and rounded_ratio(*ratio) >= parameters.threshold


def _best(pieces: Sequence[Piece], parameters: Parameters) -> Sequence[Piece]:
    """Return the `times` best pieces, best first, equal ones in their order; none when there are fewer."""
    return _highest(pieces, parameters.times)


def _highest(pieces: Sequence[Piece], count: int) -> Sequence[Piece]:
    ranked = sorted(pieces, key=lambda piece: -piece.value)  # stable: the earlier of two equal pieces comes first
    return ranked[:count] if len(ranked) >= count else ()


def _newest(pieces: Sequence[Piece], _parameters: Parameters) -> Sequence[Piece]:
    return pieces[-1:]


def _every(pieces: Sequence[Piece], _parameters: Parameters) -> Sequence[Piece]:
    return pieces


def _at_level(pieces: Sequence[Piece], parameters: Parameters) -> Sequence[Piece]:
    """Return the pieces at the level; none when there are fewer than `times`."""
    enough = [piece for piece in pieces if piece.at_level]
    return enough if len(enough) >= parameters.times else ()


def _best_of_last(pieces: Sequence[Piece], parameters: Parameters) -> Sequence[Piece]:
    return _highest(pieces[-parameters.last :], parameters.best)


# The score of `n_times` is the one that n pieces reach: the n-th best. `highest` is its case n = 1.
_METHODS = (
    Method("highest@2", "best", monotone=True, deciding=_best, decided_by=Deciding.COUNT),
    Method("latest@2", "latest", monotone=False, deciding=_newest, decided_by=Deciding.NEWEST),
    Method(
        "n_times@2", "pieces_at_level", monotone=True, deciding=_best, decided_by=Deciding.COUNT, parameters=("times",)
    ),
    # One more piece at the level, but below the mean of those before, lowers the mean: not monotone.
    Method(
        "n_times_mean@1",
        "mean_at_level",
        monotone=False,
        deciding=_at_level,
        decided_by=Deciding.COUNT,
        parameters=("times",),
        running=lambda given: MeanAtLevel(times=given.times),
    ),
    Method(
        "average@1",
        "average",
        monotone=False,
        deciding=_every,
        decided_by=Deciding.SCORE,
        running=lambda _given: Mean(),
    ),
    Method(
        "weighted_average@1",
        "weighted_average",
        monotone=False,
        deciding=_every,
        decided_by=Deciding.SCORE,
        parameters=("weight",),
        running=lambda given: WeightedMean(weight=given.weight),
    ),
    Method(
        "decaying_average@1",
        "decaying_average",
        monotone=False,
        deciding=_every,
        decided_by=Deciding.SCORE,
        parameters=("weight",),
        running=lambda given: DecayingMean(weight=given.weight),
    ),
    Method(
        "best_k_of_last_n@1",
        "best_of_last",
        monotone=False,
        deciding=_best_of_last,
        decided_by=Deciding.SCORE,
        parameters=("best", "last"),
        running=lambda given: BestOfLast(given.best, given.last),
    ),
    Method(
        "points@1",
        "points",
        monotone=True,
        deciding=_every,
        decided_by=Deciding.SCORE,
        running=lambda _given: Points(),
        adds_up=True,
    ),
)
METHODS = {method.name: method for method in _METHODS}
# What a new policy can choose: of each method the newest version.
OFFERED = tuple(METHODS)
# The first versions differ in nothing but the end of ties. Policies that name them keep them.
METHODS |= {
    name: replace(METHODS[name.replace("@1", "@2")], name=name, ties_by_key=True)
    for name in ("highest@1", "latest@1", "n_times@1")
}
# The least and the largest percentage of the newest piece. Below one half a decaying average would look back, not
# ahead: Canvas has the same limits.
WEIGHTS = {"weighted_average@1": (1, 99), "decaying_average@1": (50, 99)}
# Implemented in `parents`: the terms of a policy, not a function, tell them apart. Points are of pieces in a policy
# with a level, and of children in a policy for parents.
PARENT_METHODS = frozenset({"all@1", "points@1"})
