"""Awards of the institution, the attributions behind them, and notes on them."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly
from core.database.plausible_dates import plausible_dates
from programs.models.achievements import Achievement, AchievementVersion
from programs.models.enrollments import Enrollment
from programs.models.programs import DIGEST, ProgramVersion
from programs.rules.attainments import AttainmentKind, Basis


class AwardState(models.TextChoices):
    """The states of an award."""

    PROPOSED = "proposed", _("waits to be granted")
    GRANTED = "granted", pgettext_lazy("award", "granted")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("lapsed")
    RESCINDED = "rescinded", _("rescinded")


class AwardKind(models.TextChoices):
    """How an award was earned."""

    EARNED = "earned", _("earned")
    EXIT = "exit", _("on leaving early")


class EndReason(models.TextChoices):
    """Why an award ended, as codes: the permanent record has no free text."""

    EXPIRED = "expired", _("its time is over")
    IN_ERROR = "in_error", _("granted in error")
    EVIDENCE = "evidence", _("what it rested on no longer counts")
    MISCONDUCT = "misconduct", _("misconduct")
    TWICE = "twice", _("awarded twice to one person")
    OWN_WISH = "own_wish", _("the holder's wish")


RESCINDING = tuple(reason for reason in EndReason if reason is not EndReason.EXPIRED)
AWARDED = (AwardState.GRANTED.value, AwardState.LAPSED.value, AwardState.RESCINDED.value)
ENDED = (AwardState.LAPSED.value, AwardState.RESCINDED.value)
OPEN = (AwardState.PROPOSED.value, AwardState.GRANTED.value)


class AwardQuerySet(LearnerOwnedQuerySet["Award"]):
    """Awards by state."""

    def standing(self) -> Self:
        """Return the valid awards: granted, neither lapsed nor rescinded."""
        return self.filter(state=AwardState.GRANTED)

    def proposed(self) -> Self:
        """Return the proposals."""
        return self.filter(state=AwardState.PROPOSED)

    def unmet(self) -> Self:
        """Return the awards of enrollments that did not meet their program in their last audit."""
        return self.filter(enrollment__progress__isnull=False).exclude(enrollment__progress__status="met")

    def awarded(self) -> Self:
        """Return the awards that were ever granted, also those that have ended."""
        return self.filter(state__in=AWARDED)

    def due(self, at: datetime) -> Self:
        """Return the awards that lapse by the instant `at`."""
        return self.filter(holds_until__lte=at)


class Award(models.Model):
    """One achievement awarded to one learner (invariants 3 and 4).

    `requirements_met_on` and `awarded_on` are civil dates of the awarding organization, `met_at` the instant of the
    audit that found the requirements met. `valid_until` is the first day without the award, `holds_until` the instant
    at which that day begins. `decision` and the Attribution rows are written once, when the award is granted. With the
    ledgers they explain it, without personal text. `name_as_awarded` is set to NULL when its retention ends; its salted
    digest stays in the decision.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="awards")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="awards", verbose_name=_("achievement"))
    achievement_version = models.ForeignKey(
        AchievementVersion, models.PROTECT, related_name="awards", verbose_name=_("version")
    )
    program_version = models.ForeignKey(
        ProgramVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("program version"),
    )
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("enrollment")
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    kind = models.CharField(_("kind"), max_length=10, choices=AwardKind.choices, default=AwardKind.EARNED)
    state = models.CharField(_("state"), max_length=10, choices=AwardState.choices)
    requirements_met_on = models.DateField(_("requirements met on"))
    met_at = models.DateTimeField(_("requirements found met"))
    awarded_on = models.DateField(_("awarded on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The first day without it."))
    holds_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    name_as_awarded = models.CharField(  # noqa: DJ001 - NULL is not awarded yet, or past its retention
        _("name as awarded"), max_length=300, null=True, blank=True
    )
    name_salt = models.BinaryField(max_length=16, null=True, blank=True)
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2, null=True, blank=True)
    credit_unit = models.CharField(_("unit of credit"), max_length=40, blank=True)
    decision = models.JSONField(_("decision"), null=True, blank=True)
    decision_digest = models.CharField(_("digest of the decision"), max_length=67, blank=True)
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Nobody where it was granted by rule."),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=EndReason.choices, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        indexes: ClassVar = [
            # Every grant reads the awards of one person. The foreign key has no other index.
            models.Index(fields=["learner", "achievement"], name="award_of_learner"),
            # Partial indexes: open proposals and awards that lapse are few among all awards.
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="award_waiting"),
            models.Index(fields=["holds_until"], condition=Q(holds_until__isnull=False), name="award_due"),
        ]
        constraints: ClassVar = [
            plausible_dates("award", "awarded_on", unless=Q(ended_at__isnull=False)),
            # Partial: a declined, lapsed or rescinded award does not prevent a new one in its cycle.
            models.UniqueConstraint(
                fields=["learner", "achievement", "cycle"],
                condition=Q(state__in=OPEN),
                name="award_one_standing_per_cycle",  # a trigger checks linked records of one person
            ),
            models.CheckConstraint(condition=Q(cycle__gte=1), name="award_cycles_count_from_one"),
            models.CheckConstraint(condition=Q(kind__in=AwardKind.values), name="award_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=AwardState.values), name="award_state_is_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=AWARDED,
                    awarded_on__isnull=False,
                    decision__isnull=False,
                    decision_digest__regex=DIGEST,
                    name_salt__isnull=False,
                )
                | Q(
                    ~Q(state__in=AWARDED),
                    awarded_on=None,
                    decision__isnull=True,
                    decision_digest="",
                    name_as_awarded=None,
                    name_salt=None,
                    valid_until=None,
                ),
                name="award_granted_with_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, decided_by=None)
                | Q(state="declined", decided_at__isnull=False, decided_by__isnull=False)
                | Q(state__in=AWARDED, decided_at__isnull=False),
                name="award_decided_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(~Q(state__in=ENDED), ended_at=None, ended_by=None, end_reason="")
                | Q(
                    state="lapsed",
                    ended_at__isnull=False,
                    ended_by=None,
                    end_reason="expired",
                    valid_until__isnull=False,
                )
                | Q(
                    state="rescinded",
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    end_reason__in=[reason.value for reason in RESCINDING],
                ),
                name="award_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(awarded_on=None) | Q(awarded_on__gte=F("requirements_met_on")),
                name="award_follows_the_requirements",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("awarded_on")), name="award_valid_for_a_while"
            ),
            # The sweep finds awards that lapse by `holds_until` alone, so it is set exactly while they can lapse.
            models.CheckConstraint(
                condition=Q(state="granted", valid_until__isnull=False, holds_until__isnull=False)
                | Q(~Q(state="granted") | Q(valid_until=None), holds_until=None),
                name="award_holds_until_it_lapses",
            ),
            models.CheckConstraint(
                condition=Q(credits=None) | Q(credits__gte=0, credit_unit__gt=""), name="award_credits_have_a_unit"
            ),
        ]

    def __str__(self) -> str:
        # As it was named when it was granted: a later version may have another title.
        return f"{self.achievement_version.title} / {self.cycle}"

    @property
    def stands(self) -> bool:
        """Whether the award is valid: granted, neither lapsed nor rescinded."""
        return self.state == AwardState.GRANTED


