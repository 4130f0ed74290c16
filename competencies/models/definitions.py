"""Definitions of a package: item types, subjects, concepts, licences, groupings, and rubrics of the source."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import Framework
from competencies.models.source import Sourced, SourceQuerySet


class DefinitionKind(models.TextChoices):
    """The kinds of definitions, named like the lists of a CASE package."""

    ITEM_TYPE = "CFItemTypes", _("item type")
    SUBJECT = "CFSubjects", _("subject")
    CONCEPT = "CFConcepts", _("concept")
    LICENCE = "CFLicenses", _("licence")
    GROUPING = "CFAssociationGroupings", _("association grouping")
    RUBRIC = "CFRubrics", _("rubric of the source")


class Definition(Sourced):
    """One definition. `members` has it as the source wrote it; nothing computes with it."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="definitions")
    kind = models.CharField(_("kind"), max_length=30, choices=DefinitionKind)
    title = models.TextField(_("title"), blank=True)
    members = models.JSONField(_("members, verbatim"), default=dict, blank=True)

    objects: ClassVar = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("definition")
        verbose_name_plural = _("definitions")
        constraints: ClassVar = [
            # With the kind, because each kind is a list of its own in a package. The import upserts on this constraint.
            models.UniqueConstraint(
                fields=["framework", "kind", "source_identifier"],
                name="definition_one_per_identifier_in_a_framework",
            ),
            models.CheckConstraint(condition=~Q(source_identifier=""), name="definition_has_an_identifier"),
            models.CheckConstraint(condition=Q(kind__in=DefinitionKind.values), name="definition_kind_is_known"),
        ]
        # The CASE service looks definitions up by either, in all frameworks; GUIDs compare without case.
        indexes: ClassVar = [
            models.Index(fields=["published_guid"], name="definition_by_published_guid"),
            models.Index(Upper("source_identifier"), name="definition_by_any_case"),
        ]

    def __str__(self) -> str:
        return self.title or self.source_identifier
