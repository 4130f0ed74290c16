"""Which advisor looks after which learner, and when."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learners import Learner, LearnerOwnedQuerySet
from core.database.plausible_dates import plausible_dates


class AdvisorAssignmentQuerySet(LearnerOwnedQuerySet["AdvisorAssignment"]):
    """Assignments by time."""

    def in_force(self, at: datetime) -> Self:
        """Those in force at the instant `at`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class AdvisorAssignment(models.Model):
    """One learner of one advisor, up to but not including `ends_at`. An advisor sees these learners and no others."""

    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="advised_learners", verbose_name=_("advisor")
    )
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="advisors", verbose_name=_("learner"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("assigned by")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    objects = AdvisorAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("advisor of a learner")
        verbose_name_plural = _("advisors of learners")
        constraints: ClassVar = [
            plausible_dates("advisor_assignment", instants=("starts_at", "ends_at")),
            models.UniqueConstraint(
                fields=["advisor", "learner"],
                condition=Q(ends_at=None),
                name="advisor_assignment_open_once",
                violation_error_message=_("This person advises this learner already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="advisor_assignment_ends_after_it_starts",
                violation_error_message=_("The end lies before the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.advisor}: {self.learner}"
