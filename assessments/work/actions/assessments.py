"""Write assessments and open them to learners. A revision for which work was begun stays; a change is the next one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions.history import change_context
from accounts.models import Organization, User
from assessments.errors import AlreadyOpenError, RetiredError
from assessments.models import Assessment, AssessmentKind, AssessmentRevision, Rubric, RubricRevision
from assessments.rubrics.actions import mark_rubric_used


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentTerms:
    """What one revision of an assessment asks of learners. `attempts_allowed` None is any number."""

    kind: AssessmentKind
    rubric: Rubric
    instructions: str = ""
    judges_needed: int = 1
    attempts_allowed: int | None = None


@transaction.atomic
def write_assessment(
    title: str, *, organization: Organization, terms: AssessmentTerms, by: User | None, at: datetime
) -> AssessmentRevision:
    """Make an assessment, not open yet, with the current revision of its rubric. Raises RetiredError."""
    with change_context("", by):
        assessment = Assessment.objects.create(title=title, organization=organization, made_at=at)
        return AssessmentRevision.objects.create(assessment=assessment, number=1, made_at=at, **_columns(terms))


@transaction.atomic
def revise_assessment(
    assessment: Assessment, *, title: str, terms: AssessmentTerms, by: User, reason: str, at: datetime
) -> AssessmentRevision:
    """Change the terms: in place while nobody has begun work for the revision, else as the next revision.

    The rubric is used in its current revision. Raises RetiredError.
    """
    with change_context(reason, by):
        locked = _locked(assessment)
        if locked.title != title:
            locked.title = title
            locked.save(update_fields=["title"])
        # Locked too: `start_submission` sets its `used_at`, and a revision in use must not change any more.
        current = AssessmentRevision.objects.select_for_update(no_key=True).current().get(assessment=locked)
        columns = _columns(terms)
        if current.used_at is None:
            for name, value in columns.items():
                setattr(current, name, value)
            current.save(update_fields=list(columns))
        else:
            # First end the old one: a constraint allows one current revision for each assessment.
            current.superseded_at = at
            current.save(update_fields=["superseded_at"])
            current = AssessmentRevision.objects.create(
                assessment=locked, number=current.number + 1, made_at=at, **columns
            )
        # An open assessment may get work at any moment, so its rubric has to be frozen before that.
        if locked.opened_at is not None:
            mark_rubric_used(current.rubric_revision, at=at)
    return current


@transaction.atomic
def open_assessment(assessment: Assessment, *, by: User | None, at: datetime) -> Assessment:
    """Let learners begin work for it, and freeze its rubric. Raises RetiredError and AlreadyOpenError."""
    with change_context("", by):
        locked = _locked(assessment)
        if locked.opened_at is not None:
            raise AlreadyOpenError
        locked.opened_at = at
        locked.save(update_fields=["opened_at"])
        current = AssessmentRevision.objects.current().select_related("rubric_revision").get(assessment=locked)
        mark_rubric_used(current.rubric_revision, at=at)
    return locked


@transaction.atomic
def retire_assessment(assessment: Assessment, *, by: User, reason: str, at: datetime) -> Assessment:
    """Let nobody begin new work for it; work that was begun can still be submitted and judged. Raises RetiredError."""
    with change_context(reason, by):
        locked = _locked(assessment)
        locked.retired_at = at
        locked.save(update_fields=["retired_at"])
    return locked


def _locked(assessment: Assessment) -> Assessment:
    """Return the assessment, locked against changes at the same moment. Raises RetiredError."""
    # FOR NO KEY UPDATE: rows that only point at it, such as new submissions, do not have to wait.
    locked = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if locked.retired_at is not None:
        raise RetiredError
    return locked


def _columns(terms: AssessmentTerms) -> dict[str, object]:
    # Locked before the check: a rubric that is being retired must not get into another assessment.
    rubric = Rubric.objects.select_for_update(no_key=True).get(pk=terms.rubric.pk)
    if rubric.retired_at is not None:
        raise RetiredError
    return {
        "kind": terms.kind,
        "instructions": terms.instructions,
        "judges_needed": terms.judges_needed,
        "attempts_allowed": terms.attempts_allowed,
        "rubric_revision": RubricRevision.objects.current().get(rubric=rubric),
    }
