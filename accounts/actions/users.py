"""Making accounts, and closing them."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.history import noted
from accounts.actions.mails import promise_invitation
from accounts.actions.refusals import refused_as
from accounts.actions.roles import assign_role, locked_registrars
from accounts.errors import EmailTakenError, LastRegistrarError
from accounts.models import Role, User
from accounts.permissions import holds_everywhere


@transaction.atomic
def create_user(
    email: str,
    *,
    display_name: str,
    at: datetime,
    by: User | None,
    language: str = "",
    confirmed: bool = False,
    reason: str = "",
) -> User:
    """An account without a password; its owner sets one through a mailed link.

    `confirmed` says that the address is known to be theirs. Raises EmailTakenError.
    """
    address = email.strip()
    if email_is_taken(address):
        raise EmailTakenError(address)
    with noted(reason, by), refused_as({"user_email_unique_in_any_case": EmailTakenError}):
        user = User.objects.create_user(address, display_name=display_name.strip(), language=language, joined_at=at)
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=confirmed, primary=True)
    return user


@transaction.atomic
def invite_user(email: str, *, display_name: str, at: datetime, by: User, language: str = "", reason: str = "") -> User:
    """A new account, and the promise of a mail with the link to its first password. Raises EmailTakenError."""
    user = create_user(email, display_name=display_name, at=at, by=by, language=language, reason=reason)
    promise_invitation(user)
    return user


@transaction.atomic
def create_registrar(
    email: str, *, display_name: str, at: datetime, by: User | None = None, reason: str = ""
) -> tuple[User, bool, bool]:
    """The account with this e-mail as a registrar everywhere; and whether it, and the role, are new.

    Raises EmailTakenError when the address is another account's second one.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    made = user is None
    if user is None:
        user = create_user(email, display_name=display_name, at=at, by=by, confirmed=True, reason=reason)
    granted = not holds_everywhere(user, Role.REGISTRAR, at=at)
    if granted:
        assign_role(user, role=Role.REGISTRAR, at=at, by=by, reason=reason)
    return user, made, granted


@transaction.atomic
def set_first_password(user: User, *, password: str) -> User:
    """Give an account that has none its password; who calls has checked that it is a good one."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    return locked


@transaction.atomic
def set_account_open(user: User, *, may_sign_in: bool, by: User, at: datetime, reason: str) -> User:
    """Let an account sign in, or not; a closed one's sessions end with its next request.

    Raises LastRegistrarError when nobody else could hand out rights.
    """
    if not may_sign_in and set(locked_registrars(at).values()) == {user.pk}:
        raise LastRegistrarError
    with noted(reason, by):
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        locked.is_active = may_sign_in
        locked.save(update_fields=["is_active"])
    return locked


def email_is_taken(email: str) -> bool:
    """Whether an account signs in with this address or has confirmed it."""
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )
