"""The mail that tells a holder about a new credential, in the holder's language, as plain text and HTML."""

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.queries import account_of, verified_address_of
from credentials.models import Credential


def mail_about(credential: Credential) -> EmailMessage | None:
    """The mail about this credential to the holder's verified primary address; None without such an address."""
    user = account_of(credential.learner)
    if user is None or not user.is_active:
        return None
    address = verified_address_of(user)
    if address is None:
        return None
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("Your credential is ready")
        facts = {
            "subject": subject,
            "greeting": user.display_name,
            "lines": [
                _("You were awarded: %(title)s.") % {"title": credential.award.achievement_version.title},
                _("The signed credential is kept in your record. Anybody you give it to can check it."),
            ],
            "button": _("See it"),
            "url": f"{settings.PUBLIC_URL}/credentials/{credential.public_id}",
            "site": settings.PUBLIC_URL,
            "language": translation.get_language(),
            "leftwards": translation.get_language_bidi(),
        }
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("account/mail.txt", facts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address.email],
        )
        message.attach_alternative(render_to_string("account/mail.html", facts), "text/html")
    return message
