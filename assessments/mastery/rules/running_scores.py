"""Scores that are made from several pieces, kept up to date while pieces come and go: exact, never a float.

Each class names the peer that has published the formula. Pieces enter in their order, and leave from the oldest on.
"""

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import nlargest
from typing import Protocol

from assessments.mastery.rules.scored_evidence import Piece

NOTHING = Fraction(0)
PERCENT = 100
Ratio = tuple[int, int]  # numerator and denominator, not reduced: reducing long numbers costs more than comparing them


class RunningScore(Protocol):
    """The exact score of the pieces that are in."""

    def enter(self, piece: Piece) -> None:
        """Take in `piece`, which comes after all others."""

    def leave(self, piece: Piece) -> None:
        """Take out `piece`, the oldest of all."""

    def ratio(self) -> Ratio | None:
        """Return the score as numerator and denominator, None while there is none."""


@dataclass
class Mean(RunningScore):
    """The mean of all pieces. Source: Canvas, outcome calculation method “Average”."""

    total: Fraction = NOTHING
    count: int = 0

    def enter(self, piece: Piece) -> None:
        """Add the value of `piece`."""
        self.total += piece.value
        self.count += 1

    def leave(self, piece: Piece) -> None:
        """Subtract the value of `piece`."""
        self.total -= piece.value
        self.count -= 1

    def ratio(self) -> Ratio | None:
        """Return the total over the number of pieces."""
        return None if not self.count else (self.total.numerator, self.total.denominator * self.count)


@dataclass
class Points(Mean):
    """The sum of all pieces. A negative score adds nothing: points that were earned are not taken away.

    Source: the points of Moodle's competency rule, there of children; here of pieces.
    """

    def enter(self, piece: Piece) -> None:
        """Add the value of `piece`, if it is positive."""
        self.total += max(piece.value, NOTHING)
        self.count += 1

    def leave(self, piece: Piece) -> None:
        """Subtract what `piece` added."""
        self.total -= max(piece.value, NOTHING)
        self.count -= 1

    def ratio(self) -> Ratio | None:
        """Return the total."""
        return None if not self.count else (self.total.numerator, self.total.denominator)


@dataclass
class MeanAtLevel(Mean):
    """The mean of the pieces at the level or above, as soon as there are `times` of them.

    Source: Canvas, “n Number of Times”: no score before, and pieces below mastery never count.
    """

    times: int = 1

    def enter(self, piece: Piece) -> None:
        """Add the value of a piece at the level."""
        if piece.at_level:
            super().enter(piece)

    def leave(self, piece: Piece) -> None:
        """Subtract the value of a piece at the level."""
        if piece.at_level:
            super().leave(piece)

    def ratio(self) -> Ratio | None:
        """Return the mean, None while there are fewer than `times`."""
        return super().ratio() if self.count >= self.times else None


@dataclass
class WeightedMean(Mean):
    """`weight` percent of the latest piece, the rest of the mean of all earlier ones. One piece alone is its own score.

    Source: Canvas, “Weighted Average” (called “Decaying Average” before 2024), 65 % unless chosen otherwise.
    """

    weight: int = 65
    latest: Fraction = NOTHING

    def enter(self, piece: Piece) -> None:
        """Add `piece`, which is the latest from now on."""
        super().enter(piece)
        self.latest = piece.value

    def ratio(self) -> Ratio | None:
        """Return the weighted mean."""
        if self.count <= 1:
            return super().ratio()
        earlier = (self.total - self.latest) / (self.count - 1)
        score = (self.weight * self.latest + (PERCENT - self.weight) * earlier) / PERCENT
        return score.numerator, score.denominator


@dataclass
class DecayingMean(RunningScore):
    """Piece by piece: `weight` percent of the new one, the rest of the score until then. The first is its own score.

    Source: Canvas, “Decaying Average” since 2024, 65 % unless chosen otherwise. Nothing is rounded on the way.
    """

    weight: int = 65
    values: deque[Fraction] = field(default_factory=deque)
    score: Ratio | None = None

    def enter(self, piece: Piece) -> None:
        """Fold `piece` in."""
        self.values.append(piece.value)
        if self.score is not None or len(self.values) == 1:
            self.score = self._folded(self.score, piece.value)

    def leave(self, _piece: Piece) -> None:
        """Forget the oldest piece; the second one becomes the first, so all are folded again when asked."""
        self.values.popleft()
        self.score = None

    def ratio(self) -> Ratio | None:
        """Return the score, folded from all pieces where one has left."""
        if self.score is None:
            for value in self.values:
                self.score = self._folded(self.score, value)
        return self.score

    def _folded(self, score: Ratio | None, value: Fraction) -> Ratio:
        if score is None:
            return value.numerator, value.denominator
        above, below = score
        mixed = (PERCENT - self.weight) * above * value.denominator + self.weight * value.numerator * below
        return mixed, PERCENT * below * value.denominator


@dataclass
class BestOfLast(RunningScore):
    """The mean of the `best` highest of the `last` newest pieces, as soon as there are `best` of them.

    Source: “most recent n, best k” as standards-based gradebooks have it; with k = n it is the mean of the last n.
    """

    best: int
    last: int
    pieces: deque[Piece] = field(init=False)

    def __post_init__(self) -> None:
        self.pieces = deque(maxlen=self.last)

    def enter(self, piece: Piece) -> None:
        """Take in `piece`; the oldest of more than `last` drops out."""
        self.pieces.append(piece)

    def leave(self, piece: Piece) -> None:
        """Take out `piece`, unless it has dropped out already."""
        if self.pieces and self.pieces[0] is piece:
            self.pieces.popleft()

    def ratio(self) -> Ratio | None:
        """Return the mean of the best ones."""
        if len(self.pieces) < self.best:
            return None
        score = sum(nlargest(self.best, (piece.value for piece in self.pieces)), NOTHING)
        return score.numerator, score.denominator * self.best
