"""Enrollments in program versions, their dated events, and cohorts."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet, Organization
from core.database.ledger import AppendOnly
from core.database.plausible_dates import plausible_dates
from programs.models.programs import Program, ProgramVersion
from programs.rules.enrollment import EventKind


@pghistory.track()
class Cohort(models.Model):
    """People who begin a program version together."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="cohorts", verbose_name=_("program"))
    title = models.CharField(_("title"), max_length=200)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints: ClassVar = [
            plausible_dates("cohort", "starts_on", "ends_on"),
            models.UniqueConstraint(fields=["version", "title"], name="cohort_title_once_per_version"),
            models.CheckConstraint(condition=~Q(title__regex=r"^\s*$"), name="cohort_has_a_title"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
                violation_error_message=_("The end lies before the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EnrollmentQuerySet(LearnerOwnedQuerySet["Enrollment"]):
    """Enrollments by whether they are open."""

    def open(self) -> Self:
        """Return the enrollments that have not ended."""
        return self.filter(ended_on=None)


class Enrollment(models.Model):
    """One learner in one program version. The events decide its state on a day (`programs.rules.enrollment`).

    `version` and `ended_on` are computed from the events and stored here for constraints and lists.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="enrollments")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="enrollments", verbose_name=_("program"))
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="enrollments", verbose_name=_("version"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="enrollments", verbose_name=_("place of study")
    )
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, null=True, blank=True, related_name="enrollments", verbose_name=_("cohort")
    )
    admitted_on = models.DateField(_("admitted on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("recorded"))

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        indexes: ClassVar = [
            # A change of mastery reads the open enrollments of one person.
            models.Index(fields=["learner", "ended_on"], name="enrollment_of_learner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "program"], condition=Q(ended_on=None), name="enrollment_one_open_per_program"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("admitted_on")), name="enrollment_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.version}"


class EventReason(models.TextChoices):
    """Why an event happened, as codes: the ledger has no free text."""

    UNSTATED = "unstated", _("not stated")
    APPLICATION = "application", _("application accepted")
    HEALTH = "health", _("health")
    FAMILY = "family", _("family")
    WORK = "work", _("work")
    FINANCIAL = "financial", _("money")
    SERVICE = "service", _("military or civil service")
    TRANSFER = "transfer", _("goes elsewhere")
    OWN_WISH = "own_wish", _("own wish")
    ABSENCE = "absence", _("absence")
    CONDUCT = "conduct", _("misconduct")
    ACADEMIC = "academic", _("academic reasons")
    REQUIREMENTS_MET = "requirements_met", _("requirements met")
    NEW_VERSION = "new_version", _("new version of the program")
    MISTAKE = "mistake", _("recorded by mistake")


class EnrollmentEvent(AppendOnly):
    """An event of an enrollment, in effect from a day (invariant 1).

    A correction refers to the event that it voids.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="enrollment_events")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=20, choices=[(kind.value, kind.value) for kind in EventKind])
    effective_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=20, choices=EventReason.choices)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="enrollment_events"
    )
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    to_version = models.ForeignKey(
        ProgramVersion, models.PROTECT, null=True, blank=True, related_name="enrollment_events"
    )

    objects = LearnerOwnedQuerySet["EnrollmentEvent"].as_manager()

    class Meta:
        verbose_name = _("enrollment event")
        verbose_name_plural = _("enrollment events")
        indexes: ClassVar = [models.Index(fields=["learner", "effective_on"], name="enrollment_event_of_learner")]
        constraints: ClassVar = [
            plausible_dates("enrollment_event", "effective_on"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EventKind]), name="enrollment_event_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(reason__in=EventReason.values), name="enrollment_event_reason_is_known"),
            models.CheckConstraint(
                condition=Q(kind="correct", corrects__isnull=False) | Q(~Q(kind="correct"), corrects=None),
                name="enrollment_event_corrects_another",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["admit", "change_version"], to_version__isnull=False)
                | Q(~Q(kind__in=["admit", "change_version"]), to_version=None),
                name="enrollment_event_names_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class EnrollmentEventBody(models.Model):
    """A note on an event; `content` may only be erased (set to NULL)."""

    event = models.OneToOneField(EnrollmentEvent, models.PROTECT, related_name="body")
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words about an enrollment event")
        verbose_name_plural = _("words about enrollment events")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="enrollment_event_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.event_id)
