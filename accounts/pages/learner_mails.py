"""Mails to learners about what was done with their record, for the apps that do it.

docs/mails.md lists them. Subjects name no person, title or outcome: they stand on screens that others see.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from accounts.models import Learner
from accounts.pages.mails import Mail, message_of
from accounts.queries.addresses import mailable_address_of
from accounts.queries.legal_names import display_name_of
from accounts.queries.time_zones import learner_civil_date
from core import clock


def learner_mail(learner: Learner, write: Callable[[], Mail], *, path: str) -> EmailMessage | None:
    """The mail that `write` words in the language of the learner, who is greeted by the name in use today.

    `path` is the page that the button opens. None where nobody is to be written to: see `mailable_address_of`.
    """
    address = mailable_address_of(learner)
    if address is None:
        return None
    name = display_name_of(learner, on=learner_civil_date(clock.now()))
    with translation.override(address.user.language or settings.LANGUAGE_CODE):
        return message_of(write(), address.email, greeting=name, url=settings.PUBLIC_URL + path)


def send_if_any(mail: EmailMessage | None) -> None:
    """Send the mail, if there is somebody to write to."""
    if mail is not None:
        mail.send()
