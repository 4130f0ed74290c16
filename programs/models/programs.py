"""Programs and their versions."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, ProficiencyScale
from core.database.plausible_dates import plausible_dates

DIGEST = r"^c1:[0-9a-f]{64}$"


@pghistory.track()
class Program(models.Model):
    """A program under its name; its versions have the requirements."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="programs", verbose_name=_("awarding organization")
    )
    made_at = models.DateTimeField(_("made"), editable=False)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"],
                name="program_code_is_one",
                violation_error_message=_("Another program has this code."),
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\S(.*\S)?$"), name="program_has_a_code"),
            models.CheckConstraint(condition=~Q(title__regex=r"^\s*$"), name="program_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class VersionState(models.TextChoices):
    """The states of a program version."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class ProgramVersionQuerySet(models.QuerySet["ProgramVersion"]):
    """Program versions by state."""

    def published(self) -> Self:
        """Return the versions in force."""
        return self.filter(state=VersionState.PUBLISHED)

    def drafts(self) -> Self:
        """Return the drafts."""
        return self.filter(state=VersionState.DRAFT)


@pghistory.track(exclude=["content"])
class ProgramVersion(models.Model):
    """The requirements of a program; a trigger freezes version and requirements once published (invariant 7).

    `content` is everything as JSON: tree, statements, policies, credits. Audits and documents read only that. After
    publication only the state, the days of closing and teaching out, and the successor change.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions", verbose_name=_("program"))
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    credit_unit = models.CharField(_("unit of credit"), max_length=40, default="credits")
    closed_to_entry_on = models.DateField(_("closed to entry on"), null=True, blank=True)
    teach_out_until = models.DateField(_("taught until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    content = models.JSONField(_("content"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=67, blank=True)
    made_at = models.DateTimeField(_("made"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = ProgramVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("program version")
        verbose_name_plural = _("program versions")
        constraints: ClassVar = [
            plausible_dates("program_version", "closed_to_entry_on", "teach_out_until"),
            models.UniqueConstraint(fields=["program", "number"], name="program_version_numbered_once"),
            models.UniqueConstraint(
                fields=["program"], condition=Q(state="draft"), name="program_version_one_draft_per_program"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="program_version_numbers_from_one"),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="program_version_state_is_known"),
            models.CheckConstraint(condition=~Q(credit_unit=""), name="program_version_names_its_unit"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None, content__isnull=True, digest="")
                | Q(~Q(state="draft"), published_at__isnull=False, content__isnull=False, digest__regex=DIGEST),
                name="program_version_published_with_its_content",
            ),
            models.CheckConstraint(
                condition=Q(state="retired", retired_at__isnull=False) | Q(~Q(state="retired"), retired_at=None),
                name="program_version_retired_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(teach_out_until=None)
                | Q(closed_to_entry_on__isnull=False, teach_out_until__gte=F("closed_to_entry_on")),
                name="program_version_closes_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("id")), name="program_version_followed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} / {self.number}"

    @property
    def writable(self) -> bool:
        """Whether it is a draft."""
        return self.state == VersionState.DRAFT

    @property
    def published(self) -> bool:
        """Whether it is in force."""
        return self.state == VersionState.PUBLISHED


class VersionPolicyAssignment(models.Model):
    """The policy for one scale in a program version; it wins over institution, framework and competency."""

    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="policy_assignments")
    policy_version = models.ForeignKey(MasteryPolicyVersion, models.PROTECT, related_name="program_assignments")
    scale = models.ForeignKey(ProficiencyScale, models.PROTECT, related_name="program_policy_assignments")

    class Meta:
        verbose_name = _("policy of a program version")
        verbose_name_plural = _("policies of program versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "scale"], name="version_policy_one_per_scale"),
        ]

    def __str__(self) -> str:
        return str(self.policy_version)


class VersionCredit(models.Model):
    """The credit that a mastered competency brings to the credits groups of a program version.

    It counts before the credit that the framework declares, and after the credit of a requirement for the competency.
    Without a competency it is for all that nothing else names.
    """

    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="credit_table")
    competency = models.ForeignKey(
        Competency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="version_credits",
        verbose_name=_("competency"),
    )
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = _("credit of a competency in a version")
        verbose_name_plural = _("credits of competencies in versions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "competency"],
                nulls_distinct=False,
                name="version_credit_one_per_competency",
                violation_error_message=_("This version says already what the competency is worth."),
            ),
            models.CheckConstraint(
                condition=Q(credits__gte=0),
                name="version_credit_not_negative",
                violation_error_message=_("Credits are 0 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id}: {self.credits}"
