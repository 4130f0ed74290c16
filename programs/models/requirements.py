"""The requirement tree of a program version, one row per node."""

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel
from programs.models.decisions import Milestone
from programs.models.programs import ProgramVersion


class RequirementKind(models.TextChoices):
    """The kinds of `programs.audit.rules.requirements.Kind`, with their names for people."""

    ALL = "all", _("all of these")
    CHOOSE = "choose", _("a choice among these")
    CREDITS = "credits", _("credits")
    COMPETENCY = "competency", _("a competency")
    PROGRAM = "program", _("another program")
    MILESTONE = "milestone", _("a milestone")
    QUANTITY = "quantity", _("a quantity")
    IF = "if", _("one or the other, by a condition")


SHARING_KINDS = frozenset({RequirementKind.ALL, RequirementKind.CHOOSE, RequirementKind.CREDITS})
"""The kinds of groups with parts that may have pieces of study in common."""
GROUP_KINDS = SHARING_KINDS | {RequirementKind.IF}
"""The kinds that may have parts."""


class Sharing(models.TextChoices):
    """Whether one piece of study may count for several parts of a group. Publishing refuses what nobody has said."""

    EXCLUSIVE = "exclusive", _("each piece counts toward one of the parts only")
    SHARED = "shared", _("a piece may count toward several of the parts")


class MetBy(models.TextChoices):
    """What meets a stacked program: the values of `programs.audit.rules.requirements.MetBy`."""

    AWARD = "award", _("its award")
    TREE = "tree", _("its requirements, without the award")
    EITHER = "either", _("its award or its requirements")


class Origin(models.TextChoices):
    """Where the policy of a leaf was set: the nearest place wins."""

    REQUIREMENT = "requirement", _("this requirement")
    PROGRAM_VERSION = "program_version", _("this program version")
    COMPETENCY = "competency", _("the competency")
    FRAMEWORK = "framework", _("the framework")
    INSTITUTION = "institution", _("the institution")
    DEFAULT = "default", _("what Cairn does where nobody has chosen")


@pghistory.track()
class Requirement(models.Model):
    """One node. `key` names it within its version and in the versions that follow it.

    `level` and the members of `qualifiers` limit everything below the node. `policy_version` is the author's choice.
    Publishing writes what is in force then: `policy_in_force`, `policy_origin` and `competency_revision`. `sharing` is
    of groups, empty where the author has not decided; `met_by` is of stacked programs, empty where their award decides.
    """

    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="requirements")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    key = models.CharField(_("key"), max_length=20)
    sequence = models.PositiveIntegerField(_("place"))
    kind = models.CharField(_("kind"), max_length=10, choices=RequirementKind.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="requirements", verbose_name=_("competency")
    )
    level = models.ForeignKey(
        ProficiencyLevel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requirements",
        verbose_name=_("minimum level"),
    )
    credits = models.DecimalField(_("credits"), max_digits=8, decimal_places=2, default=0)
    choose_count = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    credits_least = models.DecimalField(_("credits at least"), max_digits=8, decimal_places=2, null=True, blank=True)
    quantity_least = models.DecimalField(_("quantity at least"), max_digits=10, decimal_places=2, null=True, blank=True)
    nested_version = models.ForeignKey(
        ProgramVersion, models.PROTECT, null=True, blank=True, related_name="stacked_in", verbose_name=_("program")
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="requirements", verbose_name=_("milestone")
    )
    sharing = models.CharField(_("sharing between the parts"), max_length=9, choices=Sharing.choices, blank=True)
    met_by = models.CharField(_("met by"), max_length=6, choices=MetBy.choices, blank=True)
    qualifiers = models.JSONField(_("qualifiers"), default=dict, blank=True)
    policy_version = models.ForeignKey(
        MasteryPolicyVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requirements",
        verbose_name=_("policy"),
    )
    policy_in_force = models.ForeignKey(
        MasteryPolicyVersion, models.PROTECT, null=True, blank=True, related_name="requirements_in_force"
    )
    policy_origin = models.CharField(_("policy set at"), max_length=20, choices=Origin.choices, blank=True)
    competency_revision = models.ForeignKey(
        CompetencyRevision, models.PROTECT, null=True, blank=True, related_name="requirements"
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "key"], name="requirement_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(parent=None), name="requirement_one_root_per_version"
            ),
            # Deferred: moving a requirement renumbers its siblings one by one, and places repeat meanwhile.
            models.UniqueConstraint(
                fields=["parent", "sequence"],
                name="requirement_one_per_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(kind__in=RequirementKind.values), name="requirement_kind_is_known"),
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9]*$"), name="requirement_key_is_plain"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="requirement_lies_below_another"
            ),
            models.CheckConstraint(
                condition=Q(kind="competency", competency__isnull=False) | Q(~Q(kind="competency"), competency=None),
                name="requirement_names_a_competency",
            ),
            models.CheckConstraint(
                condition=Q(kind="program", nested_version__isnull=False) | Q(~Q(kind="program"), nested_version=None),
                name="requirement_names_a_program",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["milestone", "quantity"], milestone__isnull=False)
                | Q(~Q(kind__in=["milestone", "quantity"]), milestone=None),
                name="requirement_names_a_milestone",
            ),
            models.CheckConstraint(
                condition=Q(kind="choose", choose_count__isnull=False) | Q(~Q(kind="choose"), choose_count=None),
                name="requirement_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(kind="quantity", quantity_least__isnull=False)
                | Q(~Q(kind="quantity"), quantity_least=None),
                name="requirement_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(credits__gte=0)
                & (Q(credits_least=None) | Q(credits_least__gte=0))
                & (Q(quantity_least=None) | Q(quantity_least__gte=0)),
                name="requirement_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(sharing="") | Q(sharing__in=Sharing.values, kind__in=["all", "choose", "credits"]),
                name="requirement_sharing_of_a_group",
                violation_error_message=_("Only a group says whether its parts share pieces of study."),
            ),
            models.CheckConstraint(
                condition=Q(met_by="") | Q(met_by__in=MetBy.values, kind="program"),
                name="requirement_met_by_of_a_program",
                violation_error_message=_("Only another program is met by an award or by its requirements."),
            ),
            models.CheckConstraint(
                condition=Q(kind="if", qualifiers__has_key="condition")
                | (~Q(kind="if") & ~Q(qualifiers__has_key="condition")),
                name="requirement_condition_of_an_if",
                violation_error_message=_("A condition is needed where one or the other is asked for, and only there."),
            ),
            models.CheckConstraint(
                condition=Q(policy_origin__in=["", *Origin.values]), name="requirement_policy_origin_is_known"
            ),
            models.CheckConstraint(
                condition=Q(policy_in_force=None, policy_origin="")
                | Q(policy_in_force__isnull=False, policy_origin__gt=""),
                name="requirement_policy_has_an_origin",
            ),
        ]

    def __str__(self) -> str:
        named = self.competency or self.milestone or (self.nested_version.program if self.nested_version else None)
        return self.title or (str(named) if named else self.get_kind_display())
