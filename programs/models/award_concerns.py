"""Awards to review: no rule ends an award, so a person must look at it."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from programs.models.awards import Award


class ConcernKind(models.TextChoices):
    """Why an award is listed for review."""

    LOWER_ENDED = "lower_ended", _("an award below it is not in force any more")
    EVIDENCE_VOIDED = "evidence_voided", _("evidence under it was voided")
    EVIDENCE_CORRECTED = "evidence_corrected", _("evidence under it was corrected: it shows less now")
    TWO_STANDING = "two_standing", _("one person holds it twice")
    NEW_METHOD = "new_method", _("by the rules of today its requirements are not met")
    OTHERS_GROUNDS = "others_grounds", _("it rests on the record of another person")
    DECISION_WITHDRAWN = (
        "decision_withdrawn",
        _("a credit transfer, a milestone or an exception under it was withdrawn"),
    )
    EXCEPTION_ENDED = "exception_ended", _("an exception under it has ended")


class ConcernOutcome(models.TextChoices):
    """How a review was settled."""

    STAYS = "stays", _("the award stays")
    RESCINDED = "rescinded", _("the award was rescinded")
    GONE = "gone", _("the cause is gone")


class AwardConcernQuerySet(LearnerOwnedQuerySet["AwardConcern"]):
    """Reviews by whether they are settled."""

    def open(self) -> Self:
        """Return the reviews that are not settled."""
        return self.filter(settled_at=None)


class AwardConcern(models.Model):
    """An award that a person must review, because no rule ends an award.

    `subject_id` is the public id of the cause: a lower award, evidence, a competency, a duplicate award, a recognition,
    a milestone record, an exception, the enrollment that was moved to a newer method of audit, or the record of the
    other person.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="award_concerns")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="concerns", verbose_name=_("award"))
    kind = models.CharField(_("cause"), max_length=20, choices=ConcernKind.choices)
    subject_id = models.UUIDField()
    raised_at = models.DateTimeField(_("raised"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=ConcernOutcome.choices, blank=True)

    objects = AwardConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("award to review")
        verbose_name_plural = _("awards to review")
        indexes: ClassVar = [
            models.Index(fields=["learner"], name="award_concern_of_learner"),
            models.Index(fields=["raised_at"], condition=Q(settled_at=None), name="award_concern_waiting"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["award", "kind", "subject_id"],
                condition=Q(settled_at=None),
                name="award_concern_open_once_per_cause",
            ),
            models.CheckConstraint(condition=Q(kind__in=ConcernKind.values), name="award_concern_kind_is_known"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | Q(
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    outcome__in=[ConcernOutcome.STAYS, ConcernOutcome.RESCINDED],
                )
                | Q(settled_at__isnull=False, outcome=ConcernOutcome.GONE),
                name="award_concern_settled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AwardConcernBody(models.Model):
    """The note on how a review was settled; `content` may only be erased (set to NULL)."""

    concern = models.OneToOneField(AwardConcern, models.PROTECT, related_name="body")
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words about an award to review")
        verbose_name_plural = _("words about awards to review")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="award_concern_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.concern_id)