class WordsAbout(models.TextChoices):
    """The step of an award to which a note belongs."""

    PROPOSAL = "proposal", _("proposed")
    DECISION = "decision", _("decided")
    END = "end", _("ended")


class AwardBody(models.Model):
    """The note of a person who proposed, decided or ended an award; `content` may only be erased (set to NULL)."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="bodies")
    about = models.CharField(_("about"), max_length=10, choices=WordsAbout.choices)
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words about an award")
        verbose_name_plural = _("words about awards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "about"], name="award_body_one_per_step"),
            models.CheckConstraint(condition=Q(about__in=WordsAbout.values), name="award_body_step_is_known"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="award_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.award_id)


MODEL_OF_ATTAINMENT = {
    AttainmentKind.MASTERY.value: "competencies.Competency",
    AttainmentKind.RECOGNITION.value: "programs.Recognition",
    AttainmentKind.AWARD.value: "programs.Award",
    AttainmentKind.MILESTONE.value: "programs.MilestoneReached",
    AttainmentKind.QUANTITY.value: "programs.MilestoneReached",
}
"""What `Attribution.subject_id` names, by kind; tests resolve each."""


_NAMED = {AttainmentKind.QUANTITY.value: AttainmentKind.MILESTONE.value}


class Attribution(AppendOnly):
    """An attainment that counted for one requirement of an award when it was granted (invariant 1).

    A piece that a lower award used is at the node of that program. `position` is the place among the rows of its
    award, in the order of the tree; `policy_id` the policy version by which mastery was decided.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="attributions")
    award = models.ForeignKey(Award, models.PROTECT, related_name="attributions")
    position = models.PositiveSmallIntegerField(_("place"))
    requirement_key = models.CharField(_("requirement"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=[(kind.value, kind.value) for kind in AttainmentKind])
    subject_id = models.UUIDField()
    policy_id = models.UUIDField(_("by the policy"), null=True, blank=True)
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2)
    level = models.PositiveSmallIntegerField(_("proficiency level"), null=True, blank=True)
    achieved_on = models.DateField(_("achieved on"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=20, choices=[(basis.value, basis.value) for basis in Basis])
    exception = models.UUIDField(_("by way of the exception"), null=True, blank=True)

    objects = LearnerOwnedQuerySet["Attribution"].as_manager()

    class Meta:
        verbose_name = _("what counted for an award")
        verbose_name_plural = _("what counted for awards")
        indexes: ClassVar = [models.Index(fields=["learner", "subject_id"], name="attribution_of_learner")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "position"], name="attribution_one_per_place"),
            models.UniqueConstraint(
                fields=["award", "requirement_key", "kind", "subject_id", "policy_id"],
                nulls_distinct=False,
                name="attribution_stated_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(MODEL_OF_ATTAINMENT)), name="attribution_kind_is_known"),
            models.CheckConstraint(
                condition=Q(basis__in=[basis.value for basis in Basis]), name="attribution_basis_is_known"
            ),
            models.CheckConstraint(
                condition=Q(requirement_key__regex=r"^[a-z][a-z0-9]*(/[a-z][a-z0-9]*)*$"),
                name="attribution_requirement_is_a_key",
            ),
            models.CheckConstraint(
                condition=Q(kind="mastery", policy_id__isnull=False) | Q(~Q(kind="mastery"), policy_id=None),
                name="attribution_names_the_policy",
            ),
            models.CheckConstraint(condition=Q(credits__gte=0), name="attribution_credits_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_key}: {self.attainment}"

    @property
    def attainment(self) -> str:
        """The id of its attainment, as the audit has it (`attainments_of`)."""
        named = f"{_NAMED.get(self.kind, self.kind)}:{self.subject_id}"
        return named if self.policy_id is None else f"{named}:{self.policy_id}"
