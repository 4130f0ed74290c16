"""Write rubrics. A revision that an open assessment uses stays as it is; a change is the next revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actions.history import change_context
from accounts.models import User
from assessments.errors import RetiredError, RubricRefusedError
from assessments.models import Criterion, CriterionLevel, Rubric, RubricRevision
from competencies.actions import mark_used
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """One level of a criterion: what work at this level looks like, and its points."""

    level: ProficiencyLevel
    descriptor: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """One criterion to write: a competency in its current revision. No `levels` means all levels of its scale."""

    competency: Competency
    title: str
    levels: Sequence[LevelEntry] = ()


@transaction.atomic
def write_rubric(title: str, *, criteria: Sequence[CriterionEntry], by: User | None, at: datetime) -> RubricRevision:
    """Make a rubric with its first revision. Raises RubricRefusedError."""
    with change_context("", by):
        rubric = Rubric.objects.create(title=title, made_at=at)
        revision = RubricRevision.objects.create(rubric=rubric, number=1, made_at=at)
        _write_criteria(revision, criteria)
    return revision


@transaction.atomic
def revise_rubric(
    rubric: Rubric, *, title: str, criteria: Sequence[CriterionEntry], by: User, reason: str, at: datetime
) -> RubricRevision:
    """Rewrite the rubric: in place while no open assessment uses the revision, else as the next revision.

    Raises RetiredError and RubricRefusedError.
    """
    with change_context(reason, by):
        locked = _locked(rubric)
        if locked.title != title:
            locked.title = title
            locked.save(update_fields=["title"])
        # Locked too: opening an assessment sets its `used_at`, and a revision in use must not change any more.
        current = RubricRevision.objects.select_for_update(no_key=True).current().get(rubric=locked)
        if current.used_at is None:
            # Nothing points at rows of an unused revision, so they can be deleted and written again.
            CriterionLevel.objects.filter(criterion__rubric_revision=current).delete()
            Criterion.objects.filter(rubric_revision=current).delete()
        else:
            # First end the old one: a constraint allows one current revision for each rubric.
            current.superseded_at = at
            current.save(update_fields=["superseded_at"])
            current = RubricRevision.objects.create(rubric=locked, number=current.number + 1, made_at=at)
        _write_criteria(current, criteria)
    return current


@transaction.atomic
def retire_rubric(rubric: Rubric, *, by: User, reason: str, at: datetime) -> Rubric:
    """Offer the rubric no longer; assessments that use it go on. Raises RetiredError."""
    with change_context(reason, by):
        locked = _locked(rubric)
        locked.retired_at = at
        locked.save(update_fields=["retired_at"])
    return locked


def mark_rubric_used(revision: RubricRevision, *, at: datetime) -> None:
    """Freeze a revision, its criteria, and the competency revisions they name.

    Call it in the transaction of the action that first points at the revision.
    """
    # The condition makes one of two simultaneous calls do the rest, the one that sets the instant.
    if RubricRevision.objects.filter(pk=revision.pk, used_at=None).update(used_at=at):
        mark_used(CompetencyRevision.objects.filter(criteria_of_rubrics__rubric_revision=revision), at=at)


def _locked(rubric: Rubric) -> Rubric:
    """Return the rubric, locked against changes at the same moment. Raises RetiredError."""
    # FOR NO KEY UPDATE: rows that only point at it do not have to wait.
    locked = Rubric.objects.select_for_update(no_key=True).get(pk=rubric.pk)
    if locked.retired_at is not None:
        raise RetiredError
    return locked


def _write_criteria(revision: RubricRevision, criteria: Sequence[CriterionEntry]) -> None:
    if not criteria:
        raise RubricRefusedError
    current = CompetencyRevision.objects.current().select_related("scale")
    competencies = {entry.competency.pk for entry in criteria}
    revisions = {row.competency_id: row for row in current.filter(competency__in=competencies)}
    for place, entry in enumerate(criteria, start=1):
        competency_revision = revisions[entry.competency.pk]
        if competency_revision.scale is None or not entry.title.strip():
            raise RubricRefusedError
        levels_of_scale = list(competency_revision.scale.levels.order_by("rank"))
        levels = entry.levels or [LevelEntry(level) for level in levels_of_scale]
        if {row.level.pk for row in levels} - {level.pk for level in levels_of_scale}:
            raise RubricRefusedError
        criterion = Criterion.objects.create(
            rubric_revision=revision, sequence=place, title=entry.title, competency_revision=competency_revision
        )
        CriterionLevel.objects.bulk_create(
            CriterionLevel(criterion=criterion, level=row.level, points=row.points, descriptor=row.descriptor)
            for row in levels
        )
