"""The texts of all mails about accounts. Two templates lay them out as plain text and as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Mail:
    """The text of one mail; `button` is the label of its link."""

    subject: Words
    lines: tuple[Words, ...]
    button: Words = ""


IGNORE_IF_NOT_YOU = _("If you did not ask for this, ignore this mail: nothing has changed.")

MAILS: Mapping[str, Mail] = {
    "confirmation": Mail(
        _("Confirm your e-mail address"),
        (
            _("Somebody gave this address as theirs on Cairn. Was it you? The link works once, for three days."),
            IGNORE_IF_NOT_YOU,
        ),
        _("Confirm this address"),
    ),
    "invitation": Mail(
        _("You are invited to Cairn"),
        (_("An account was made for you. Choose a password to begin. The link works once, for two weeks."),),
        _("Choose a password"),
    ),
    "password_link": Mail(
        _("Choose a new password"),
        (_("You asked for a new password. The link works once, for two hours."), IGNORE_IF_NOT_YOU),
        _("Choose a new password"),
    ),
    "account_exists": Mail(
        _("You already have an account"),
        (
            _("Somebody tried to sign up with this address. If it was you: sign in, you have an account."),
            IGNORE_IF_NOT_YOU,
        ),
        _("I forgot my password"),
    ),
    "approval_alone": Mail(
        _("An approval can soon be given by the person who asked for it"),
        (
            _("Somebody asked for an approval, and nobody else holds the role that decides."),
            _("One day after asking they may decide alone. If that should not be, speak to them before."),
        ),
        _("Look at what was asked"),
    ),
    "main_address_changed": Mail(
        _("Your main e-mail address was changed"),
        (_("Mails about your account go to another address now."),),
    ),
    "address_removed": Mail(
        _("An e-mail address was removed"), (_("An e-mail address was removed from your account."),)
    ),
    "password_changed": Mail(_("Your password was changed"), (_("All other browsers were signed out."),)),
    "password_set": Mail(_("Your password was set"), (_("Your account has a password now."),)),
    "password_reset": Mail(
        _("Your password was changed"),
        (_("It was set through a link in a mail. All browsers were signed out."),),
    ),
    "recovery_codes_made": Mail(_("You have new recovery codes"), (_("The old ones no longer work."),)),
    "app_added": Mail(_("An authenticator app was added"), (_("Signing in asks for a code of your app now."),)),
    "app_removed": Mail(
        _("The authenticator app was removed"), (_("Signing in no longer asks for a code of your app."),)
    ),
    "passkey_added": Mail(_("A passkey was added"), (_("You can sign in with a new passkey or security key."),)),
    "passkey_removed": Mail(
        _("A passkey was removed"), (_("A passkey or security key no longer opens your account."),)
    ),
}


def account_mail(name: str, address: EmailAddress, *, url: str = "", at: datetime | None = None) -> EmailMessage:
    """The mail `name` to `address` in the language of its user.

    `url` is the link of the button. `at` is the instant of the change that the mail is about; such mails also say what
    to do if the change was made by somebody else.
    """
    reader = address.user
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        mail = MAILS[name]
        whole = replace(mail, lines=(*mail.lines, *(_notice_lines(at) if at else [])))
        return message_of(whole, address.email, greeting=reader.display_name, url=url)


def message_of(mail: Mail, email: str, *, greeting: str, url: str = "") -> EmailMessage:
    """The mail as plain text and as HTML, in the active language."""
    context = {
        "subject": mail.subject,
        "greeting": greeting,
        "lines": mail.lines,
        "button": mail.button,
        "url": url,
        "site": settings.PUBLIC_URL,
        "language": translation.get_language(),
        "leftwards": translation.get_language_bidi(),
    }
    message = EmailMultiAlternatives(
        subject=str(mail.subject),
        body=render_to_string("account/mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email],
    )
    message.attach_alternative(render_to_string("account/mail.html", context), "text/html")
    return message


def _notice_lines(at: datetime) -> list[str]:
    parameters = {"day": at.strftime("%Y-%m-%d"), "time": at.strftime("%H:%M")}
    return [
        _now("This happened on %(day)s, shortly before %(time)s UTC.") % parameters,
        _now("If it was not you: choose a new password at once and tell the people who run Cairn."),
    ]
