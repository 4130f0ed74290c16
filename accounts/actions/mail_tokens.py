"""Making, reading and spending the tokens that our mails carry.

A token is 32 random bytes. We keep its SHA-256 only: it has nothing to be guessed from, so a plain digest suffices.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.errors import MailTokenSpentError
from accounts.models import User
from accounts.models.mail_tokens import MailPurpose, MailToken

LASTS = {
    MailPurpose.CONFIRM_ADDRESS: timedelta(days=3),
    MailPurpose.RESET_PASSWORD: timedelta(hours=2),
    MailPurpose.INVITATION: timedelta(days=14),
}


@transaction.atomic
def issue_mail_token(user: User, *, email: str, purpose: MailPurpose, at: datetime) -> str:
    """A new token for a link mailed to `email`, an address of `user`; what is returned exists nowhere else."""
    token = secrets.token_urlsafe(32)
    address, _made = EmailAddress.objects.get_or_create(user=user, email=email.lower())
    MailToken.objects.create(
        user=user,
        address=address,
        purpose=purpose,
        digest=_digest(token),
        account_state=_state_of(user, purpose),
        created_at=at,
        expires_at=at + LASTS[purpose],
    )
    return token


def open_mail_token(token: str, *, purposes: frozenset[MailPurpose], at: datetime) -> MailToken | None:
    """The row of `token`, if it may still be spent on one of `purposes` at the instant `at`."""
    return _good(MailToken.objects.open(at).filter(digest=_digest(token), purpose__in=purposes).first())


def open_mail_token_by_id(row_id: int, *, purposes: frozenset[MailPurpose], at: datetime) -> MailToken | None:
    """The same for a token that was shown before: a browser's session remembers its row, never the token."""
    return _good(MailToken.objects.open(at).filter(pk=row_id, purpose__in=purposes).first())


@transaction.atomic
def spend_mail_token(token: MailToken, *, at: datetime) -> MailToken:
    """Use `token`, and with it every other open one of the same purpose and person.

    Raises MailTokenSpentError when it was used, ran out or the account changed since it was mailed.
    """
    User.objects.select_for_update(no_key=True).get(pk=token.user_id)
    locked = _good(MailToken.objects.select_for_update(of=("self",)).open(at).filter(pk=token.pk).first())
    if locked is None:
        raise MailTokenSpentError
    siblings = MailToken.objects.open(at).filter(user=locked.user_id, purpose=locked.purpose)
    if locked.purpose == MailPurpose.CONFIRM_ADDRESS:
        siblings = siblings.filter(address=locked.address_id)
    siblings.update(used_at=at)
    return locked


def _good(row: MailToken | None) -> MailToken | None:
    if row is None or not row.user.is_active:
        return None
    now = _state_of(row.user, MailPurpose(row.purpose))
    return row if secrets.compare_digest(row.account_state, now) else None


def _state_of(user: User, purpose: MailPurpose) -> str:
    """What must not change while a link is on its way.

    A link to confirm one address survives the adding of another and a sign-in; a link to a new password does not.
    """
    facts = [user.password]
    if purpose != MailPurpose.CONFIRM_ADDRESS:
        addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        facts += [str(user.last_login), user.email, *sorted(addresses)]
    return _digest("\n".join(facts))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
