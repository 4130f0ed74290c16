"""What a mastery decision says: the outcome, how long it holds, and what it rests on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assessments.rules.periods import Period, last_day_of
from assessments.rules.selection import Reason


class State(StrEnum):
    """Where a learner stands on one competency under one policy, as of a day and as known at an instant.

    Mastery *holds* on a day when the pieces that count on that day meet every condition of the policy.

    - MASTERED: mastery holds on the day.
    - LAPSED: it held on an earlier day and would hold now were there no recency window and no validity. Time took it.
    - WITHDRAWN: neither, but (a) it would be mastered or lapsed had no row been voided, and (b) it was: just before one
      of the voids, what was known then made mastery hold on this or an earlier day. Voiding took it.
    - BELOW: none of these, and at least one piece counts. This is also where newer, weaker work leads under `latest`,
      and a correction downwards: the evidence says less than it did.
    - NONE: none of these, and nothing counts.
    """

    NONE = "none"
    BELOW = "below"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    MASTERED = "mastered"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that does not count, and why."""

    id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Workings:
    """How the answer came about: the counted pieces as the conditions see them.

    `exact` is the score before rounding; `deciding` are the rows that give it. `at_level`, `assessors` and
    `newest_at_level_on` speak of counted pieces at the policy's level or above. `valid_through` is the last day of the
    policy's validity. `unmet` names the policy's conditions that do not hold, by their field.
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
    """The answer of `decide()`.

    - `score`: rounded to 2 places, None while the method has none; `level`: the rank that it reaches, None below all.
      The level says what was shown, not that it holds: whoever asks for a level asks for MASTERED too.
    - `mastered_on`: the first day of the unbroken period in which mastery holds, or last held (LAPSED); `ended_on`: the
      first day on which it held no longer (LAPSED only).
    - `holds_until`: the first later day on which any other member of this decision would differ with the same inputs;
      None is never.
    - `used` and `left_out` name every row given exactly once, in order.
    - `periods`: all days on which mastery holds as now known, whatever the day asked for: also past and coming ones.
    """

    score: Decimal | None
    level: int | None
    state: State
    mastered_on: date | None
    ended_on: date | None
    holds_until: date | None
    used: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    periods: tuple[Period, ...]
    workings: Workings

    @property
    def mastered(self) -> bool:
        """Mastery holds."""
        return self.state is State.MASTERED

    @property
    def valid_until(self) -> date | None:
        """The last day on which this mastery holds as now known; None is open, or not mastered."""
        return last_day_of(self.periods, self.mastered_on) if self.mastered else None
