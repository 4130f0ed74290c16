"""The person a record is about, and the one way to read the rows that are theirs."""

import uuid
from typing import ClassVar, Self, TypeVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=models.Model)


def linked_ids(*learner_ids: int) -> models.QuerySet["Learner", int]:
    """The ids of all records of the persons that `learner_ids` belong to, as a subquery; reads links afresh."""
    persons = Learner.objects.filter(pk__in=learner_ids).values(person=Coalesce("same_as_id", "id"))
    return (
        Learner.objects.annotate(person=Coalesce("same_as_id", "id"))
        .filter(person__in=persons)
        .values_list("pk", flat=True)
    )


class LearnerOwnedQuerySet(models.QuerySet[Row]):
    """The base of every queryset over rows with a `learner`."""

    def of(self, learner: "Learner") -> Self:
        """The rows of this person: of this record and of every record linked with it."""
        return self.filter(learner_id__in=linked_ids(learner.pk))


class LearnerQuerySet(models.QuerySet["Learner"]):
    """Records of learners."""

    def of(self, learner: "Learner") -> Self:
        """All records of this person."""
        return self.filter(pk__in=linked_ids(learner.pk))

    def canonical(self) -> Self:
        """One record per person."""
        return self.filter(same_as=None)


@pghistory.track()
class Learner(models.Model):
    """A learner's record; it exists before and after any sign-in.

    `same_as` is derived from the LearnerLinks in force by the actions that write them: the lowest id among the linked
    records, empty on that record itself. No record is ever two steps from it.
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
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="duplicates"
    )
    created_at = models.DateTimeField(_("created"), editable=False)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        indexes: ClassVar = [
            models.Index(Coalesce("same_as_id", "id"), name="learner_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner_number"],
                name="learner_number_unique",
                violation_error_message=_("Another learner has this number."),
            ),
            models.CheckConstraint(
                condition=Q(learner_number__regex=r"^\S(.*\S)?$"), name="learner_number_has_no_blank_ends"
            ),
            models.CheckConstraint(
                condition=Q(deceased_on=None) | Q(birth_date=None) | Q(deceased_on__gte=F("birth_date")),
                name="learner_died_after_birth",
                violation_error_message=_("The date of death lies before the date of birth."),
            ),
            models.CheckConstraint(condition=Q(same_as=None) | Q(same_as__lt=F("id")), name="learner_same_as_is_lower"),
        ]

    def __str__(self) -> str:
        return self.learner_number

    @property
    def canonical_id(self) -> int:
        """The id of the record that carries this person's derived rows."""
        return self.same_as_id or self.pk
