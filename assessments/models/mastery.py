"""Where learners stand: one row per learner, competency and policy version that somebody asks about."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from assessments.models.policies import MasteryPolicyVersion
from competencies.models import Competency


class MasteryState(models.TextChoices):
    """The states of rules.decisions.State."""

    NONE = "none", _("nothing yet")
    BELOW = "below", _("on the way")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")
    MASTERED = "mastered", _("mastered")


class MasteryQuerySet(LearnerOwnedQuerySet["Mastery"]):
    """Standings by whose they are and what has to be done about them."""

    def carried_by(self, learner: Learner) -> Self:
        """The rows of this person: those of the canonical record. Rows of records linked with it sleep."""
        person = Learner.objects.filter(pk=learner.pk).values(record=Coalesce("same_as_id", "id"))
        return self.filter(learner__in=person)

    def awake(self) -> Self:
        """Those of canonical records."""
        return self.filter(learner__same_as=None)

    def due(self, at: datetime) -> Self:
        """Those whose answer may have turned by `at`."""
        return self.filter(holds_until__lte=at)


class Mastery(models.Model):
    """A subscription and its answer: the outcome of `decide()` over all rows of the person (invariant 5).

    Only the canonical record of linked ones carries rows. `holds_until` is the instant at which the same inputs would
    answer differently; no page shows a row past it. `digest` is of the outcome.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="mastery")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="mastery")
    policy_version = models.ForeignKey(MasteryPolicyVersion, models.PROTECT, related_name="mastery")
    state = models.CharField(_("state"), max_length=10, choices=MasteryState.choices)
    level = models.PositiveSmallIntegerField(_("proficiency level"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=9, decimal_places=2, null=True, blank=True)
    mastered_on = models.DateField(_("mastered on"), null=True, blank=True)
    valid_until = models.DateField(_("valid through"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    holds_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=67)
    decided_at = models.DateTimeField(_("decided"))

    objects = MasteryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mastery")
        verbose_name_plural = _("mastery")
        indexes: ClassVar = [
            models.Index(fields=["holds_until"], condition=Q(holds_until__isnull=False), name="mastery_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "competency", "policy_version"], name="mastery_one_per_policy_version"
            ),
            models.CheckConstraint(condition=Q(state__in=MasteryState.values), name="mastery_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="mastered") | Q(mastered_on__isnull=False), name="mastery_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        return self.state
