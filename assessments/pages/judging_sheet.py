"""A rubric as a form: what the assessor has put down, from the draft or from the form, and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.models import Criterion, CriterionLevel
from assessments.pages.judging_reading import OVERALL, Feedback, Found
from competencies.formats.markup import line_of

LONGEST = 5000


@dataclass(frozen=True)
class Writing:
    """What an assessor has put down by a rubric: levels and comments by the criterion's key, and one on the whole."""

    criteria: Sequence[Criterion]
    levels: Mapping[int, CriterionLevel] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""

    @classmethod
    def on(cls, criteria: Sequence[Criterion], form: QueryDict) -> Self:
        """What the form says; a level that its criterion has not counts as none, text beyond the limit is cut."""
        levels = {row.pk: _level(row, form.get(f"level-{row.sequence}", "")) for row in criteria}
        comments = {row.pk: _words(form, f"comment-{row.sequence}") for row in criteria}
        return cls(
            criteria,
            {key: level for key, level in levels.items() if level},
            {key: words for key, words in comments.items() if words},
            _words(form, "comment"),
        )

    @classmethod
    def kept(cls, criteria: Sequence[Criterion], entries: Mapping[str, Any]) -> Self:
        """What `entries` gave to a draft."""
        levels = {row.pk: _level(row, entries["levels"].get(str(row.public_id), "")) for row in criteria}
        keys = {str(row.public_id): row.pk for row in criteria}
        return cls(
            criteria,
            {key: level for key, level in levels.items() if level},
            {keys[about]: words for about, words in entries["comments"].items()},
            entries["comment"],
        )

    @property
    def entries(self) -> dict[str, Any]:
        """What a draft keeps, by the criterion's public id."""
        comments = {about: words for about, words in self.said.items() if about != OVERALL}
        levels = {str(row.public_id): str(self.levels[row.pk].pk) for row in self.criteria if row.pk in self.levels}
        return {"levels": levels, "comments": comments, "comment": self.comment}

    @property
    def chosen(self) -> dict[Criterion, CriterionLevel]:
        """The levels, as a judgement takes them."""
        return {row: self.levels[row.pk] for row in self.criteria if row.pk in self.levels}

    @property
    def said(self) -> dict[str, str]:
        """The comments, as a judgement keeps them."""
        about = {str(row.public_id): self.comments[row.pk] for row in self.criteria if row.pk in self.comments}
        return {OVERALL: self.comment, **about}

    @property
    def text(self) -> str:
        """All comments as one text, for work that is returned: it has no levels that they could stand beside."""
        about = [f"{row.title}: {self.comments[row.pk]}" for row in self.criteria if row.pk in self.comments]
        return "\n\n".join([self.comment, *about])

    @property
    def missing(self) -> list[Criterion]:
        """The criteria that have no level yet."""
        return [row for row in self.criteria if row.pk not in self.levels]

    @property
    def feedback(self) -> Feedback:
        """All of it, to be read and copied."""
        lines = [
            Found(
                row.title,
                self.levels[row.pk].level.title if row.pk in self.levels else "",
                self.comments.get(row.pk, ""),
            )
            for row in self.criteria
        ]
        return Feedback([line for line in lines if line.level or line.comment], self.comment)


@dataclass(frozen=True)
class Cell:
    """One level of a criterion that can be chosen."""

    value: int
    title: str
    descriptor: str
    points: Decimal | None
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One criterion on the form."""

    number: int
    title: str
    competency: str
    cells: Sequence[Cell]
    comment: str
    missing: bool = False
    first_missing: bool = False

    @property
    def level_field(self) -> str:
        return f"level-{self.number}"

    @property
    def comment_field(self) -> str:
        return f"comment-{self.number}"


@dataclass(frozen=True)
class Fault:
    """What keeps the form from being taken, and where on the page to mend it."""

    words: str
    anchor: str


@dataclass(frozen=True)
class Sheet:
    """The form as the page shows it."""

    lines: Sequence[Line]
    comment: str
    saved_at: datetime | None = None
    faults: Sequence[Fault] = ()
    comment_missing: bool = False
    longest: int = LONGEST


def sheet_of(
    writing: Writing,
    *,
    saved_at: datetime | None = None,
    missing: Sequence[Criterion] = (),
    comment_missing: bool = False,
) -> Sheet:
    """The form with what was put down; `missing` are the criteria without which it cannot be taken."""
    faults = [
        Fault(_("Choose a level for “%(criterion)s”.") % {"criterion": row.title}, f"level-{row.sequence}")
        for row in missing
    ]
    if comment_missing:
        faults.append(Fault(_("Say what to revise before you return the work."), "comment"))
    lines = [_line(row, writing, missing) for row in writing.criteria]
    return Sheet(lines, writing.comment, saved_at, faults, comment_missing)


def _line(row: Criterion, writing: Writing, missing: Sequence[Criterion]) -> Line:
    chosen = writing.levels.get(row.pk)
    return Line(
        number=row.sequence,
        title=row.title,
        competency=line_of(row.competency_revision.statement),
        cells=[
            Cell(
                level.pk, level.level.title, level.descriptor or level.level.description, level.points, level == chosen
            )
            for level in row.levels.all()
        ],
        comment=writing.comments.get(row.pk, ""),
        missing=row in missing,
        first_missing=row in missing[:1],
    )


def _level(row: Criterion, chosen: str) -> CriterionLevel | None:
    return next((level for level in row.levels.all() if str(level.pk) == chosen), None)


def _words(form: QueryDict, name: str) -> str:
    """Text of the form; no text in the database holds a NUL."""
    return form.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
