"""The base of all rows that come from a CASE package."""

import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from competencies.rules.identifiers import published_guid


class PublishedGuidField(models.UUIDField):  # type: ignore[type-arg]  # its types do not follow from a parameter
    """The GUID under which CASE answers name a row; it follows from `source_identifier` whenever the row is written.

    Stored, because a stand-in cannot be traced back to the identifier that it replaces, and rows are looked up by it.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> uuid.UUID:  # noqa: ARG002 - Django's
        """Compute the value; `save` and `bulk_create` both ask for it."""
        value = uuid.UUID(published_guid(model_instance.source_identifier))  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:  # noqa: ANN401 - Django's
        """Migrations know it as a plain UUID, so that they do not depend on this module."""
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.UUIDField", arguments, keywords


class SourceQuerySet(models.QuerySet["Sourced"]):
    """Rows of packages, listed and retired ones."""

    def listed(self) -> Self:
        """Those that the source still lists."""
        return self.filter(retired_at__isnull=True)


class Sourced(models.Model):
    """A row from a package. `source_identifier` is unique only within its framework.

    The identifier is text, because real packages have GUIDs that no version of the standard allows.
    A row that a later package leaves out is retired and never deleted, because something may refer to it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_identifier = models.CharField(_("identifier at the source"), max_length=400)
    published_guid = PublishedGuidField(editable=False)
    source_uri = models.TextField(_("URI at the source"), blank=True)
    source_changed = models.CharField(_("last changed, as the source says"), max_length=100, blank=True)
    extra = models.JSONField(_("members we do not know"), default=dict, blank=True)
    # Sources often have no sequence numbers: the order in the file is then the only one.
    position = models.PositiveIntegerField(_("place in the source file"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def retired(self) -> bool:
        """Whether the source no longer lists this."""
        return self.retired_at is not None
