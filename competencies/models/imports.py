"""Imports of CASE files: the file, who uploaded it, the state, and the report."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competencies.models.frameworks import Framework


class ImportState(models.TextChoices):
    """The state of an import. A checked one waits for a person; `report` has the reasons of a refused one."""

    RECEIVED = "received", _("waiting to be checked")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, waiting for your decision")
    CONFIRMED = "confirmed", _("waiting to be imported")
    IMPORTING = "importing", _("importing")
    IMPORTED = "imported", _("imported")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")


class CaseImport(models.Model):
    """The import of one file.

    The content is in the database until the import ends, so that a job on any machine can read it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("file"), max_length=300)
    digest = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    content = models.BinaryField(_("content"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState)
    phase = models.CharField(_("doing now"), max_length=200, blank=True)
    publish = models.BooleanField(_("publish afterwards"), default=False)
    report = models.JSONField(_("report"), default=dict, blank=True)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, null=True, blank=True, related_name="imports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of a CASE file")
        verbose_name_plural = _("imports of CASE files")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="case_import_state_is_known"),
            # "Imported" without its framework would be a report without a subject.
            models.CheckConstraint(
                condition=~Q(state="imported") | Q(framework__isnull=False, finished_at__isnull=False),
                name="case_import_names_what_it_made",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["digest"], name="case_import_by_digest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def under_way(self) -> bool:
        """Whether a job will change the state; the page then refreshes itself."""
        return self.state in {ImportState.RECEIVED, ImportState.CHECKING, ImportState.CONFIRMED, ImportState.IMPORTING}
