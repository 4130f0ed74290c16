"""What can happen in a learner's life at the demo's school."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something happens, so many days before the first day, at a minute of the day."""

    ago: int
    minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enroll(Act):
    """They are admitted; from `starts_ago` on they study, or (`started` False) are only admitted."""

    program: str
    starts_ago: int
    started: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Happen(Act):
    """Something happens to all their open enrollments, or those that ended (a readmission)."""

    kind: str
    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Act):
    """They begin an assessment and write `text` of its texts."""

    task: str
    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn(Act):
    """They hand in what is under way, written anew where `text` is given."""

    task: str
    text: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Act):
    """An assessor judges what was handed in: a rank for each criterion. `turn` counts the school's assessors round."""

    task: str
    ranks: tuple[int, ...]
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Act):
    """An assessor gives the work back to be revised."""

    task: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(Act):
    """The registrar records a milestone, or so much of it."""

    milestone: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognise(Act):
    """The registrar recognises finished study elsewhere."""

    competency: str
    rank: int
    words: str
