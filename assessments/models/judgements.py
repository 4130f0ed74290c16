"""An assessor's judgement of work, criterion by criterion. Drafts change; a judgement is corrected by a new row."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from assessments.models.rubrics import Criterion, CriterionLevel
from assessments.models.submissions import Submission
from core.database.ledger import AppendOnly


class JudgementDraft(models.Model):
    """What an assessor has entered so far; deleted when the judgement is made."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="judgement_drafts")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgement_drafts")
    entries = models.JSONField(_("levels and comments by criterion"), default=dict)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft of an assessment decision")
        verbose_name_plural = _("drafts of assessment decisions")
        constraints: ClassVar = [
            # The page saves by itself: two requests at once must update one draft, not make two.
            models.UniqueConstraint(fields=["submission", "assessor"], name="judgement_draft_one_per_assessor"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class JudgementOutcome(models.TextChoices):
    """What an assessor decided: levels were found, or the work was returned."""

    JUDGED = "judged", _("assessed")
    RETURNED = "returned", _("returned for revision")


class CorrectionReason(models.TextChoices):
    """Why a judgement was corrected: a closed list, because the row contains no free text."""

    SLIP = "slip", _("a slip when it was entered")
    READ_AGAIN = "read_again", _("the work was read again")
    MODERATION = "moderation", _("moderation among assessors")
    APPEAL = "appeal", _("appeal upheld")


class JudgementQuerySet(LearnerOwnedQuerySet["Judgement"]):
    """Judgements, first ones and corrections."""

    def newest(self) -> Self:
        """Return each judgement as it reads now: rows that were corrected are left out."""
        later = Judgement.objects.filter(
            submission=OuterRef("submission"),
            assessor=OuterRef("assessor"),
            round=OuterRef("round"),
            revision_number__gt=OuterRef("revision_number"),
        )
        return self.filter(~Exists(later))


class Judgement(AppendOnly):
    """One assessor's judgement of one submission, as it was in that round (invariant 1).

    It finds a level on each criterion, or returns the work for revision and finds none. A correction is a new row of
    the same submission, assessor and round with the next `revision_number`; it says everything anew.
    """

    # The learner of the submission, copied: every table about learners names its learner. See `integrity`.
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="judgements")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="judgements")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgements")
    # The round of the submission, copied: after a return, judgements of earlier rounds count no more.
    round = models.PositiveSmallIntegerField(_("round"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=JudgementOutcome.choices, default=JudgementOutcome.JUDGED
    )
    recorded_at = models.DateTimeField(_("recorded"))
    revision_number = models.PositiveSmallIntegerField(_("correction"), default=1)
    # Empty also for corrections on which nothing rested: those need no reason. Words about it lie in the side row.
    reason = models.CharField(
        _("reason of the correction"), max_length=12, choices=CorrectionReason.choices, blank=True, default=""
    )

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment decision")
        verbose_name_plural = _("assessment decisions")
        indexes: ClassVar = [models.Index(fields=["learner", "recorded_at"], name="judgement_of_learner")]
        constraints: ClassVar = [
            # Protects against a second click and a second tab; after a return the same assessor may judge again. Two
            # corrections of one row at the same moment: the second one must not replace the first unseen. A trigger
            # keeps the numbers without gaps, so that a second first judgement meets this too.
            models.UniqueConstraint(
                fields=["submission", "assessor", "round", "revision_number"], name="judgement_corrected_in_turn"
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="judgement_rounds_count_from_one"),
            models.CheckConstraint(condition=Q(outcome__in=JudgementOutcome.values), name="judgement_outcome_is_known"),
            models.CheckConstraint(condition=Q(revision_number__gte=1), name="judgement_corrections_count_from_one"),
            # A first judgement corrects nothing, so it has no reason to.
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=CorrectionReason.values, revision_number__gt=1),
                name="judgement_reason_of_a_correction",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class JudgementLevel(AppendOnly):
    """The level that a judgement found on one criterion."""

    judgement = models.ForeignKey(Judgement, models.PROTECT, related_name="levels")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="judged_levels")
    criterion_level = models.ForeignKey(CriterionLevel, models.PROTECT, related_name="judged_levels")

    class Meta:
        verbose_name = _("assessed level")
        verbose_name_plural = _("assessed levels")
        constraints: ClassVar = [
            # Two levels for one criterion would become two rows of evidence.
            models.UniqueConstraint(fields=["judgement", "criterion"], name="judgement_level_one_per_criterion"),
        ]

    def __str__(self) -> str:
        return str(self.criterion_level)


class JudgementBody(models.Model):
    """An assessor's comments by criterion. The only change allowed is `content` to NULL, by erasure."""

    judgement = models.OneToOneField(Judgement, models.PROTECT, related_name="body")
    content = models.JSONField(_("comments"), null=True, blank=True)
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("comments of an assessment decision")
        verbose_name_plural = _("comments of assessment decisions")
        constraints: ClassVar = [
            # An erased comment stays erased.
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="judgement_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.judgement_id)
