"""Identifiers of learners in other systems."""

from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learners import Learner, LearnerOwnedQuerySet


class LearnerIdentifierQuerySet(LearnerOwnedQuerySet["LearnerIdentifier"]):
    """Identifiers, current and ended ones."""

    def current(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def printable(self) -> Self:
        """Those that documents may show."""
        return self.current().filter(prints=True)


@pghistory.track()
class LearnerIdentifier(models.Model):
    """A learner's identifier in a scheme of an issuer, such as a national student number.

    Documents show it only if `prints` is set, because many schemes forbid that.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="identifiers", verbose_name=_("learner"))
    scheme = models.CharField(_("scheme"), max_length=100)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    value = models.CharField(_("identifier"), max_length=200)
    prints = models.BooleanField(_("may stand on documents"), default=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = LearnerIdentifierQuerySet.as_manager()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        # The learner's page and the exports list identifiers by scheme.
        indexes: ClassVar = [models.Index(fields=["learner", "scheme"], name="learner_identifier_of_learner")]
        constraints: ClassVar = [
            # Only current identifiers are unique: an issuer may give an ended one to another learner.
            models.UniqueConstraint(
                fields=["scheme", "issuer", "value"],
                condition=Q(ended_at=None),
                name="learner_identifier_names_one_learner",
                violation_error_message=_("This identifier already names a learner."),
            ),
            # Spaces at the ends would make two equal identifiers look different to the unique constraint.
            models.CheckConstraint(
                condition=~Q(scheme="") & Q(value__regex=r"^\S(.*\S)?$"), name="learner_identifier_is_written"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")),
                name="learner_identifier_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} of learner {self.learner_id}"

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return f"{self.scheme} · {self.value}"
