"""Promising mails: what is written down are ids; words, addresses and tokens come into being when the mail is sent."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import tasks
from accounts.models import User
from config.base.jobs import enqueue

NOBODY = 0  # no row has this id: a job for nobody keeps the answer as quick as one for somebody

Notice = Callable[[int], None]


@transaction.atomic
def promise_confirmation(address: EmailAddress) -> None:
    """Mail a link by which the owner of `address` confirms it."""
    enqueue(tasks.mail_confirmation, address.pk)


@transaction.atomic
def promise_password_link(email: str) -> None:
    """Mail a link to choose a new password to `email`, if that reaches an account that is open.

    Only addresses that are known to be theirs, or that the account was made with: one that somebody merely added may
    belong to another person, who would then walk into this account. For all others a job is promised too, for nobody.
    """
    address = _known(email)
    enqueue(tasks.mail_password_link, address.pk if address else NOBODY)


@transaction.atomic
def promise_invitation(user: User) -> None:
    """Mail a link to `user` by which they choose their first password."""
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email.lower())
    enqueue(tasks.mail_invitation, address.pk)


@transaction.atomic
def promise_reminder(email: str) -> None:
    """Tell the owner of `email` that somebody tried to sign up with it."""
    address = _known(email)
    enqueue(tasks.mail_account_exists, address.pk if address else NOBODY)


@transaction.atomic
def promise_notice(handler: Notice, user: User, *, email: str | None = None) -> None:
    """Tell `user`, at `email` or at the main address, that something about the account changed."""
    addresses = EmailAddress.objects.filter(user=user)
    address = addresses.filter(email=email).first() if email else addresses.filter(primary=True).first()
    if address:
        enqueue(handler, address.pk)


def _known(email: str) -> EmailAddress | None:
    confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True, user__is_active=True).first()
    if confirmed:
        return confirmed
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return None
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email.lower())
    return address
