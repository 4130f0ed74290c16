"""The announcement of assessments to the apps above: mastery changed, or evidence was voided."""

from dataclasses import dataclass

from accounts.actions.locked_learner import LockedLearner
from assessments.mastery.rules.standings import MasteryResult
from core.announcing import Announcement


@dataclass(frozen=True, slots=True)
class MasteryChange:
    """A change of one row of mastery; `old` is None when the row is new."""

    competency_id: int
    policy_version_id: int
    old: MasteryResult | None
    new: MasteryResult


@dataclass(frozen=True, slots=True)
class MasteryChanged:
    """The changes of one person's mastery, sent inside the transaction that made them, while the learner is locked.

    `voided` are the ids of evidence that does not count any more. `corrected` says whether a correction of evidence
    caused them.
    """

    person: LockedLearner
    changes: tuple[MasteryChange, ...]
    voided: tuple[int, ...]
    corrected: bool = False


mastery_changed: Announcement[MasteryChanged] = Announcement("assessments.mastery_changed")
