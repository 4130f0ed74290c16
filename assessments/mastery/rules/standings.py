"""The result of a mastery decision without its reasons: what is stored, and what is announced to other apps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.parents import ParentDecision
from assessments.rules.mastery_states import MasteryState


@dataclass(frozen=True, slots=True)
class MasteryResult:
    """The result of a decision without its reasons. Members mean the same as in MasteryDecision.

    `level` is a rank. It says what was shown, even when mastery does not hold.
    """

    state: MasteryState
    level: int | None
    score: Decimal | None
    mastered_on: date | None
    valid_until: date | None
    ended_on: date | None

    @classmethod
    def of(cls, decision: MasteryDecision | ParentDecision) -> "MasteryResult":
        """Return the result of `decision`."""
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
        """Return whether mastery holds."""
        return self.state is MasteryState.MASTERED
