"""The API clients of partners, with which they read transcripts."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication, ApplicationManager

from accounts.models.organizations import Organization


@pghistory.track(
    # The history leaves out the secret, even hashed.
    fields=[
        "client_id",
        "name",
        "organization",
        "contact_name",
        "contact_email",
        "authorization_grant_type",
        "secret_made_at",
        "ended_at",
    ],
    model_name="PartnerClientEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events", null=False),
)
class PartnerClient(AbstractApplication):
    """An OAuth client of one partner. It acts for itself and not for a user: its only grant is client credentials.

    The secret is stored hashed and shown once. An ended client gets no tokens, and its existing tokens stop working.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="partner_clients", verbose_name=_("partner")
    )
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    secret_made_at = models.DateTimeField(_("secret since"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[models.Manager["PartnerClient"]] = ApplicationManager()

    class Meta(AbstractApplication.Meta):
        abstract = False
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        verbose_name = _("partner client")
        verbose_name_plural = _("partner clients")
        constraints: ClassVar = [
            # oauth-toolkit allows other grants and public clients; this one must never act for a user.
            models.CheckConstraint(
                condition=Q(
                    authorization_grant_type=AbstractApplication.GRANT_CLIENT_CREDENTIALS,
                    client_type=AbstractApplication.CLIENT_CONFIDENTIAL,
                ),
                name="partner_client_acts_for_itself",
            ),
            # oauth-toolkit can store the secret in clear text, as an option of each client.
            models.CheckConstraint(condition=Q(hash_client_secret=True), name="partner_client_secret_is_hashed"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(secret_made_at=None) | Q(ended_at__gte=F("secret_made_at")),
                name="partner_client_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def is_usable(self, request: HttpRequest) -> bool:  # noqa: ARG002 - oauth-toolkit's hook
        """Whether the client may request a token."""
        return self.ended_at is None
