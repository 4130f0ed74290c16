"""The base of all rows that come from a CASE package."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


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
