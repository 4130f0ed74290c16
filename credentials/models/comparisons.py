"""Each comparison of a typed name with the name that a document prints."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly

TRIES_A_DAY = 3


class NameComparison(AppendOnly):
    """One try of somebody who has a document; the name that they typed is not kept, nor who they are.

    `number` counts the tries for the document on this civil day of learners, whoever made them.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="name_comparisons")
    document = models.ForeignKey("credentials.Document", models.PROTECT, related_name="name_comparisons")
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("try"))
    matched = models.BooleanField(_("matched"))
    compared_at = models.DateTimeField(_("when"))

    objects = LearnerOwnedQuerySet["NameComparison"].as_manager()

    class Meta:
        verbose_name = _("comparison of a name")
        verbose_name_plural = _("comparisons of names")
        # What a learner sees: the latest first.
        indexes: ClassVar = [models.Index(fields=["learner", "compared_at"], name="name_comparison_of_learner")]
        constraints: ClassVar = [
            # The last guard of the limit: two callers at once get different numbers, and there are only three.
            models.UniqueConstraint(fields=["document", "day", "number"], name="name_comparison_counted_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=TRIES_A_DAY), name="name_comparison_within_its_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"comparison {self.pk}"
