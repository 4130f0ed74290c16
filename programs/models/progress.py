"""Progress of enrollments: their stored audits."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from programs.models.enrollments import Enrollment
from programs.models.programs import DIGEST


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

    def stale(self) -> Self:
        """Return the rows that wait for a job with the solver."""
        return self.filter(stale_since__isnull=False)


class Progress(models.Model):
    """The outcome of `audit()` for one enrollment, its JSON and its digest.

    From the instant `holds_until` on, the same inputs may give another answer. `stale_since` is set when the inputs
    have changed and bounds alone did not decide. No page shows a row that is stale or past `holds_until`.
    """

    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="progress")
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="progress")
    status = models.CharField(_("status"), max_length=12, choices=ProgressStatus.choices)
    percent = models.PositiveSmallIntegerField(_("percent"))
    distance = models.PositiveIntegerField(_("left, in hundredths of a credit"))
    proven = models.BooleanField(_("proven"))
    met_on = models.DateField(_("requirements met on"), null=True, blank=True)
    audit = models.JSONField(_("audit"))
    assignment = models.JSONField(_("what counts for what"))
    digest = models.CharField(_("digest"), max_length=67)
    holds_until = models.DateTimeField(_("holds until"), null=True, blank=True)
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
        ]
        constraints: ClassVar = [
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
