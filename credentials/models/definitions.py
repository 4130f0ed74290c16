"""What was published about achievement versions for good: their definitions, and the pictures at signed addresses."""

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from core.database.ledger import AppendOnly
from credentials.models.issuers import DIGEST, Issuer
from programs.models import AchievementVersion

# JSON as PostgreSQL writes it: each key of a requirement, with a public id or nothing.
DESCRIBED = r'^\{("[a-z0-9/]+": "([0-9a-f-]{36})?"(, )?)*\}$'
IMAGE_ADDRESS = r"^https?://[a-z0-9.:-]+/[a-z0-9/-]+/image$"


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
            # No text of anybody can get into a table that only grows: keys of requirements and public ids alone.
            models.CheckConstraint(
                condition=Regex(Cast("described", models.TextField()), DESCRIBED),
                name="achievement_definition_describes_by_keys",
            ),
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
            models.CheckConstraint(condition=Q(address__regex=IMAGE_ADDRESS), name="published_image_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.address
