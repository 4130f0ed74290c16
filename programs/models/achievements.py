"""What can be earned (Open Badges: an achievement), and the versions in which it is awarded."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from competencies.models import Competency
from programs.models.programs import DIGEST, Program, ProgramVersion, VersionState
from programs.models.requirements import Requirement


class AchievementType(models.TextChoices):
    """Values of the AchievementType enumeration of Open Badges 3.0 that institutions award."""

    MICRO_CREDENTIAL = "MicroCredential", _("micro-credential")
    CERTIFICATE = "Certificate", _("certificate")
    DIPLOMA = "Diploma", _("diploma")
    COMPETENCY = "Competency", _("competency")
    COURSE = "Course", _("course")
    LEARNING_PROGRAM = "LearningProgram", _("learning program")
    CERTIFICATE_OF_COMPLETION = "CertificateOfCompletion", _("certificate of completion")
    CERTIFICATION = "Certification", _("certification")
    APPRENTICESHIP_CERTIFICATE = "ApprenticeshipCertificate", _("apprenticeship certificate")
    JOURNEYMAN_CERTIFICATE = "JourneymanCertificate", _("journeyman certificate")
    MASTER_CERTIFICATE = "MasterCertificate", _("master craftsman certificate")
    LICENSE = "License", _("licence")
    ASSOCIATE_DEGREE = "AssociateDegree", _("associate degree")
    BACHELOR_DEGREE = "BachelorDegree", _("bachelor degree")
    MASTER_DEGREE = "MasterDegree", _("master degree")
    DEGREE = "Degree", _("degree")
    ACHIEVEMENT = "Achievement", _("achievement")


class Granting(models.TextChoices):
    """Who grants the award once the requirements are met."""

    AUTOMATIC = "automatic", _("at once, by rule")
    REGISTRAR = "registrar", _("a registrar, one by one")
    CONFERRAL = "conferral", _("a registrar, on a day of conferral")


@pghistory.track()
class Achievement(models.Model):
    """Something that can be earned, whatever its version; of a program, or of a requirement or competency alone.

    Title, type and organization are those of the newest published version; an award has those of its own version.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="achievements", verbose_name=_("awarding organization")
    )
    title = models.CharField(_("title"), max_length=200)
    achievement_type = models.CharField(_("type"), max_length=40, choices=AchievementType.choices)
    program = models.ForeignKey(
        Program, models.PROTECT, null=True, blank=True, related_name="achievements", verbose_name=_("program")
    )
    made_at = models.DateTimeField(_("made"), editable=False)

    class Meta:
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(program__isnull=False), name="achievement_one_per_program"
            ),
            models.CheckConstraint(
                condition=Q(achievement_type__in=AchievementType.values), name="achievement_type_is_known"
            ),
            models.CheckConstraint(condition=~Q(title__regex=r"^\s*$"), name="achievement_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class AchievementVersionQuerySet(models.QuerySet["AchievementVersion"]):
    """Achievement versions by state."""

    def drafts(self) -> Self:
        """Return the drafts."""
        return self.filter(state=VersionState.DRAFT)

    def published(self) -> Self:
        """Return the versions in force."""
        return self.filter(state=VersionState.PUBLISHED)

    def frozen(self) -> Self:
        """Return the versions that awards can name: in force, or retired while enrolled learners continue."""
        return self.exclude(state=VersionState.DRAFT)


@pghistory.track(exclude=["content"])
class AchievementVersion(models.Model):
    """The terms of an achievement's awards; a trigger freezes them once published (invariant 7).

    Type, title and awarding organization are columns here, so that a later draft cannot reach what was granted.
    `content` is everything as JSON, with type and subject; documents read only that. Without `credits` an award has the
    credits that were earned; without `valid_for_months` it never lapses.
    """

    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="versions", verbose_name=_("achievement"))
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    program_version = models.OneToOneField(
        ProgramVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="achievement_version",
        verbose_name=_("program version"),
    )
    requirement = models.ForeignKey(
        Requirement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="achievement_versions",
        verbose_name=_("requirement"),
    )
    competency = models.ForeignKey(
        Competency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="achievement_versions",
        verbose_name=_("competency"),
    )
    title = models.CharField(_("title"), max_length=200)
    achievement_type = models.CharField(_("type"), max_length=40, choices=AchievementType.choices)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="achievement_versions", verbose_name=_("awarding organization")
    )
    description = models.TextField(_("description"), blank=True, max_length=5000)
    criteria = models.TextField(_("what is asked for"), blank=True, max_length=10000, help_text=_("Markdown."))
    language = models.CharField(_("language"), max_length=35, default="en")
    granting = models.CharField(_("granted by"), max_length=10, choices=Granting.choices)
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2, null=True, blank=True)
    credit_unit = models.CharField(_("unit of credit"), max_length=40, default="credits")
    valid_for_months = models.PositiveSmallIntegerField(_("valid for, in months"), null=True, blank=True)
    content = models.JSONField(_("content"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=67, blank=True)
    made_at = models.DateTimeField(_("made"), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = AchievementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("achievement version")
        verbose_name_plural = _("achievement versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["achievement", "number"], name="achievement_version_numbered_once"),
            models.UniqueConstraint(
                fields=["achievement"], condition=Q(state="draft"), name="achievement_version_one_draft"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="achievement_version_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values), name="achievement_version_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(granting__in=Granting.values), name="achievement_version_granting_is_known"
            ),
            models.CheckConstraint(
                condition=Q(program_version__isnull=False, requirement=None, competency=None)
                | Q(program_version=None, requirement__isnull=False, competency=None)
                | Q(program_version=None, requirement=None, competency__isnull=False),
                name="achievement_version_is_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(title__regex=r"^\s*$"), name="achievement_version_has_a_title"),
            models.CheckConstraint(
                condition=Q(achievement_type__in=AchievementType.values),
                name="achievement_version_type_is_known",
                violation_error_message=_("Choose a type from the list."),
            ),
            models.CheckConstraint(
                condition=Q(language__regex=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
                name="achievement_version_language_is_a_tag",
            ),
            models.CheckConstraint(
                condition=(Q(credits=None) | Q(credits__gte=0)) & ~Q(credit_unit=""),
                name="achievement_version_credits_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(valid_for_months=None) | Q(valid_for_months__gte=1),
                name="achievement_version_valid_for_a_while",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None, content__isnull=True, digest="")
                | Q(~Q(state="draft"), published_at__isnull=False, content__isnull=False, digest__regex=DIGEST),
                name="achievement_version_published_with_its_content",
            ),
            models.CheckConstraint(
                condition=Q(state="retired", retired_at__isnull=False) | Q(~Q(state="retired"), retired_at=None),
                name="achievement_version_retired_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} / {self.number}"

    @property
    def automatic(self) -> bool:
        """Whether the rule grants it, without a person."""
        return self.granting == Granting.AUTOMATIC
