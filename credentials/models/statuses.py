"""The published lists of one bit per signed document: a set bit means not valid (Bitstring Status List 1.0)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly
from credentials.models.issuers import DIGEST, Issuer

LIST_LENGTH = 131_072  # bits: the minimum of the standard, so that one bit tells little about whose it is


class StatusList(models.Model):
    """A list with its last signed document; a GET serves these bytes and needs no key."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="status_lists", verbose_name=_("issuer"))
    made_at = models.DateTimeField(_("made"))
    content = models.BinaryField(null=True)
    digest = models.CharField(_("digest"), max_length=67, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(content=None, digest="", signed_at=None, valid_until=None)
                | Q(
                    content__isnull=False,
                    digest__regex=DIGEST,
                    signed_at__isnull=False,
                    valid_until__gt=models.F("signed_at"),
                ),
                name="status_list_signed_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} · {localize(self.made_at.date())}"

    @property
    def url(self) -> str:
        """Its address; it never changes, because signed documents state it."""
        return f"{self.issuer.origin}/status/{self.public_id}"


class StatusEntry(AppendOnly):
    """The bit of one signed document in a status list."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="status_entries")
    document = models.OneToOneField("credentials.Document", models.PROTECT, related_name="status_entry")
    status_list = models.ForeignKey(StatusList, models.PROTECT, db_index=False, related_name="entries")
    index = models.PositiveIntegerField(_("bit"))

    objects = LearnerOwnedQuerySet["StatusEntry"].as_manager()

    class Meta:
        verbose_name = _("status entry")
        verbose_name_plural = _("status entries")
        constraints: ClassVar = [
            # Two documents with one bit would be revoked together. Its index serves the list too (db_index=False).
            models.UniqueConstraint(fields=["status_list", "index"], name="status_entry_bit_is_one"),
            models.CheckConstraint(condition=Q(index__lt=LIST_LENGTH), name="status_entry_bit_is_in_the_list"),
        ]

    def __str__(self) -> str:
        return str(self.index)
