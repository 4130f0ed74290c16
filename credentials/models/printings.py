"""PDFs that are kept for a while, so that they need not be drawn twice."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from credentials.models.issuers import DIGEST


class Printing(models.Model):
    """A PDF of the facts with this digest; it is deleted after a while and made again on request."""

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="printings")
    digest = models.CharField(_("digest of its facts"), max_length=67)
    design = models.CharField(_("version of the design"), max_length=10)
    content = models.BinaryField(_("PDF"))
    made_at = models.DateTimeField(_("made"), db_index=True)

    objects = LearnerOwnedQuerySet["Printing"].as_manager()

    class Meta:
        verbose_name = _("printing")
        verbose_name_plural = _("printings")
        constraints: ClassVar = [
            # The key of the cache; a new design makes new rows.
            models.UniqueConstraint(fields=["learner", "digest", "design"], name="printing_once_per_facts_and_design"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="printing_has_a_digest"),
        ]

    def __str__(self) -> str:
        return self.digest
