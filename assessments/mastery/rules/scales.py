"""Proficiency scales as input of the mastery rules: ranks, and the score that reaches each level."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from assessments.mastery.rules.rounding import fits_two_places
from core.text.faults import Fault


@dataclass(frozen=True, slots=True)
class ProficiencyLevel:
    """One level of a scale: its rank, its name, and the rounded score that reaches it."""

    rank: int
    reached_at: Decimal
    name: str = ""

    @property
    def display_name(self) -> str:
        """Return the name of the level, or its rank when it has no name."""
        return self.name or str(self.rank)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How scores on the scale of a source, from `source_least` to `source_most`, become scores from `least` to `most`.

    In proportion, as Moodle rescales grades and Canvas percentages. A score beyond the ends stays beyond: extra credit
    counts.
    """

    scale: str
    source_least: Decimal
    source_most: Decimal
    least: Decimal
    most: Decimal

    def converted(self, score: Fraction) -> Fraction:
        """Return `score` on the scale of the competency, exact."""
        share = (score - Fraction(self.source_least)) / (Fraction(self.source_most) - Fraction(self.source_least))
        return Fraction(self.least) + share * (Fraction(self.most) - Fraction(self.least))

    def faults(self) -> Iterator[Fault]:
        """Yield everything that is wrong with the conversion; paths are relative to it."""
        if not self.scale:
            yield Fault("scale", "empty")
        if not self.source_least < self.source_most:
            yield Fault("source_most", "range_empty", {"given": str(self.source_most), "least": str(self.source_least)})
        if not self.least < self.most:
            yield Fault("most", "range_empty", {"given": str(self.most), "least": str(self.least)})


@dataclass(frozen=True, slots=True)
class Scale:
    """A proficiency scale, lowest level first. Levels compare by rank, and only within one scale."""

    id: str
    levels: tuple[ProficiencyLevel, ...]

    def level_at(self, rank: int) -> ProficiencyLevel | None:
        """Return the level of that rank; None when the scale has none."""
        return next((level for level in self.levels if level.rank == rank), None)

    def level_reached_by(self, score: Decimal) -> ProficiencyLevel | None:
        """Return the highest level that the rounded `score` reaches; None below the lowest."""
        return next((level for level in reversed(self.levels) if level.reached_at <= score), None)

    def faults(self) -> Iterator[Fault]:
        """Yield everything that is wrong with the scale; paths are relative to the scale."""
        if not self.id:
            yield Fault("id", "empty")
        if not self.levels:
            yield Fault("levels", "no_levels")
        for index, level in enumerate(self.levels):
            if not fits_two_places(level.reached_at):
                yield Fault(f"levels[{index}].reached_at", "too_many_places", {"given": str(level.reached_at)})
        for index, (lower, upper) in enumerate(pairwise(self.levels), start=1):
            if upper.rank <= lower.rank:
                yield Fault(f"levels[{index}].rank", "rank_not_above", {"given": str(upper.rank)})
            finite = lower.reached_at.is_finite() and upper.reached_at.is_finite()
            if finite and upper.reached_at <= lower.reached_at:
                yield Fault(f"levels[{index}].reached_at", "threshold_not_above", {"given": str(upper.reached_at)})
