"""Writes rubrics. A revision that an open assessment uses stays as it is; another one follows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actions.history import noted
from accounts.models import User
from assessments.errors import RetiredError, RubricRefusedError
from assessments.models import Criterion, CriterionLevel, Rubric, RubricRevision
from competencies.actions import mark_used
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel


@dataclass(frozen=True, slots=True)
class Cell:
    """What work at one level looks like, and what it is worth."""

    level: ProficiencyLevel
    descriptor: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: a competency, as it is said now. Without cells it has one for each level of the scale."""

    competency: Competency
    title: str
    cells: Sequence[Cell] = ()


@transaction.atomic
def write_rubric(title: str, *, rows: Sequence[Row], by: User | None, at: datetime) -> RubricRevision:
    """A new rubric in its first revision. Raises RubricRefusedError."""
    with noted("", by):
        rubric = Rubric.objects.create(title=title, made_at=at)
        revision = RubricRevision.objects.create(rubric=rubric, number=1, made_at=at)
        _write_rows(revision, rows)
    return revision


@transaction.atomic
def revise_rubric(
    rubric: Rubric, *, title: str, rows: Sequence[Row], by: User, reason: str, at: datetime
) -> RubricRevision:
    """Say it anew: in place while no open assessment uses it, else as the next revision.

    Raises RetiredError and RubricRefusedError.
    """
    with noted(reason, by):
        locked = _standing(rubric)
        if locked.title != title:
            locked.title = title
            locked.save(update_fields=["title"])
        current = RubricRevision.objects.select_for_update(no_key=True).current().get(rubric=locked)
        if current.used_at is None:
            CriterionLevel.objects.filter(criterion__rubric_revision=current).delete()
            Criterion.objects.filter(rubric_revision=current).delete()
        else:
            current.superseded_at = at
            current.save(update_fields=["superseded_at"])
            current = RubricRevision.objects.create(rubric=locked, number=current.number + 1, made_at=at)
        _write_rows(current, rows)
    return current


@transaction.atomic
def retire_rubric(rubric: Rubric, *, by: User, reason: str, at: datetime) -> Rubric:
    """Offer it no longer; assessments that use it go on. Raises RetiredError."""
    with noted(reason, by):
        locked = _standing(rubric)
        locked.retired_at = at
        locked.save(update_fields=["retired_at"])
    return locked


def mark_rubric_used(revision: RubricRevision, *, at: datetime) -> None:
    """Freeze a revision, its rows, and what they name; in the transaction of the action that first points at it."""
    if RubricRevision.objects.filter(pk=revision.pk, used_at=None).update(used_at=at):
        mark_used(CompetencyRevision.objects.filter(criteria_of_rubrics__rubric_revision=revision), at=at)


def _standing(rubric: Rubric) -> Rubric:
    locked = Rubric.objects.select_for_update(no_key=True).get(pk=rubric.pk)
    if locked.retired_at is not None:
        raise RetiredError
    return locked


def _write_rows(revision: RubricRevision, rows: Sequence[Row]) -> None:
    if not rows:
        raise RubricRefusedError
    said = CompetencyRevision.objects.current().select_related("scale")
    meanings = {row.competency_id: row for row in said.filter(competency__in={row.competency.pk for row in rows})}
    for place, row in enumerate(rows, start=1):
        meaning = meanings[row.competency.pk]
        if meaning.scale is None or not row.title.strip():
            raise RubricRefusedError
        levels = list(meaning.scale.levels.order_by("rank"))
        cells = row.cells or [Cell(level) for level in levels]
        if {cell.level.pk for cell in cells} - {level.pk for level in levels}:
            raise RubricRefusedError
        criterion = Criterion.objects.create(
            rubric_revision=revision, sequence=place, title=row.title, competency_revision=meaning
        )
        CriterionLevel.objects.bulk_create(
            CriterionLevel(criterion=criterion, level=cell.level, points=cell.points, descriptor=cell.descriptor)
            for cell in cells
        )
