"""Associations of CASE: typed edges between competencies. The isChildOf edges are the tree of a framework."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import Framework
from competencies.models.items import Competency
from competencies.models.source import Sourced


class Kind(models.TextChoices):
    """The association types of CASE. Sources also use others, which are kept unchanged."""

    CHILD_OF = "isChildOf", _("is child of")
    PEER_OF = "isPeerOf", _("is peer of")
    PART_OF = "isPartOf", _("is part of")
    EXACT_MATCH_OF = "exactMatchOf", _("is an exact match of")
    PRECEDES = "precedes", _("precedes")
    RELATED_TO = "isRelatedTo", _("is related to")
    REPLACED_BY = "replacedBy", _("is replaced by")
    EXEMPLAR = "exemplar", _("is an example of")
    SKILL_LEVEL = "hasSkillLevel", _("has the skill level")
    TRANSLATION_OF = "isTranslationOf", _("is a translation of")


class Equivalence(models.TextChoices):
    """Whether mastery of a replaced competency carries over to the new one; only *equivalent* does."""

    UNDECIDED = "", _("not decided")
    EQUIVALENT = "equivalent", _("equivalent")
    PARTLY = "partly", _("partly")
    NOT = "not", _("not equivalent")


class AssociationQuerySet(models.QuerySet["Association"]):
    """Associations by kind, listed and retired ones."""

    def listed(self) -> Self:
        """Those that the source still lists."""
        return self.filter(retired_at__isnull=True)

    def of_kind(self, *kinds: Kind) -> Self:
        """Those of these kinds."""
        return self.filter(kind__in=kinds)


class Association(Sourced):
    """One edge. The links keep both ends verbatim; `origin` and `destination` are set if the end is in the database.

    A trigger refuses cycles of the kinds isChildOf and precedes (migration 0002_guards).
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="associations")
    kind = models.CharField(_("type"), max_length=200)
    sequence = models.BigIntegerField(_("sequence number"), null=True, blank=True)
    origin = models.ForeignKey(Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="leaving")
    origin_link = models.JSONField(_("origin, verbatim"))
    destination = models.ForeignKey(
        Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="arriving"
    )
    destination_link = models.JSONField(_("destination, verbatim"))
    grouping_link = models.JSONField(_("grouping"), null=True, blank=True)
    document_link = models.JSONField(_("document"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    equivalence = models.CharField(_("equivalence"), max_length=10, choices=Equivalence, blank=True, default="")

    objects: ClassVar = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["framework", "source_identifier"], name="association_one_per_identifier_in_a_framework"
            ),
            models.CheckConstraint(condition=~Q(source_identifier=""), name="association_has_an_identifier"),
            models.CheckConstraint(condition=~Q(kind=""), name="association_has_a_type"),
            # The shortest cycle. Longer ones need the trigger, because a constraint sees one row only.
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.CHILD_OF, Kind.PRECEDES]) | ~Q(origin=F("destination")) | Q(origin=None),
                name="association_leads_elsewhere",
            ),
            # Only a replacement says whether mastery carries over.
            models.CheckConstraint(
                condition=Q(equivalence="") | Q(kind=Kind.REPLACED_BY),
                name="association_equivalence_is_of_a_replacement",
            ),
            models.CheckConstraint(
                condition=Q(equivalence__in=Equivalence.values), name="association_equivalence_is_known"
            ),
        ]
        indexes: ClassVar = [
            # The tree of a framework reads two of ten kinds.
            models.Index(fields=["framework", "kind"], name="association_by_framework_kind"),
            # The CASE service looks associations up by either, in all frameworks; GUIDs compare without case.
            models.Index(fields=["published_guid"], name="association_by_published_guid"),
            models.Index(Upper("source_identifier"), name="association_by_any_case"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_link.get('title', '')} {self.kind} {self.destination_link.get('title', '')}"
