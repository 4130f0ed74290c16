"""What was published about achievement versions for good: their definitions, and the pictures at signed addresses."""

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.database.ledger import AppendOnly
from credentials.models.issuers import DIGEST, Issuer
from programs.models import AchievementVersion


class AchievementDefinition(AppendOnly):
    """The definition of an achievement version as it was first published; every badge signed since repeats it.

    `content` is the exact bytes at its address. `described` has the key of each requirement that they describe, with
    the public id of the competency that it asks for, empty where several can be reached there.
    """

    achievement_version = models.OneToOneField(
        AchievementVersion, models.PROTECT, related_name="definition", verbose_name=_("achievement version")
    )
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="definitions", verbose_name=_("issuer"))
    content = models.BinaryField()
    digest = models.CharField(_("digest"), max_length=67)
    described = models.JSONField()
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("definition of an achievement")
        verbose_name_plural = _("definitions of achievements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="achievement_definition_has_a_digest"),
        ]

    def __str__(self) -> str:
        return str(self.digest)

    @property
    def document(self) -> dict[str, Any]:
        """The definition as it is published."""
        document: dict[str, Any] = json.loads(bytes(self.content))
        return document


class PublishedImage(AppendOnly):
    """The picture at one address, which signed documents name: drawn at the first need, then the same for good."""

    address = models.CharField(_("address"), max_length=500)
    content = models.BinaryField()
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("published picture")
        verbose_name_plural = _("published pictures")
        constraints: ClassVar = [
            # Also the index by which it is served; two requests that draw it at once keep one.
            models.UniqueConstraint(fields=["address"], name="published_image_is_one"),
        ]

    def __str__(self) -> str:
        return self.address
