"""Exceptions for single enrollments, and the batches in which a second registrar approves them."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Approval, ApprovalAct, ApprovedKind, Learner, LearnerOwnedQuerySet
from competencies.models import Competency
from core.database.plausible_dates import plausible_dates
from programs.models.decisions import withdrawn_by_someone
from programs.rules.attainments import ExceptionKind

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


_APPROVED = Q(batch=None) | Q(approval__isnull=False)
REQUESTS = Approval.objects.about(ApprovalAct.EXCEPT, ApprovedKind.EXCEPTION_BATCH, OuterRef("batch__public_id"))
"""The requests for approval of an exception, for a subquery of a query of exceptions."""


class RequirementExceptionQuerySet(LearnerOwnedQuerySet["RequirementException"]):
    """Exceptions by state."""

    def standing(self) -> Self:
        """Return the rows that are not withdrawn."""
        return self.filter(withdrawn_at=None)

    def counting(self) -> Self:
        """Return the rows that are not withdrawn and have the approval that they need."""
        return self.standing().filter(_APPROVED)

    def audited(self) -> Self:
        """Return the rows that an audit reads: those that count, and those whose approval is asked for and open.

        What was declined, or asked for in vain, is not even projected until somebody asks again.
        """
        return self.standing().filter(_APPROVED | Exists(REQUESTS.open()))

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
            withdrawn_by_someone("requirement_exception_withdrawn_by_someone"),
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
    def unapproved(self) -> bool:
        """Whether it needs the approval of a second registrar and has none: asked for, declined or void."""
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
