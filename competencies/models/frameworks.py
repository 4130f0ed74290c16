"""Frameworks of competencies (CASE: CFDocument)."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from competencies.models.source import PublishedGuidField


class FrameworkQuerySet(models.QuerySet["Framework"]):
    """Frameworks, public and unpublished ones."""

    def public(self) -> Self:
        """Those that are published."""
        return self.filter(published_at__isnull=False)


@pghistory.track(pghistory.UpdateEvent(), exclude=["published_guid", "content_version", "imported_at"])
class Framework(models.Model):
    """A framework: a CASE document with its competencies and associations.

    `namesake` distinguishes documents with the same identifier that are not versions of each other, from 0 for the
    first one; see docs/decisions/0009-case-identifiers.md. `content_version` counts the changes, for the ETag.
    `default_credit` is what each mastered competency brings in programs that count in `default_credit_unit`, unless the
    program says otherwise; published program versions keep what they read.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_identifier = models.CharField(_("identifier at the source"), max_length=400)
    published_guid = PublishedGuidField(editable=False)
    namesake = models.PositiveSmallIntegerField(_("namesake"), default=0)
    source_uri = models.TextField(_("URI at the source"), blank=True)
    source_changed = models.CharField(_("last changed, as the source says"), max_length=100, blank=True)
    case_version = models.CharField(_("CASE version of the source"), max_length=3)
    title = models.TextField(_("title"))
    creator = models.TextField(_("creator"), blank=True)
    publisher = models.TextField(_("publisher"), blank=True)
    description = models.TextField(_("description"), blank=True)
    framework_type = models.TextField(_("type of framework"), blank=True)
    official_url = models.TextField(_("official source"), blank=True)
    language = models.CharField(_("language"), max_length=100, blank=True)
    version = models.TextField(_("version"), blank=True)
    adoption_status = models.TextField(_("adoption status"), blank=True)
    status_from = models.CharField(_("status from"), max_length=100, blank=True)
    status_until = models.CharField(_("status until"), max_length=100, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    subject_links = models.JSONField(_("links to subjects"), default=list, blank=True)
    licence_link = models.JSONField(_("licence"), null=True, blank=True)
    package_link = models.JSONField(_("package"), null=True, blank=True)
    extra = models.JSONField(_("members we do not know"), default=dict, blank=True)
    package_extra = models.JSONField(_("members of the package we do not know"), default=dict, blank=True)
    definitions_extra = models.JSONField(_("members of the definitions we do not know"), default=dict, blank=True)
    default_credit = models.DecimalField(
        _("credit of each competency"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    default_credit_unit = models.CharField(_("unit of that credit"), max_length=40, blank=True)
    content_version = models.PositiveIntegerField(_("content version"), default=1)
    imported_at = models.DateTimeField(_("last import"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects: ClassVar = FrameworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        constraints: ClassVar = [
            # Identifiers of documents are not unique in practice: see `namesake` above.
            models.UniqueConstraint(
                fields=["source_identifier", "namesake"], name="framework_one_per_identifier_and_namesake"
            ),
            models.CheckConstraint(condition=~models.Q(source_identifier=""), name="framework_has_an_identifier"),
            models.CheckConstraint(condition=~models.Q(title=""), name="framework_has_a_title"),
            models.CheckConstraint(condition=models.Q(case_version__in=["1.0", "1.1"]), name="framework_is_case_1"),
            models.CheckConstraint(
                condition=models.Q(default_credit__isnull=True, default_credit_unit="")
                | (models.Q(default_credit__isnull=False, default_credit__gte=0) & ~models.Q(default_credit_unit="")),
                name="framework_credit_has_a_unit",
                violation_error_message=_("Say the credit and its unit, or neither; credit is 0 or more."),
            ),
        ]
        # The CASE service looks frameworks up by either; GUIDs compare without case.
        indexes: ClassVar = [
            models.Index(fields=["published_guid"], name="framework_by_published_guid"),
            models.Index(Upper("source_identifier"), name="framework_by_any_case"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the framework's tree."""
        return reverse("competencies:framework", args=[self.public_id])

    @property
    def published(self) -> bool:
        """Whether the framework is public."""
        return self.published_at is not None
