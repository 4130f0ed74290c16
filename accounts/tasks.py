"""Mails about accounts, sent outside the request: a mail server that is slow or away delays nobody and loses nothing.

Each is leased: it talks to the network. A repeat sends the mail again, with a token of its own; that harms nobody.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from accounts.actions.expiry import clear_expired
from accounts.actions.mail_tokens import issue_mail_token
from accounts.models import MailPurpose
from accounts.pages.mails import composed
from config.base import clock
from config.base.jobs import Lane, Mode, job


@job(name="accounts.mail_confirmation", mode=Mode.LEASED)
def mail_confirmation(address_id: int) -> None:
    """A link to confirm an address that is not confirmed yet."""
    _send_link("confirmation", address_id, MailPurpose.CONFIRM_ADDRESS, "account_confirm_email", confirmed=False)


@job(name="accounts.mail_password_link", mode=Mode.LEASED)
def mail_password_link(address_id: int) -> None:
    """A link to choose a new password."""
    _send_link("password_link", address_id, MailPurpose.RESET_PASSWORD, "account_reset_password_from_key")


@job(name="accounts.mail_invitation", mode=Mode.LEASED)
def mail_invitation(address_id: int) -> None:
    """A link to choose the first password."""
    _send_link("invitation", address_id, MailPurpose.INVITATION, "account_reset_password_from_key")


@job(name="accounts.mail_account_exists", mode=Mode.LEASED)
def mail_account_exists(address_id: int) -> None:
    """Somebody signed up with an address that has an account."""
    for address in _addressed(address_id):
        composed("account_exists", address, url=settings.PUBLIC_URL + reverse("account_reset_password")).send()


@job(name="accounts.mail_approval_alone", mode=Mode.LEASED)
def mail_approval_alone(address_id: int, approval_id: int) -> None:
    """Somebody asked for an approval that nobody else could give: who watches is told before it can be given."""
    url = settings.PUBLIC_URL + reverse("admin:accounts_approval_change", args=[approval_id])
    for address in _addressed(address_id):
        composed("approval_alone", address, url=url).send()


@job(name="accounts.clear_expired", lane=Lane.BULK, every=timedelta(days=1))
def clear_expired_rows() -> None:
    """Sessions, links and counts whose time is over."""
    clear_expired(at=clock.now())


def _notice(name: str) -> Callable[[int], None]:
    @job(name=f"accounts.mail_{name}", mode=Mode.LEASED)
    def mail_notice(address_id: int) -> None:
        for address in _addressed(address_id):
            composed(name, address, at=clock.now()).send()

    return mail_notice


# By the name that allauth gives the change.
NOTICES: Mapping[str, Callable[[int], None]] = {
    "account/email/email_changed": _notice("main_address_changed"),
    "account/email/email_deleted": _notice("address_removed"),
    "account/email/password_changed": _notice("password_changed"),
    "account/email/password_set": _notice("password_set"),
    "account/email/password_reset": _notice("password_reset"),
    "mfa/email/recovery_codes_generated": _notice("recovery_codes_made"),
    "mfa/email/totp_activated": _notice("app_added"),
    "mfa/email/totp_deactivated": _notice("app_removed"),
    "mfa/email/webauthn_added": _notice("passkey_added"),
    "mfa/email/webauthn_removed": _notice("passkey_removed"),
}


def _send_link(name: str, address_id: int, purpose: MailPurpose, route: str, **still: bool) -> None:
    for address in _addressed(address_id):
        if still.get("confirmed", address.verified) != address.verified:
            continue
        token = issue_mail_token(address.user, email=address.email, purpose=purpose, at=clock.now())
        composed(name, address, url=settings.PUBLIC_URL + reverse(route, args=[token])).send()


def _addressed(address_id: int) -> list[EmailAddress]:
    """One address, or none: it may be gone, its account closed, or the job be for nobody."""
    return list(EmailAddress.objects.select_related("user").filter(pk=address_id, user__is_active=True))
