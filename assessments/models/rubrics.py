"""Rubrics and assessments: the criteria and the task. Their revisions freeze once used."""

import uuid
from typing import ClassVar, Self, TypeVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from competencies.models import CompetencyRevision, ProficiencyLevel

Revision = TypeVar("Revision", bound=models.Model)


class RevisionQuerySet(models.QuerySet[Revision]):
    """Revisions of a rubric or an assessment."""

    def current(self) -> Self:
        """Return the current revision of each."""
        return self.filter(superseded_at=None)


@pghistory.track()
class Rubric(models.Model):
    """A rubric by its title; its revisions contain the criteria."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    made_at = models.DateTimeField(_("made"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="rubric_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class RubricRevision(models.Model):
    """The criteria of a rubric for some time. A trigger freezes them once an open assessment uses the revision."""

    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects = RevisionQuerySet["RubricRevision"].as_manager()

    class Meta:
        verbose_name = _("rubric revision")
        verbose_name_plural = _("rubric revisions")
        constraints: ClassVar = [
            # Two simultaneous changes must not both become the next revision.
            models.UniqueConstraint(fields=["rubric", "number"], name="rubric_revision_numbered_once"),
            # `current()` must return one row for each rubric, also after two simultaneous revisions.
            models.UniqueConstraint(
                fields=["rubric"], condition=Q(superseded_at=None), name="rubric_revision_one_current_per_rubric"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="rubric_revision_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rubric} / {self.number}"


class Criterion(models.Model):
    """One criterion of a rubric: a competency, in the revision that was current when the rubric was written."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rubric_revision = models.ForeignKey(RubricRevision, models.PROTECT, related_name="criteria")
    sequence = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("title"), max_length=200)
    competency_revision = models.ForeignKey(CompetencyRevision, models.PROTECT, related_name="criteria_of_rubrics")

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints: ClassVar = [
            # The form of the assessor names a criterion by its place.
            models.UniqueConstraint(fields=["rubric_revision", "sequence"], name="criterion_one_per_place"),
            models.CheckConstraint(condition=~Q(title=""), name="criterion_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class CriterionLevel(models.Model):
    """One level of a criterion: what work at this proficiency level looks like, and its points."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="levels")
    level = models.ForeignKey(ProficiencyLevel, models.PROTECT, related_name="criterion_levels")
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=2, null=True, blank=True)
    descriptor = models.TextField(_("descriptor"), blank=True)

    class Meta:
        verbose_name = _("criterion level")
        verbose_name_plural = _("criterion levels")
        constraints: ClassVar = [
            # An assessor chooses between levels: two of one level would be the same choice.
            models.UniqueConstraint(fields=["criterion", "level"], name="criterion_level_one_per_level"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0), name="criterion_level_points_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.level)


class AssessmentKind(models.TextChoices):
    """What a learner does to show a competency; policies may accept some kinds only."""

    PROJECT = "project", _("project")
    PRODUCT = "product", _("product of work")
    OBSERVATION = "observation", _("observed performance")
    TEST = "test", _("test")
    PORTFOLIO = "portfolio", _("portfolio")
    INTERVIEW = "interview", _("interview")
    PRIOR_LEARNING = "prior_learning", _("recognised prior learning")
    EXTERNAL = "external", _("result from elsewhere")


@pghistory.track()
class Assessment(models.Model):
    """An opportunity to show competencies, by its title."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="assessments", verbose_name=_("assessing organization")
    )
    made_at = models.DateTimeField(_("made"))
    opened_at = models.DateTimeField(_("open since"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="assessment_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentRevision(models.Model):
    """What an assessment asks for some time. A trigger freezes it once a learner has begun work for it."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    kind = models.CharField(_("kind"), max_length=20, choices=AssessmentKind.choices)
    rubric_revision = models.ForeignKey(RubricRevision, models.PROTECT, related_name="assessment_revisions")
    instructions = models.TextField(_("what to do"), blank=True)
    judges_needed = models.PositiveSmallIntegerField(_("assessors needed"), default=1)
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects = RevisionQuerySet["AssessmentRevision"].as_manager()

    class Meta:
        verbose_name = _("assessment revision")
        verbose_name_plural = _("assessment revisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "number"], name="assessment_revision_numbered_once"),
            # As for rubrics: one current revision for each assessment.
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(superseded_at=None),
                name="assessment_revision_one_current_per_assessment",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="assessment_revision_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=AssessmentKind.values), name="assessment_revision_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(judges_needed__gte=1), name="assessment_revision_needs_a_judge"),
            models.CheckConstraint(
                condition=Q(attempts_allowed=None) | Q(attempts_allowed__gte=1),
                name="assessment_revision_allows_an_attempt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} / {self.number}"
