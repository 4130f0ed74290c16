"""Writes assessments, and opens them to learners. What work was begun for stays; a change is the next revision."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions.history import noted
from accounts.models import Organization, User
from assessments.actions.rubrics import mark_rubric_used
from assessments.errors import AlreadyOpenError, RetiredError
from assessments.models import Assessment, AssessmentKind, AssessmentRevision, Rubric, RubricRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an assessment asks for; `attempts_allowed` None is any number."""

    kind: AssessmentKind
    rubric: Rubric
    instructions: str = ""
    judges_needed: int = 1
    attempts_allowed: int | None = None


@transaction.atomic
def write_assessment(
    title: str, *, organization: Organization, asked: Asked, by: User | None, at: datetime
) -> AssessmentRevision:
    """A new assessment, not open yet, judged by the current revision of its rubric. Raises RetiredError."""
    with noted("", by):
        assessment = Assessment.objects.create(title=title, organization=organization, made_at=at)
        return AssessmentRevision.objects.create(assessment=assessment, number=1, made_at=at, **_columns(asked))


@transaction.atomic
def revise_assessment(
    assessment: Assessment, *, title: str, asked: Asked, by: User, reason: str, at: datetime
) -> AssessmentRevision:
    """Ask for something else: in place while nobody has begun work for it, else as the next revision.

    The rubric is taken in its current revision. Raises RetiredError.
    """
    with noted(reason, by):
        locked = _standing(assessment)
        if locked.title != title:
            locked.title = title
            locked.save(update_fields=["title"])
        current = AssessmentRevision.objects.select_for_update(no_key=True).current().get(assessment=locked)
        columns = _columns(asked)
        if current.used_at is None:
            for name, value in columns.items():
                setattr(current, name, value)
            current.save(update_fields=list(columns))
        else:
            current.superseded_at = at
            current.save(update_fields=["superseded_at"])
            current = AssessmentRevision.objects.create(
                assessment=locked, number=current.number + 1, made_at=at, **columns
            )
        if locked.opened_at is not None:
            mark_rubric_used(current.rubric_revision, at=at)
    return current


@transaction.atomic
def open_assessment(assessment: Assessment, *, by: User | None, at: datetime) -> Assessment:
    """Let learners begin work for it; its rubric is in use from now on. Raises RetiredError, AlreadyOpenError."""
    with noted("", by):
        locked = _standing(assessment)
        if locked.opened_at is not None:
            raise AlreadyOpenError
        locked.opened_at = at
        locked.save(update_fields=["opened_at"])
        current = AssessmentRevision.objects.current().select_related("rubric_revision").get(assessment=locked)
        mark_rubric_used(current.rubric_revision, at=at)
    return locked


@transaction.atomic
def retire_assessment(assessment: Assessment, *, by: User, reason: str, at: datetime) -> Assessment:
    """Let nobody begin work for it any more; work that was begun is still handed in and judged. Raises RetiredError."""
    with noted(reason, by):
        locked = _standing(assessment)
        locked.retired_at = at
        locked.save(update_fields=["retired_at"])
    return locked


def _standing(assessment: Assessment) -> Assessment:
    locked = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if locked.retired_at is not None:
        raise RetiredError
    return locked


def _columns(asked: Asked) -> dict[str, object]:
    if asked.rubric.retired_at is not None:
        raise RetiredError
    return {
        "kind": asked.kind,
        "instructions": asked.instructions,
        "judges_needed": asked.judges_needed,
        "attempts_allowed": asked.attempts_allowed,
        "rubric_revision": RubricRevision.objects.current().get(rubric=asked.rubric),
    }
