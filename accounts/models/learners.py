"""Learners, and the base queryset for all rows that belong to a learner."""

import uuid
from typing import Any, ClassVar, Self, TypeVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from core.database.plausible_dates import plausible_dates

OwnedModel = TypeVar("OwnedModel", bound=models.Model)


def linked_learner_ids(*learner_ids: int) -> models.QuerySet["Learner", int]:
    """The ids of all records that are linked with `learner_ids`, as a subquery.

    The subquery reads `same_as` when it runs, so that a stale instance of Learner does no harm.
    """
    return linked_with(Learner.objects.filter(pk__in=learner_ids))


def linked_with(records: models.QuerySet["Learner", Any]) -> models.QuerySet["Learner", int]:
    """The ids of these records (rows, or their ids) and of all that are linked with them, as a subquery."""
    canonical_ids = Learner.objects.filter(pk__in=records).values(person=Coalesce("same_as_id", "id"))
    return (
        Learner.objects.annotate(person=Coalesce("same_as_id", "id"))
        .filter(person__in=canonical_ids)
        .values_list("pk", flat=True)
    )


class LearnerOwnedQuerySet(models.QuerySet[OwnedModel]):
    """The base of all querysets over rows with a foreign key `learner`."""

    def of(self, learner: "Learner") -> Self:
        """The rows of this learner: of this record and of all records linked with it."""
        # A subquery and not a list of ids: one round trip, and no window in which a link could change.
        return self.filter(learner_id__in=linked_learner_ids(learner.pk))


class LearnerQuerySet(models.QuerySet["Learner"]):
    """Records of learners."""

    def of(self, learner: "Learner") -> Self:
        """All records of this learner."""
        return self.filter(pk__in=linked_learner_ids(learner.pk))

    def canonical(self) -> Self:
        """One record per learner: the one that carries the derived rows."""
        return self.filter(same_as=None)


@pghistory.track()
class Learner(models.Model):
    """A learner's record. It exists independently of any account.

    Two records of one person are linked by LearnerLinks. The actions that write links derive `same_as` from them: it
    points to the linked record with the lowest id, and is empty on that record itself. A trigger keeps it one step
    long, so that no reader has to follow a chain.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner_number = models.CharField(_("learner number"), max_length=40)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    deceased_on = models.DateField(_("died on"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="learner",
        verbose_name=_("account"),
    )
    # Off for everybody outside while it is set; the office sets it, for instance for a person in danger.
    privacy_hold = models.BooleanField(_("privacy hold"), default=False)
    names_comparable = models.BooleanField(_("lets others compare the name on documents"), default=True)
    home_organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="learners",
        verbose_name=_("home organization"),
        help_text=_("The branch that keeps this record. Roles at the places of study reach it too."),
    )
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="duplicates"
    )
    created_at = models.DateTimeField(_("created"), editable=False)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        # For `linked_ids`, which groups records by this expression in almost every query about a learner.
        indexes: ClassVar = [
            models.Index(Coalesce("same_as_id", "id"), name="learner_person"),
        ]
        constraints: ClassVar = [
            plausible_dates("learner", "birth_date", "deceased_on"),
            models.UniqueConstraint(
                fields=["learner_number"],
                name="learner_number_unique",
                violation_error_message=_("Another learner has this number."),
            ),
            # Numbers are compared exactly: "17 " must not become another learner than "17".
            models.CheckConstraint(
                condition=Q(learner_number__regex=r"^\S(.*\S)?$"), name="learner_number_has_no_blank_ends"
            ),
            models.CheckConstraint(
                condition=Q(deceased_on=None) | Q(birth_date=None) | Q(deceased_on__gte=F("birth_date")),
                name="learner_died_after_birth",
                violation_error_message=_("The date of death lies before the date of birth."),
            ),
            # A record can only point down, so that no chain of records can close a ring.
            models.CheckConstraint(condition=Q(same_as=None) | Q(same_as__lt=F("id")), name="learner_same_as_is_lower"),
        ]

    def __str__(self) -> str:
        return self.learner_number

    @property
    def canonical_id(self) -> int:
        """The id of the linked record that carries the derived rows."""
        return self.same_as_id or self.pk
