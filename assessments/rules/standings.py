"""Where a learner stands on one competency under one policy: what is stored of a decision, and told to others."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.rules.decisions import MasteryDecision, State
from assessments.rules.parents import ParentDecision


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome of a decision, its reasons left away; members mean what they mean there.

    `level` is a rank. It tells what was shown, also where mastery does not hold.
    """

    state: State
    level: int | None
    score: Decimal | None
    mastered_on: date | None
    valid_until: date | None
    ended_on: date | None

    @classmethod
    def of(cls, decision: MasteryDecision | ParentDecision) -> "Standing":
        """The outcome of `decision`."""
        return cls(
            decision.state,
            decision.level,
            decision.score,
            decision.mastered_on,
            decision.valid_until,
            decision.ended_on,
        )

    @property
    def mastered(self) -> bool:
        """Mastery holds."""
        return self.state is State.MASTERED
