"""Every mail about an account: its words here, its shape in two templates, plain text and HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Mail:
    """What one mail says; `button` is the word on its link."""

    subject: Words
    lines: tuple[Words, ...]
    button: Words = ""
    notice: bool = False  # something changed: say when, and what to do if it was somebody else


IGNORE = _("If you did not ask for this, ignore this mail: nothing has changed.")

MAILS: Mapping[str, Mail] = {
    "account/email/email_confirmation_signup": Mail(
        _("Confirm your e-mail address"),
        (
            _("Welcome to Cairn. Show that this address is yours. The link works once, for three days."),
            IGNORE,
        ),
        _("Confirm this address"),
    ),
    "account/email/email_confirmation": Mail(
        _("Confirm your e-mail address"),
        (_("Somebody gave this address as theirs on Cairn. Was it you? The link works once, for three days."), IGNORE),
        _("Confirm this address"),
    ),
    "account/email/invitation": Mail(
        _("You are invited to Cairn"),
        (_("An account was made for you. Choose a password to begin. The link works once, for two weeks."),),
        _("Choose a password"),
    ),
    "account/email/password_reset_key": Mail(
        _("Choose a new password"),
        (_("You asked for a new password. The link works once, for two hours."), IGNORE),
        _("Choose a new password"),
    ),
    "account/email/account_already_exists": Mail(
        _("You already have an account"),
        (
            _("Somebody tried to sign up with this address. If it was you: sign in, you have an account."),
            IGNORE,
        ),
        _("I forgot my password"),
    ),
    "account/email/email_changed": Mail(
        _("Your main e-mail address was changed"),
        (_("Mails about your account go to another address now."),),
        notice=True,
    ),
    "account/email/email_deleted": Mail(
        _("An e-mail address was removed"), (_("An e-mail address was removed from your account."),), notice=True
    ),
    "account/email/password_changed": Mail(
        _("Your password was changed"), (_("All other browsers were signed out."),), notice=True
    ),
    "account/email/password_set": Mail(
        _("Your password was set"), (_("Your account has a password now."),), notice=True
    ),
    "account/email/password_reset": Mail(
        _("Your password was changed"),
        (_("It was set through a link in a mail. All browsers were signed out."),),
        notice=True,
    ),
    "mfa/email/recovery_codes_generated": Mail(
        _("You have new recovery codes"), (_("The old ones no longer work."),), notice=True
    ),
    "mfa/email/totp_activated": Mail(
        _("An authenticator app was added"), (_("Signing in asks for a code of your app now."),), notice=True
    ),
    "mfa/email/totp_deactivated": Mail(
        _("The authenticator app was removed"), (_("Signing in no longer asks for a code of your app."),), notice=True
    ),
    "mfa/email/webauthn_added": Mail(
        _("A passkey was added"), (_("You can sign in with a new passkey or security key."),), notice=True
    ),
    "mfa/email/webauthn_removed": Mail(
        _("A passkey was removed"), (_("A passkey or security key no longer opens your account."),), notice=True
    ),
}


def composed(name: str, to: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> EmailMessage:
    """The mail `name`, to the address `to`, in the language of its reader where that is known."""
    reader = context.get("user")
    with translation.override(getattr(reader, "language", "") or translation.get_language() or settings.LANGUAGE_CODE):
        mail = MAILS[name]
        facts = {
            "subject": mail.subject,
            "greeting": reader.display_name if reader else "",
            "lines": [*mail.lines, *(_what_to_do(context) if mail.notice else [])],
            "button": mail.button,
            "url": context.get("url", ""),
            "site": settings.PUBLIC_URL,
            "language": translation.get_language(),
            "leftwards": translation.get_language_bidi(),
        }
        subject = " ".join(str(mail.subject).split())
        message = EmailMultiAlternatives(
            subject,
            render_to_string("account/mail.txt", facts),
            settings.DEFAULT_FROM_EMAIL,
            [to],
            headers=dict(headers or {}),
        )
        message.attach_alternative(render_to_string("account/mail.html", facts), "text/html")
    return message


def _what_to_do(context: Mapping[str, Any]) -> list[str]:
    at = timezone.localtime(context["timestamp"])
    when = _now("This happened on %(day)s at %(time)s UTC.") % {
        "day": at.strftime("%Y-%m-%d"),
        "time": at.strftime("%H:%M"),
    }
    return [when, _now("If it was not you: choose a new password at once and tell the people who run Cairn.")]
