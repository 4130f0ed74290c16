"""Stored mastery: one row for each learner, competency and policy version that somebody has subscribed to."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from assessments.models.policies import MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from competencies.models import Competency

# The states themselves belong to the pure rules; here they get the labels that people read.
STATE_LABELS = {
    MasteryState.NONE: _("nothing yet"),
    MasteryState.BELOW: _("on the way"),
    MasteryState.WITHDRAWN: _("withdrawn"),
    MasteryState.LAPSED: _("lapsed"),
    MasteryState.MASTERED: _("mastered"),
}


class MasteryQuerySet(LearnerOwnedQuerySet["Mastery"]):
    """Rows of mastery by person, and by what has to be done with them."""

    def carried_by(self, learner: Learner) -> Self:
        """Return the rows of this person: those of the canonical record. Rows of its linked records are not in use."""
        person = Learner.objects.filter(pk=learner.pk).values(record=Coalesce("same_as_id", "id"))
        return self.filter(learner__in=person)

    def awake(self) -> Self:
        """Return the rows of canonical records, which are the ones in use."""
        return self.filter(learner__same_as=None)

    def due(self, at: datetime) -> Self:
        """Return the rows that may have changed by `at` with time alone."""
        return self.filter(holds_until__lte=at)

    def recommended(self) -> Self:
        """Return the rows in use that the rule of their children recommends for review."""
        return self.awake().filter(recommended_at__isnull=False)


class Mastery(models.Model):
    """A subscription and its result: what `decide()` returns for all evidence of the person (invariant 5).

    Of linked records only the canonical one has rows in use. `holds_until` is the instant at which the same evidence
    leads to another decision; no page shows a row past it. `digest` is the digest of the decision. `recommended_at` is
    the instant since when the rule of its children recommends the competency for review, and nobody has decided yet.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="mastery")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="mastery")
    policy_version = models.ForeignKey(MasteryPolicyVersion, models.PROTECT, related_name="mastery")
    state = models.CharField(
        _("state"), max_length=10, choices=[(state.value, label) for state, label in STATE_LABELS.items()]
    )
    level = models.PositiveSmallIntegerField(_("proficiency level"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=9, decimal_places=2, null=True, blank=True)
    mastered_on = models.DateField(_("mastered on"), null=True, blank=True)
    valid_until = models.DateField(_("valid through"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    holds_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=67)
    decided_at = models.DateTimeField(_("decided"))
    recommended_at = models.DateTimeField(_("recommended for review"), null=True, blank=True)

    objects = MasteryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mastery")
        verbose_name_plural = _("mastery")
        indexes: ClassVar = [
            # The sweep looks for due rows every minute. Most rows never fall due, so they are left out of the index.
            models.Index(fields=["holds_until"], condition=Q(holds_until__isnull=False), name="mastery_due"),
            # The review queue: hardly any row is in it.
            models.Index(
                fields=["recommended_at"], condition=Q(recommended_at__isnull=False), name="mastery_recommended"
            ),
        ]
        constraints: ClassVar = [
            # One subscription each: with two rows, readers would find two answers.
            models.UniqueConstraint(
                fields=["learner", "competency", "policy_version"], name="mastery_one_per_policy_version"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MasteryState]), name="mastery_state_is_known"
            ),
            # Audits and explanations use the first day of mastery.
            models.CheckConstraint(
                condition=~Q(state="mastered") | Q(mastered_on__isnull=False), name="mastery_has_its_day"
            ),
            # Otherwise a reviewer would be asked about what is decided already.
            models.CheckConstraint(
                condition=~Q(state="mastered") | Q(recommended_at__isnull=True),
                name="mastery_recommended_is_not_mastered",
            ),
        ]

    def __str__(self) -> str:
        return self.state
