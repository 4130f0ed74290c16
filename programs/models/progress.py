"""Progress of enrollments: their stored audits."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly
from programs.models.enrollments import Enrollment
from programs.models.programs import DIGEST

METHODS = ("audit@1", "audit@2", "audit@3")
"""The values of `programs.audit.rules.context.Method`, oldest first; the last is `NEWEST` there."""


class ProgressStatus(models.TextChoices):
    """The values of `programs.audit.rules.result.Status`."""

    UNMET = "unmet", _("under way")
    IN_PROGRESS = "in_progress", _("met once work under way is done")
    MET = "met", _("requirements met")


class ProgressQuerySet(LearnerOwnedQuerySet["Progress"]):
    """Progress by whether it needs a new audit."""

    def due(self, at: datetime) -> Self:
        """Return the rows that need a new audit by the instant `at`."""
        return self.filter(holds_until__lte=at)

    def by_older_methods(self) -> Self:
        """Return the rows of open enrollments that were audited by another method than the newest one."""
        return self.filter(enrollment__ended_on=None).exclude(method=METHODS[-1])

    def ended_by_older_methods(self) -> Self:
        """Return the rows of ended enrollments, which keep the method of their last audit."""
        return self.filter(enrollment__ended_on__isnull=False).exclude(method=METHODS[-1])

    def stale(self) -> Self:
        """Return the rows that wait for a job with the solver."""
        return self.filter(stale_since__isnull=False)


class Progress(models.Model):
    """The outcome of `audit()` for one enrollment, its JSON and its digest.

    From the instant `holds_until` on, the same inputs may give another answer. `stale_since` is set when the inputs
    have changed and bounds alone did not decide. No page shows a row that is stale or past `holds_until`. `method` is
    the meaning of the audit (`programs.audit.rules.context.Method`); it changes when a row is moved to a newer one.
    """

    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="progress")
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="progress")
    # Without a default: who writes a row says by which meaning it was audited.
    method = models.CharField(_("method of the audit"), max_length=10)
    status = models.CharField(_("status"), max_length=12, choices=ProgressStatus.choices)
    percent = models.PositiveSmallIntegerField(_("percent"))
    distance = models.PositiveIntegerField(_("left, in hundredths of a credit"))
    proven = models.BooleanField(_("proven"))
    met_on = models.DateField(_("requirements met on"), null=True, blank=True)
    audit = models.JSONField(_("audit"))
    assignment = models.JSONField(_("what counts toward what"))
    digest = models.CharField(_("digest"), max_length=67)
    holds_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    stale_since = models.DateTimeField(_("stale since"), null=True, blank=True)
    audited_at = models.DateTimeField(_("audited"))

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        indexes: ClassVar = [
            # The sweeps read only due and stale rows; partial indexes keep these indexes small.
            models.Index(fields=["holds_until"], condition=Q(holds_until__isnull=False), name="progress_due"),
            models.Index(fields=["stale_since"], condition=Q(stale_since__isnull=False), name="progress_stale"),
            # For the job that moves open enrollments to the newest method: in the end there are none.
            models.Index(fields=["learner"], condition=~Q(method=METHODS[-1]), name="progress_by_older_methods"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(method__in=METHODS), name="progress_method_is_known"),
            models.CheckConstraint(condition=Q(status__in=ProgressStatus.values), name="progress_status_is_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_percent_of_a_hundred"),
            # A row cannot say "met" while its audit leaves work to do, whatever code wrote it.
            models.CheckConstraint(
                condition=Q(status="met", distance=0, percent=100) | Q(~Q(status="met"), distance__gt=0),
                name="progress_met_when_nothing_is_left",
            ),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="progress_digest_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class AuditMove(AppendOnly):
    """An open enrollment was moved to a newer method of audit: its figures before and after.

    Distances and credits are hundredths; `credits` are those that counted at the root. `awards_in_question` is the
    number of awards in force that the new method would not give; each is listed for review.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="audit_moves")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="audit_moves", verbose_name=_("enrollment"))
    old_method = models.CharField(_("method before"), max_length=10, choices=[(name, name) for name in METHODS])
    new_method = models.CharField(_("method after"), max_length=10, choices=[(name, name) for name in METHODS])
    moved_at = models.DateTimeField(_("moved"))
    status_before = models.CharField(_("status before"), max_length=12, choices=ProgressStatus.choices)
    status_after = models.CharField(_("status after"), max_length=12, choices=ProgressStatus.choices)
    percent_before = models.PositiveSmallIntegerField(_("percent before"))
    percent_after = models.PositiveSmallIntegerField(_("percent after"))
    distance_before = models.PositiveIntegerField(_("left before, in hundredths"))
    distance_after = models.PositiveIntegerField(_("left after, in hundredths"))
    credits_before = models.PositiveIntegerField(_("credits before, in hundredths"))
    credits_after = models.PositiveIntegerField(_("credits after, in hundredths"))
    changed = models.BooleanField(_("figures changed"))
    awards_in_question = models.PositiveSmallIntegerField(_("awards to review"), default=0)

    objects = LearnerOwnedQuerySet["AuditMove"].as_manager()

    class Meta:
        verbose_name = _("change of audit method")
        verbose_name_plural = _("changes of audit method")
        indexes: ClassVar = [models.Index(fields=["learner", "enrollment"], name="audit_move_of_learner")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrollment", "new_method"], name="audit_move_once_per_method"),
            models.CheckConstraint(
                condition=Q(old_method__in=METHODS, new_method__in=METHODS) & ~Q(old_method=F("new_method")),
                name="audit_move_between_two_methods",
            ),
            models.CheckConstraint(
                condition=Q(status_before__in=ProgressStatus.values, status_after__in=ProgressStatus.values),
                name="audit_move_status_is_known",
            ),
            # The report lists the changed rows, so the flag has to say what the figures say.
            models.CheckConstraint(
                condition=Q(
                    changed=False,
                    status_before=F("status_after"),
                    percent_before=F("percent_after"),
                    distance_before=F("distance_after"),
                    credits_before=F("credits_after"),
                )
                | Q(
                    Q(changed=True),
                    ~Q(status_before=F("status_after"))
                    | ~Q(percent_before=F("percent_after"))
                    | ~Q(distance_before=F("distance_after"))
                    | ~Q(credits_before=F("credits_after")),
                ),
                name="audit_move_changed_where_figures_differ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_method} → {self.new_method}"
