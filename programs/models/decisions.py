"""Decisions about single learners: milestone records and recognitions."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet, Organization
from competencies.models import Competency, ProficiencyLevel
from core.database.plausible_dates import plausible_dates
from programs.rules.attainments import Basis


@pghistory.track()
class Milestone(models.Model):
    """Something to reach or to count that is no competency: a placement, a safety briefing, hours at sea."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(_("counted in"), max_length=40, blank=True, help_text=_("Empty: it is reached, or not."))
    made_at = models.DateTimeField(_("made"), editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["title"],
                name="milestone_title_is_one",
                violation_error_message=_("There is a milestone of this title."),
            ),
            models.CheckConstraint(condition=~Q(title__regex=r"^\s*$"), name="milestone_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


def withdrawn_by_someone(name: str) -> models.CheckConstraint:
    """Return the constraint that a withdrawn decision names who withdrew it, and no other does."""
    return models.CheckConstraint(
        condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
        name=name,
    )


class MilestoneReachedQuerySet(LearnerOwnedQuerySet["MilestoneReached"]):
    """Milestone records by state."""

    def standing(self) -> Self:
        """Return the rows that are not withdrawn."""
        return self.filter(withdrawn_at=None)


class MilestoneReached(models.Model):
    """A learner reached a milestone, or a quantity of one that is counted."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="milestones_reached")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="reached", verbose_name=_("milestone"))
    reached_on = models.DateField(_("reached on"))
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2, null=True, blank=True)
    basis = models.CharField(
        _("basis"),
        max_length=20,
        choices=[(basis.value, basis.value) for basis in Basis],
        default=Basis.ASSESSED_HERE.value,
    )
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MilestoneReachedQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone record")
        verbose_name_plural = _("milestone records")
        constraints: ClassVar = [
            plausible_dates("milestone_reached", "reached_on", unless=Q(withdrawn_at__isnull=False)),
            models.UniqueConstraint(
                fields=["learner", "milestone"],
                condition=Q(withdrawn_at=None, quantity=None),
                name="milestone_reached_once",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="milestone_reached_quantity_is_something"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=[basis.value for basis in Basis]), name="milestone_reached_basis_is_known"
            ),
            withdrawn_by_someone("milestone_reached_withdrawn_by_someone"),
        ]

    def __str__(self) -> str:
        return str(self.milestone)


class RecognitionBasis(models.TextChoices):
    """Where the recognized study was assessed."""

    TRANSFER = "transfer", _("credit transfer")
    EXTERNAL = "external", _("a certificate from elsewhere")


class RecognitionQuerySet(LearnerOwnedQuerySet["Recognition"]):
    """Recognitions by state."""

    def standing(self) -> Self:
        """Return the rows that are not withdrawn."""
        return self.filter(withdrawn_at=None)


class Recognition(models.Model):
    """A decision that finished study at another place counts here. The body has the place and the name of the study.

    `conversions` are ranks that a registrar stated on other scales, by the scale's public id. `without_level`: it was
    accepted where a level is asked for although it has none; the body has the reason.

    Without a competency it counts only where any competency counts: at free electives.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="recognitions")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    basis = models.CharField(_("basis"), max_length=10, choices=RecognitionBasis.choices)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name=_("studied at")
    )
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name=_("competency")
    )
    level = models.ForeignKey(
        ProficiencyLevel, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name=_("level")
    )
    conversions = models.JSONField(_("levels on other scales"), default=dict, blank=True)
    without_level = models.BooleanField(_("accepted without a level"), default=False)
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2, null=True, blank=True)
    source_credits = models.DecimalField(
        _("credits at the source"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("All that the study was worth there, converted to credits of this institution."),
    )
    achieved_on = models.DateField(_("finished on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The first day without it."))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit transfer")
        verbose_name_plural = _("credit transfers")
        constraints: ClassVar = [
            plausible_dates("recognition", "achieved_on", "valid_until", unless=Q(withdrawn_at__isnull=False)),
            models.CheckConstraint(condition=Q(basis__in=RecognitionBasis.values), name="recognition_basis_is_known"),
            models.CheckConstraint(
                condition=Q(credits=None) | Q(credits__gte=0), name="recognition_credits_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(source_credits=None) | Q(credits=None) | Q(credits__lte=F("source_credits")),
                name="recognition_credits_within_the_source",
                violation_error_message=_("More credits are recognized than the study was worth at the source."),
            ),
            models.CheckConstraint(
                condition=Q(competency__isnull=False) | Q(credits__isnull=False), name="recognition_brings_something"
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(competency__isnull=False), name="recognition_level_is_of_a_competency"
            ),
            models.CheckConstraint(
                condition=Q(conversions={}) | Q(level__isnull=False), name="recognition_converts_a_level"
            ),
            models.CheckConstraint(
                condition=Q(without_level=False) | Q(level=None, competency__isnull=False),
                name="recognition_without_level_has_none",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("achieved_on")),
                name="recognition_ends_after_it_starts",
            ),
            withdrawn_by_someone("recognition_withdrawn_by_someone"),
        ]

    def __str__(self) -> str:
        return str(self.competency or self.get_basis_display())


class RecognitionBody(models.Model):
    """A note on the study and its place; `content` may only be erased (set to NULL)."""

    recognition = models.OneToOneField(Recognition, models.PROTECT, related_name="body")
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words of a credit transfer")
        verbose_name_plural = _("words of credit transfers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="recognition_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.recognition_id)
