"""Figures about the scores of a group, for reports: mean, median, and how many reached each level. Exact, no float."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from assessments.mastery.rules.rounding import rounded
from assessments.mastery.rules.scales import Scale

Scores = Iterable[Decimal | None]  # one for each learner; None has no score


def mean_score(scores: Scores) -> Decimal | None:
    """Return the mean of those who have a score, rounded like a score; None when nobody has one."""
    present = _exact(scores)
    return rounded(sum(present, Fraction(0)) / len(present)) if present else None


def median_score(scores: Scores) -> Decimal | None:
    """Return the middle score, of an even number the mean of the two in the middle; None when nobody has one."""
    present = sorted(_exact(scores))
    if not present:
        return None
    half = len(present) // 2
    middle = present[half : half + 1] if len(present) % 2 else present[half - 1 : half + 1]
    return rounded(sum(middle, Fraction(0)) / len(middle))


def distribution(scale: Scale, scores: Scores) -> dict[int | None, int]:
    """Return how many learners reached each level of `scale` by its rank, lowest first.

    None, at the end, counts those below every level and those without a score.
    """
    counts = Counter[int | None]()
    for score in scores:
        level = None if score is None else scale.level_reached_by(score)
        counts[None if level is None else level.rank] += 1
    return {rank: counts[rank] for rank in (*(level.rank for level in scale.levels), None)}


def _exact(scores: Scores) -> list[Fraction]:
    return [Fraction(score) for score in scores if score is not None]
