"""What assessments tells those above it: mastery changed, or evidence that others rest on was voided."""

from dataclasses import dataclass

from accounts.actions.persons import Person
from assessments.rules.standings import Standing
from config.base.announcing import Announcement


@dataclass(frozen=True, slots=True)
class Change:
    """One row of mastery that says something else than before; `old` is None when the row is new."""

    competency_id: int
    policy_version_id: int
    old: Standing | None
    new: Standing


@dataclass(frozen=True, slots=True)
class MasteryChanged:
    """News about one person, inside the transaction that changed it, the learner's lock held.

    `voided` are the ids of evidence that counts no more.
    """

    person: Person
    changes: tuple[Change, ...]
    voided: tuple[int, ...]


mastery_changed: Announcement[MasteryChanged] = Announcement("assessments.mastery_changed")
