"""When a change of what a competency says makes a new revision (invariant 7)."""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True)
class Meaning:
    """What a competency means: a change of any of these is a change of meaning."""

    statement: str
    criteria: str = ""
    scale_id: int | None = None


class Change(Enum):
    """What is to be done with the current revision."""

    NONE = auto()
    UPDATE = auto()
    NEW_REVISION = auto()


def change_of(current: Meaning, wanted: Meaning, *, used: bool) -> Change:
    """A revision that nothing points at yet is changed in place; once used it stays, and a new one follows it."""
    if current == wanted:
        return Change.NONE
    return Change.NEW_REVISION if used else Change.UPDATE


def imported_meaning(current: Meaning, offered: Meaning, *, source_unchanged: bool) -> Meaning:
    """What a competency means after its source is read again.

    A statement edited here stays as long as the source says what it said when it was last read; once the source itself
    moves, the source wins. Criteria and scale are kept where the source does not speak of them: CASE itself cannot.
    """
    return Meaning(
        statement=current.statement if source_unchanged else offered.statement,
        criteria=offered.criteria or current.criteria,
        scale_id=offered.scale_id if offered.scale_id is not None else current.scale_id,
    )
