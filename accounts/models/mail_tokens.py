"""The tokens in mailed links: for one purpose, once, for a limited time, while the account stays unchanged."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class MailPurpose(models.TextChoices):
    """The acts that a mailed link allows."""

    CONFIRM_ADDRESS = "confirm_address", _("confirm an e-mail address")
    RESET_PASSWORD = "reset_password", _("reset the password")
    INVITATION = "invitation", _("set the first password")


class MailTokenQuerySet(models.QuerySet["MailToken"]):
    """Tokens, open and spent."""

    def open(self, at: datetime) -> Self:
        """Those that are neither used nor expired at the instant `at`."""
        return self.filter(used_at=None, expires_at__gt=at)


class MailToken(models.Model):
    """The digest of a mailed token; the token itself is only in the mail.

    `account_state` is a digest of the password and the addresses at the time of the mail. The link stops working when
    they change.
    """

    # CASCADE and not PROTECT: a token proves nothing once its account is gone.
    user = models.ForeignKey(User, models.CASCADE, related_name="mail_tokens")
    address = models.ForeignKey("account.EmailAddress", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=MailPurpose.choices)
    digest = models.CharField(max_length=64)
    account_state = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = MailTokenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="mail_token_is_one_of_its_kind"),
            # The pattern keeps a bug from storing the token itself.
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="mail_token_is_stored_as_a_digest"
            ),
            models.CheckConstraint(condition=Q(purpose__in=MailPurpose.values), name="mail_token_purpose_is_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="mail_token_expires_after_it_is_made"
            ),
            # Even if an action forgets to check the time, an expired token cannot be spent.
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("created_at"), used_at__lt=F("expires_at")),
                name="mail_token_is_used_while_it_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
