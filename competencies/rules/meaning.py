"""Whether a change of a competency's meaning needs a new revision (invariant 7)."""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True)
class Meaning:
    """The meaning of a competency: statement, criteria and scale."""

    statement: str
    criteria: str = ""
    scale_id: int | None = None


class Change(Enum):
    """The write that a change of meaning needs."""

    NONE = auto()
    UPDATE = auto()
    NEW_REVISION = auto()


def change_of(current: Meaning, target: Meaning, *, used: bool) -> Change:
    """The write that turns `current` into `target`: an unused revision is updated, a used one is superseded."""
    if current == target:
        return Change.NONE
    return Change.NEW_REVISION if used else Change.UPDATE


def imported_meaning(current: Meaning, source: Meaning, *, source_unchanged: bool) -> Meaning:
    """The meaning of a competency after its source is imported again.

    A statement that was edited here stays as long as the source's statement is unchanged since the last import. If the
    source has changed, its statement wins. Criteria and scale stay if the source has none, because CASE has no members
    for them.
    """
    return Meaning(
        statement=current.statement if source_unchanged else source.statement,
        criteria=source.criteria or current.criteria,
        scale_id=source.scale_id if source.scale_id is not None else current.scale_id,
    )
