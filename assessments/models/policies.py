"""Mastery policies: rules with a title, in versions that freeze once used, and the places where they apply."""

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competencies.models import Competency, Framework, ProficiencyScale


@pghistory.track()
class MasteryPolicy(models.Model):
    """A policy by its title; its versions contain what it asks for."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    made_at = models.DateTimeField(_("made"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("mastery policy")
        verbose_name_plural = _("mastery policies")
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(title=""), name="mastery_policy_has_a_title")]

    def __str__(self) -> str:
        return self.title


class MasteryPolicyVersion(models.Model):
    """What a policy asks for: JSON that `formats.policy_json` reads, and its digest. A trigger freezes it once used.

    `scale` is the scale on which its level counts.
    """

    policy = models.ForeignKey(MasteryPolicy, models.PROTECT, related_name="versions")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("version"))
    # One JSON document, not one column for each rule: a new method or condition needs no migration.
    definition = models.JSONField(_("definition"))
    digest = models.CharField(_("digest"), max_length=67)
    scale = models.ForeignKey(ProficiencyScale, models.PROTECT, related_name="policy_versions")
    for_parents = models.BooleanField(_("decides from children"), default=False)
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints: ClassVar = [
            # People name a version by its number; two of one number could not be told apart.
            models.UniqueConstraint(fields=["policy", "number"], name="mastery_policy_version_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="mastery_policy_version_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} / {self.number}"


class PolicyAssignment(models.Model):
    """The policy version that decides the whole institution, a framework, or one competency: the narrowest place wins.

    `scale` and `for_parents` are copied from the version: a place has at most one policy in force for each of the two.
    """

    policy_version = models.ForeignKey(MasteryPolicyVersion, models.PROTECT, related_name="assignments")
    framework = models.ForeignKey(Framework, models.PROTECT, null=True, blank=True, related_name="policy_assignments")
    competency = models.ForeignKey(Competency, models.PROTECT, null=True, blank=True, related_name="policy_assignments")
    scale = models.ForeignKey(ProficiencyScale, models.PROTECT, related_name="policy_assignments")
    for_parents = models.BooleanField(_("decides from children"), default=False)
    assigned_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("policy assignment")
        verbose_name_plural = _("policy assignments")
        constraints: ClassVar = [
            # A framework and a competency together would be two places.
            models.CheckConstraint(
                condition=Q(framework=None) | Q(competency=None), name="policy_assignment_names_one_place"
            ),
            # NULLs count as equal: the institution is NULL twice, and two policies in force there could contradict.
            models.UniqueConstraint(
                fields=["framework", "competency", "scale", "for_parents"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="policy_assignment_one_in_force_per_place",
            ),
        ]

    def __str__(self) -> str:
        return str(self.policy_version)
