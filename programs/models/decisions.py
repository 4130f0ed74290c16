"""Decisions about single learners: milestone records, recognitions, exceptions."""

import uuid
from datetime import date
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Approval, Learner, LearnerOwnedQuerySet, Organization
from competencies.models import Competency, ProficiencyLevel
from core.database.plausible_dates import plausible_dates
from programs.rules.attainments import Basis, ExceptionKind


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


def _withdrawn(name: str) -> models.CheckConstraint:
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
            _withdrawn("milestone_reached_withdrawn_by_someone"),
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
            _withdrawn("recognition_withdrawn_by_someone"),
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


EXCEPTION_KINDS = (
    (ExceptionKind.WAIVE.value, _("waive")),
    (ExceptionKind.SUBSTITUTE.value, _("substitute")),
    (ExceptionKind.ALSO_ALLOW.value, _("also allow")),
    (ExceptionKind.APPLY_HERE.value, _("apply here")),
    (ExceptionKind.FORCE_COMPLETE.value, _("force complete")),
)


class ExceptionReason(models.TextChoices):
    """Why an exception was made, as a code. Health and personal circumstances never leave the office."""

    EQUIVALENT = "equivalent_study", _("equivalent study")
    EXPERIENCE = "experience", _("experience at work")
    CURRICULUM = "curriculum_change", _("the program has changed")
    NOT_OFFERED = "not_offered", _("it was not offered in time")
    AGREEMENT = "agreement", _("an agreement with another institution")
    OFFICE = "office_error", _("a mistake of the office")
    HEALTH = "health", _("health or disability")
    PERSONAL = "personal", _("personal circumstances")
    OTHER = "other", _("another reason")


class ExceptionBatch(models.Model):
    """Exceptions that one request for approval covers: one of them, or the same one for many learners."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))

    class Meta:
        verbose_name = _("exceptions to approve")
        verbose_name_plural = _("exceptions to approve")

    def __str__(self) -> str:
        return str(_("exceptions to approve"))


class RequirementExceptionQuerySet(LearnerOwnedQuerySet["RequirementException"]):
    """Exceptions by state."""

    def standing(self) -> Self:
        """Return the rows that are not withdrawn."""
        return self.filter(withdrawn_at=None)

    def counting(self) -> Self:
        """Return the rows that are not withdrawn and do not wait for an approval."""
        return self.standing().filter(Q(batch=None) | Q(approval__isnull=False))

    def in_force(self, on: date) -> Self:
        """Return the exceptions in force on a day."""
        return self.counting().filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))

    def ended_unreviewed(self, on: date) -> Self:
        """Return the exceptions that have ended by date by the day `on`, and whose awards nobody has looked at."""
        return self.counting().filter(ends_on__lte=on, end_reviewed_at=None)


class RequirementException(models.Model):
    """An exception for one enrollment about one node of its tree (see `programs.rules.attainments`).

    `node` is the node's key; `attainment` is an id as in `attainments_of`. Where a second registrar has to agree,
    `batch` is what is asked of them, and `approval` their decision: until then it counts in projections only.
    `end_reviewed_at` is when the awards that rest on it were listed for review, after its last day.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="requirement_exceptions")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey("programs.Enrollment", models.PROTECT, related_name="exceptions")
    kind = models.CharField(
        _("decision"),
        max_length=20,
        choices=EXCEPTION_KINDS,
    )
    node = models.CharField(_("requirement"), max_length=100)
    attainment = models.CharField(_("what counts"), max_length=100, blank=True)
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="requirement_exceptions"
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    approval = models.ForeignKey(
        Approval, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=ExceptionReason.choices, blank=True)
    batch = models.ForeignKey(
        ExceptionBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exceptions",
        verbose_name=_("asked together with"),
    )
    decided_at = models.DateTimeField(_("decided"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    end_reviewed_at = models.DateTimeField(_("awards reviewed after its end"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequirementExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints: ClassVar = [
            plausible_dates("requirement_exception", "starts_on", "ends_on", unless=Q(withdrawn_at__isnull=False)),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ExceptionKind]),
                name="requirement_exception_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(node=""), name="requirement_exception_names_a_node"),
            models.CheckConstraint(
                condition=Q(kind__in=["substitute", "apply_here"], attainment__gt="")
                | Q(~Q(kind__in=["substitute", "apply_here"]), attainment=""),
                name="requirement_exception_names_what_counts",
            ),
            models.CheckConstraint(
                condition=Q(kind="also_allow", competency__isnull=False) | Q(~Q(kind="also_allow"), competency=None),
                name="requirement_exception_names_a_competency",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gt=F("starts_on")),
                name="requirement_exception_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=ExceptionReason.values),
                name="requirement_exception_reason_is_known",
            ),
            _withdrawn("requirement_exception_withdrawn_by_someone"),
        ]
        indexes: ClassVar = [
            # A sweep looks for exceptions that have ended by date; nearly all have no end.
            models.Index(
                fields=["ends_on"],
                condition=Q(ends_on__isnull=False, withdrawn_at=None, end_reviewed_at=None),
                name="requirement_exception_ending",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def pending(self) -> bool:
        """Whether it waits for the approval of a second registrar."""
        return self.batch_id is not None and self.approval_id is None


class RequirementExceptionBody(models.Model):
    """The reason of an exception; `content` may only be erased (set to NULL)."""

    exception = models.OneToOneField(RequirementException, models.PROTECT, related_name="body")
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words of an exception")
        verbose_name_plural = _("words of exceptions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True),
                name="requirement_exception_body_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return str(self.exception_id)
