"""Issuing, reading and spending the tokens in our mailed links.

A token is 32 random bytes. The database stores only its SHA-256. A plain digest is enough, because random bytes cannot
be guessed as passwords can.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.errors import MailTokenSpentError
from accounts.models import User
from accounts.models.mail_tokens import MailPurpose, MailToken

LIFETIMES = {
    MailPurpose.CONFIRM_ADDRESS: timedelta(days=3),
    MailPurpose.RESET_PASSWORD: timedelta(hours=2),
    MailPurpose.INVITATION: timedelta(days=14),
}


@transaction.atomic
def issue_mail_token(user: User, *, email: str, purpose: MailPurpose, at: datetime) -> str:
    """Create a token for a link mailed to `email`, an address of `user`. The token itself is stored nowhere."""
    token = secrets.token_urlsafe(32)
    address, _created = EmailAddress.objects.get_or_create(user=user, email=email.lower())
    MailToken.objects.create(
        user=user,
        address=address,
        purpose=purpose,
        digest=_digest(token),
        account_state=_account_state(user, purpose),
        created_at=at,
        expires_at=at + LIFETIMES[purpose],
    )
    return token


def open_mail_token(token: str, *, purposes: frozenset[MailPurpose], at: datetime) -> MailToken | None:
    """The row of `token` if it can still be spent on one of `purposes` at the instant `at`."""
    return _if_spendable(MailToken.objects.open(at).filter(digest=_digest(token), purpose__in=purposes).first())


def open_mail_token_by_id(row_id: int, *, purposes: frozenset[MailPurpose], at: datetime) -> MailToken | None:
    """As `open_mail_token`, by primary key: a browser session stores the key of the row and never the token."""
    return _if_spendable(MailToken.objects.open(at).filter(pk=row_id, purpose__in=purposes).first())


@transaction.atomic
def spend_mail_token(token: MailToken, *, at: datetime) -> MailToken:
    """Spend `token` and all other open tokens of the same user and purpose.

    Raises MailTokenSpentError if the token was used, has expired, or if the account changed since it was mailed.
    """
    # The user row is locked first: two browsers that spend tokens of one account queue, and the second one fails.
    User.objects.select_for_update(no_key=True).get(pk=token.user_id)
    locked = _if_spendable(MailToken.objects.select_for_update(of=("self",)).open(at).filter(pk=token.pk).first())
    if locked is None:
        raise MailTokenSpentError
    # Older mails of the same purpose must stop working too. A confirmation concerns one address only.
    siblings = MailToken.objects.open(at).filter(user=locked.user_id, purpose=locked.purpose)
    if locked.purpose == MailPurpose.CONFIRM_ADDRESS:
        siblings = siblings.filter(address=locked.address_id)
    siblings.update(used_at=at)
    return locked


def _if_spendable(row: MailToken | None) -> MailToken | None:
    """The row if its account can sign in and has not changed since the mail."""
    if row is None or not row.user.is_active:
        return None
    current_state = _account_state(row.user, MailPurpose(row.purpose))
    # Constant time, as for all comparisons of digests of secrets.
    return row if secrets.compare_digest(row.account_state, current_state) else None


def _account_state(user: User, purpose: MailPurpose) -> str:
    """A digest of everything that must not change between the mail and the use of its link.

    A link that confirms an address stays valid if its owner signs in or adds another address. A link to a new password
    does not.
    """
    parts = [user.password]
    if purpose != MailPurpose.CONFIRM_ADDRESS:
        addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        parts += [str(user.last_login), user.email, *sorted(addresses)]
    return _digest("\n".join(parts))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
