"""The result types of a mastery decision: the state, how long it holds, and the evidence under it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assessments.mastery.rules.evidence_selection import Reason
from assessments.mastery.rules.validity import Period, last_day_of
from assessments.rules.mastery_states import MasteryState


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that does not count, and the reason."""

    id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Workings:
    """The values from which the decision was made: the counted pieces as the conditions see them.

    `exact` is the score before rounding, None where it takes more than 100 digits to write; `deciding` are the rows
    that give it. `at_level`, `assessors` and `newest_at_level_on` describe counted pieces at the policy's level or
    above. `valid_through` is the last day of the policy's validity. `unmet` are the names of the policy's fields that
    state a condition which is not met.
    """

    exact: Fraction | None
    deciding: tuple[int, ...]
    pieces: int
    at_level: int
    assessors: int
    newest_at_level_on: date | None
    valid_through: date | None
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MasteryDecision:
    """The result of `decide()`.

    - `score`: rounded to 2 places, None while the method has none; `level`: the rank that it reaches, None below all.
      The level says what was shown, not that mastery holds: who asks for a level has to check for MASTERED too.
    - `mastered_on`: the first day of the unbroken period in which mastery holds, or held last (LAPSED); `ended_on`: the
      first day on which it did not hold any more (LAPSED only).
    - `holds_until`: the first later day on which any other member would differ with the same evidence; None is never.
    - `used` and `left_out` together contain every observation exactly once, in order.
    - `periods`: all periods in which mastery holds as known at the instant, past and coming ones too.
    """

    score: Decimal | None
    level: int | None
    state: MasteryState
    mastered_on: date | None
    ended_on: date | None
    holds_until: date | None
    used: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    periods: tuple[Period, ...]
    workings: Workings

    @property
    def mastered(self) -> bool:
        """Return whether mastery holds."""
        return self.state is MasteryState.MASTERED

    @property
    def valid_until(self) -> date | None:
        """Return the last day on which this mastery holds as now known; None if it is open, or not mastered."""
        return last_day_of(self.periods, self.mastered_on) if self.mastered else None
