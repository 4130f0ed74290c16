"""The form by which an assessor judges: a level and a comment for each criterion, and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.models import Criterion, CriterionLevel, Judgement
from assessments.work.pages.judging_view import OVERALL, CriterionFeedback, Feedback
from competencies.formats.markup import line_of

LONGEST = 5000


@dataclass(frozen=True)
class JudgementInput:
    """What an assessor has entered: levels and comments by the criterion's key, and one comment on the whole."""

    criteria: Sequence[Criterion]
    levels: Mapping[int, CriterionLevel] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""

    @classmethod
    def from_form(cls, criteria: Sequence[Criterion], form: QueryDict) -> Self:
        """Read the form. A level of another criterion counts as none; text beyond the limit is cut."""
        levels = {row.pk: _level(row, form.get(f"level-{row.sequence}", "")) for row in criteria}
        comments = {row.pk: _words(form, f"comment-{row.sequence}") for row in criteria}
        return cls(
            criteria,
            {key: level for key, level in levels.items() if level},
            {key: words for key, words in comments.items() if words},
            _words(form, "comment"),
        )

    @classmethod
    def from_draft(cls, criteria: Sequence[Criterion], entries: Mapping[str, Any]) -> Self:
        """Read what `entries` has written into a draft."""
        levels = {row.pk: _level(row, entries["levels"].get(str(row.public_id), "")) for row in criteria}
        keys = {str(row.public_id): row.pk for row in criteria}
        return cls(
            criteria,
            {key: level for key, level in levels.items() if level},
            {keys[about]: words for about, words in entries["comments"].items()},
            entries["comment"],
        )

    @classmethod
    def from_judgement(cls, criteria: Sequence[Criterion], judgement: Judgement) -> Self:
        """Read what a judgement says; comments that were erased are empty."""
        body = getattr(judgement, "body", None)  # a judgement without comments has no such row
        comments: Mapping[str, str] = (body.content or {}) if body else {}
        found = {row.criterion_id: row.criterion_level_id for row in judgement.levels.all()}
        levels = {row.pk: _level(row, str(found.get(row.pk))) for row in criteria}
        keys = {str(row.public_id): row.pk for row in criteria}
        return cls(
            criteria,
            {key: level for key, level in levels.items() if level},
            {keys[about]: words for about, words in comments.items() if about in keys},
            comments.get(OVERALL, ""),
        )

    @property
    def entries(self) -> dict[str, Any]:
        """Return what a draft stores, by the criterion's public id."""
        # The comment on the whole has a field of its own in drafts.
        comments = {about: words for about, words in self.comments_by_criterion.items() if about != OVERALL}
        levels = {str(row.public_id): str(self.levels[row.pk].pk) for row in self.criteria if row.pk in self.levels}
        return {"levels": levels, "comments": comments, "comment": self.comment}

    @property
    def chosen_levels(self) -> dict[Criterion, CriterionLevel]:
        """Return the levels as `judge_submission` takes them."""
        return {row: self.levels[row.pk] for row in self.criteria if row.pk in self.levels}

    @property
    def comments_by_criterion(self) -> dict[str, str]:
        """Return the comments as a judgement stores them, by the public id of the criterion."""
        about = {str(row.public_id): self.comments[row.pk] for row in self.criteria if row.pk in self.comments}
        return {OVERALL: self.comment, **about}

    @property
    def text(self) -> str:
        """Return all comments as one text: returned work gets no levels to which they could belong."""
        about = [f"{row.title}: {self.comments[row.pk]}" for row in self.criteria if row.pk in self.comments]
        return "\n\n".join([self.comment, *about])

    @property
    def missing(self) -> list[Criterion]:
        """Return the criteria that have no level yet."""
        return [row for row in self.criteria if row.pk not in self.levels]

    @property
    def feedback(self) -> Feedback:
        """Return all of it as feedback, for the assessor to read and copy."""
        lines = [
            CriterionFeedback(
                row.title,
                self.levels[row.pk].level.title if row.pk in self.levels else "",
                self.comments.get(row.pk, ""),
            )
            for row in self.criteria
        ]
        return Feedback([line for line in lines if line.level or line.comment], self.comment)


@dataclass(frozen=True)
class LevelOption:
    """One level of a criterion that the assessor can choose."""

    value: int
    title: str
    descriptor: str
    points: Decimal | None
    chosen: bool


@dataclass(frozen=True)
class CriterionLine:
    """One criterion on the form, with the levels to choose from."""

    number: int
    title: str
    competency: str
    options: Sequence[LevelOption]
    comment: str
    missing: bool = False
    first_missing: bool = False

    @property
    def level_field(self) -> str:
        """Return the name of the field of the level."""
        return f"level-{self.number}"

    @property
    def comment_field(self) -> str:
        """Return the name of the field of the comment."""
        return f"comment-{self.number}"


@dataclass(frozen=True)
class SheetError:
    """One reason why the form is not accepted, and the anchor of the field where it is mended."""

    words: str
    anchor: str


@dataclass(frozen=True)
class JudgementSheet:
    """The form as the page shows it."""

    lines: Sequence[CriterionLine]
    comment: str
    saved_at: datetime | None = None
    errors: Sequence[SheetError] = ()
    comment_missing: bool = False
    longest: int = LONGEST


def sheet_of(
    entered: JudgementInput,
    *,
    saved_at: datetime | None = None,
    missing: Sequence[Criterion] = (),
    comment_missing: bool = False,
) -> JudgementSheet:
    """Return the form with what was entered; `missing` are criteria for which a level has to be chosen first."""
    errors = [
        SheetError(_("Choose a level for “%(criterion)s”.") % {"criterion": row.title}, f"level-{row.sequence}")
        for row in missing
    ]
    if comment_missing:
        errors.append(SheetError(_("Say what to revise before you return the work."), "comment"))
    lines = [_line(row, entered, missing) for row in entered.criteria]
    return JudgementSheet(lines, entered.comment, saved_at, errors, comment_missing)


def _line(row: Criterion, entered: JudgementInput, missing: Sequence[Criterion]) -> CriterionLine:
    chosen = entered.levels.get(row.pk)
    return CriterionLine(
        number=row.sequence,
        title=row.title,
        competency=line_of(row.competency_revision.statement),
        options=[
            LevelOption(
                level.pk, level.level.title, level.descriptor or level.level.description, level.points, level == chosen
            )
            for level in row.levels.all()
        ],
        comment=entered.comments.get(row.pk, ""),
        missing=row in missing,
        first_missing=row in missing[:1],
    )


def _level(row: Criterion, chosen: str) -> CriterionLevel | None:
    return next((level for level in row.levels.all() if str(level.pk) == chosen), None)


def _words(form: QueryDict, name: str) -> str:
    """Return a text of the form without NUL, which PostgreSQL does not store in text."""
    return form.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
