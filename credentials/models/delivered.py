"""Digests of the PDFs that were delivered, so that a file can be told from one that only carries our record."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.database.ledger import AppendOnly


class DeliveredKind(models.TextChoices):
    """What was delivered."""

    CERTIFICATE = "certificate", _("certificate")
    TRANSCRIPT = "transcript", _("transcript")


class DeliveredFile(AppendOnly):
    """A PDF that was delivered at least once: its digest, what it is, and when it was first delivered.

    Nothing says whose it is. The same bytes have one row, however often they are delivered.
    """

    file_digest = models.CharField(_("SHA-256"), max_length=64)
    kind = models.CharField(_("kind"), max_length=12, choices=DeliveredKind.choices)
    delivered_at = models.DateTimeField(_("delivered"))

    class Meta:
        verbose_name = _("delivered file")
        verbose_name_plural = _("delivered files")
        constraints: ClassVar = [
            # Also the index by which a file is looked up; two deliveries of the same bytes at once keep one row.
            models.UniqueConstraint(fields=["file_digest"], name="delivered_file_is_one"),
            models.CheckConstraint(
                condition=Q(file_digest__regex=r"^[0-9a-f]{64}$"), name="delivered_file_has_a_digest"
            ),
            models.CheckConstraint(condition=Q(kind__in=DeliveredKind.values), name="delivered_file_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.file_digest
