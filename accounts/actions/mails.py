"""Enqueueing mails about accounts, and mails to learners about what was done with their record.

A job stores ids only. Text, address and token are made when the job sends the mail, so that no queue holds a secret.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import jobs
from accounts.actions.locked_learner import LockedLearner
from accounts.models import User
from core import clock
from core.jobs import JobKind, enqueue

# No row has this id. An unknown address gets a job too, so that the response time does not tell which ones are known.
NO_ADDRESS_ID = 0
# An act that is entered for an older instant (an import, the demo) is history: nobody gets a mail about it.
NEWS_FOR = timedelta(days=2)


@transaction.atomic
def enqueue_confirmation_mail(address: EmailAddress) -> None:
    """Mail a link with which the owner of `address` confirms it."""
    enqueue(jobs.MAIL_CONFIRMATION, address.pk)


@transaction.atomic
def enqueue_password_link_mail(email: str) -> None:
    """Mail a link to choose a new password to `email` if it belongs to an active account.

    Only a confirmed address counts, or the one with which the account was created. An address that somebody has merely
    added may belong to another person, who could then take over the account. All other addresses get a job without
    effect.
    """
    address = _deliverable_address(email)
    enqueue(jobs.MAIL_PASSWORD_LINK, address.pk if address else NO_ADDRESS_ID)


@transaction.atomic
def enqueue_invitation_mail(user: User) -> None:
    """Mail `user` a link to choose the first password."""
    address, _created = EmailAddress.objects.get_or_create(user=user, email=user.email.lower())
    enqueue(jobs.MAIL_INVITATION, address.pk)


@transaction.atomic
def enqueue_account_exists_mail(email: str) -> None:
    """Tell the owner of `email` that somebody tried to sign up with it."""
    address = _deliverable_address(email)
    enqueue(jobs.MAIL_ACCOUNT_EXISTS, address.pk if address else NO_ADDRESS_ID)


@transaction.atomic
def enqueue_notice_mail(notice: JobKind, user: User, *, email: str | None = None) -> None:
    """Tell `user` at `email`, or at the primary address, that something about the account changed."""
    addresses = EmailAddress.objects.filter(user=user)
    address = addresses.filter(email=email).first() if email else addresses.filter(primary=True).first()
    if address:
        enqueue(notice, address.pk)


def enqueue_learner_mail(kind: JobKind, row_id: int, *, person: LockedLearner) -> None:
    """Mail a locked learner about the row, in the transaction of the act that it is about.

    The job decides when it runs whether there is somebody to write to. No job is enqueued for people without an
    account, nor for acts that are replayed.
    """
    if person.accounts and person.at > clock.now() - NEWS_FOR:
        enqueue(kind, row_id)


def _deliverable_address(email: str) -> EmailAddress | None:
    """The confirmed address `email`, or the one with which an active account was created."""
    confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True, user__is_active=True).first()
    if confirmed:
        return confirmed
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return None
    address, _created = EmailAddress.objects.get_or_create(user=user, email=user.email.lower())
    return address
