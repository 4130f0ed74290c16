"""Links between records of one person."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learners import Learner, LearnerOwnedQuerySet


class LearnerLinkQuerySet(LearnerOwnedQuerySet["LearnerLink"]):
    """Links in force and undone ones."""

    def in_force(self) -> Self:
        """Those that are not undone."""
        return self.filter(unlinked_at=None)


class LearnerLink(models.Model):
    """The statement that two records belong to one person, until it is undone. A row is its own history.

    The links in force never form a ring, so that undoing one always separates two groups of records.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="links_upward", verbose_name=_("record"))
    other = models.ForeignKey(Learner, models.PROTECT, related_name="links_downward", verbose_name=_("other record"))
    reason = models.CharField(_("reason"), max_length=500)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(_("linked"))
    unlink_reason = models.CharField(_("reason for parting"), max_length=500, blank=True)
    unlinked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    unlinked_at = models.DateTimeField(_("parted"), null=True)

    objects = LearnerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of records")
        verbose_name_plural = _("links of records")
        indexes: ClassVar = [models.Index(fields=["other"], name="learner_link_of_other")]
        constraints: ClassVar = [
            # One order for each pair, so that the unique constraint below also finds the reversed pair.
            models.CheckConstraint(condition=Q(learner__lt=F("other")), name="learner_link_lower_record_first"),
            models.UniqueConstraint(
                fields=["learner", "other"], condition=Q(unlinked_at=None), name="learner_link_stated_once"
            ),
            models.CheckConstraint(
                condition=Q(unlinked_at=None, unlinked_by=None)
                | Q(unlinked_at__gte=F("linked_at"), unlinked_by__isnull=False),
                name="learner_link_parted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} = {self.other_id}"
