"""Competencies and their revisions (CASE: CFItem)."""

import uuid
from collections.abc import Iterable
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import Framework
from competencies.models.scales import ProficiencyScale
from competencies.models.source import Sourced
from competencies.rules.identifiers import comparable, is_guid


class CompetencyQuerySet(models.QuerySet["Competency"]):
    """Competencies, listed and retired ones."""

    def listed(self) -> Self:
        """Those that the source still lists."""
        return self.filter(retired_at__isnull=True)

    def public(self) -> Self:
        """Those of published frameworks."""
        return self.filter(framework__published_at__isnull=False)

    def identified_by(self, identifiers: Iterable[str]) -> Self:
        """Those with one of these source identifiers; GUIDs compare without case."""
        keys = {comparable(identifier) for identifier in identifiers}
        # In ASCII, Python and PostgreSQL agree on capitals; a GUID has no other letters.
        capitals = [key.upper() for key in keys if is_guid(key)]
        rows = self.alias(in_capitals=Upper("source_identifier"))
        return rows.filter(Q(source_identifier__in=keys) | Q(in_capitals__in=capitals))

    def with_current_revision(self) -> Self:
        """Annotated with `statement`, `criteria`, `scale_id`, `revision` and `used_at` of the current revision."""
        current = Q(revisions__superseded_at__isnull=True)
        return self.filter(current).annotate(
            statement=F("revisions__statement"),
            criteria=F("revisions__criteria"),
            scale_id=F("revisions__scale_id"),
            revision=F("revisions__number"),
            used_at=F("revisions__used_at"),
        )


@pghistory.track(pghistory.UpdateEvent(), exclude=["published_guid", "position", "source_statement"])
class Competency(Sourced):
    """A competency. Its revisions have its meaning; the other columns change in place."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="competencies")
    code = models.TextField(_("code"), blank=True)
    label = models.TextField(_("alternative label"), blank=True)
    short_statement = models.TextField(_("short statement"), blank=True)
    enumeration = models.TextField(_("number in a list"), blank=True)
    item_type = models.TextField(_("type"), blank=True)
    item_type_link = models.JSONField(_("link to the type"), null=True, blank=True)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    keywords_link = models.JSONField(_("link to keywords"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    subject_links = models.JSONField(_("links to subjects"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=100, blank=True)
    education_levels = models.JSONField(_("education levels"), default=list, blank=True)
    licence_link = models.JSONField(_("licence"), null=True, blank=True)
    document_link = models.JSONField(_("document"), null=True, blank=True)
    status_from = models.CharField(_("status from"), max_length=100, blank=True)
    status_until = models.CharField(_("status until"), max_length=100, blank=True)

    # The SHA-256 of the last imported statement: it distinguishes an edit made here from a change of the source.
    source_statement = models.CharField(_("fingerprint of the source's statement"), max_length=64, blank=True)

    objects: ClassVar = CompetencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        constraints: ClassVar = [
            # The import upserts on this constraint.
            models.UniqueConstraint(
                fields=["framework", "source_identifier"], name="competency_one_per_identifier_in_a_framework"
            ),
            models.CheckConstraint(condition=~Q(source_identifier=""), name="competency_has_an_identifier"),
        ]
        # Associations and the CASE service can name a competency of any framework, by identifier only: the unique
        # constraint does not help. GUIDs compare without case, other identifiers letter by letter.
        indexes: ClassVar = [
            models.Index(fields=["source_identifier"], name="competency_by_identifier"),
            models.Index(fields=["published_guid"], name="competency_by_published_guid"),
            models.Index(Upper("source_identifier"), name="competency_by_any_case"),
        ]

    def __str__(self) -> str:
        return self.code or self.short_statement or self.source_identifier

    def get_absolute_url(self) -> str:
        """The page of the competency."""
        return reverse("competencies:competency", args=[self.framework.public_id, self.public_id])


class CompetencyRevisionQuerySet(models.QuerySet["CompetencyRevision"]):
    """Revisions, current and superseded ones."""

    def current(self) -> Self:
        """The current revision of each competency."""
        return self.filter(superseded_at__isnull=True)

    def current_of(self, competency: Competency) -> "CompetencyRevision":
        """The current revision of one competency, with its scale."""
        return self.current().select_related("scale").get(competency=competency)

    def used(self) -> Self:
        """Those to which an assessment decision, a requirement or an award refers."""
        return self.filter(used_at__isnull=False)


class CompetencyRevision(models.Model):
    """The meaning of a competency for a time: statement, criteria and scale.

    As soon as something refers to it, a trigger makes it immutable (invariant 7), except for `superseded_at`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    statement = models.TextField(_("statement"), blank=True)
    criteria = models.TextField(_("what counts as showing it"), blank=True)
    scale = models.ForeignKey(
        ProficiencyScale, on_delete=models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    reason = models.TextField(_("reason for this revision"), blank=True)
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects: ClassVar = CompetencyRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["competency", "number"], name="competency_revision_numbered_once"),
            # `CompetencyQuerySet.with_current_revision` joins current revisions: with two of them for one competency
            # every list would show it twice.
            models.UniqueConstraint(
                fields=["competency"],
                condition=Q(superseded_at__isnull=True),
                name="competency_revision_one_current_per_competency",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="competency_revision_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id} / {self.number}"

    @property
    def in_use(self) -> bool:
        """Whether something refers to it, so that it cannot change."""
        return self.used_at is not None
