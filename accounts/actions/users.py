"""Creating, inviting, closing and reopening accounts."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.mails import enqueue_invitation_mail
from accounts.actions.roles import assign_role, locked_registrars
from accounts.errors import EmailTakenError, LastRegistrarError
from accounts.models import Role, RoleAssignment, User


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
    """Create an account without a password; its owner sets one through a mailed link.

    `confirmed` marks the address as verified. Raises EmailTakenError.
    """
    address = email.strip()
    # A confirmed secondary address counts too. No constraint covers it, because it is in allauth's table.
    if email_is_taken(address):
        raise EmailTakenError(address)
    with change_context(reason, by), constraint_errors({"user_email_unique_in_any_case": EmailTakenError}):
        user = User.objects.create_user(address, display_name=display_name.strip(), language=language, joined_at=at)
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=confirmed, primary=True)
    return user


@transaction.atomic
def invite_user(email: str, *, display_name: str, at: datetime, by: User, language: str = "", reason: str = "") -> User:
    """Create an account and enqueue the mail with the link to its first password. Raises EmailTakenError."""
    user = create_user(email, display_name=display_name, at=at, by=by, language=language, reason=reason)
    enqueue_invitation_mail(user)
    return user


@transaction.atomic
def create_registrar(
    email: str, *, display_name: str, at: datetime, by: User | None = None, reason: str = ""
) -> tuple[User, bool, bool]:
    """Make the account with this e-mail a registrar everywhere, and create the account if there is none.

    Returns the account, whether it is new, and whether the role is new.
    Raises EmailTakenError if the address is a secondary address of another account.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    account_created = user is None
    # The operator vouches for the address, so it is confirmed.
    if user is None:
        user = create_user(email, display_name=display_name, at=at, by=by, confirmed=True, reason=reason)
    existing = RoleAssignment.objects.in_force(at).to(Role.REGISTRAR).filter(user=user, organization=None)
    role_granted = not existing.exists()
    if role_granted:
        assign_role(user, role=Role.REGISTRAR, at=at, by=by, reason=reason)
    return user, account_created, role_granted


@transaction.atomic
def set_first_password(user: User, *, password: str) -> User:
    """Set the first password of an account. The caller has validated the password."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    return locked


@transaction.atomic
def set_account_open(user: User, *, may_sign_in: bool, by: User, at: datetime, reason: str) -> User:
    """Open or close an account; the sessions of a closed account end with its next request.

    Raises LastRegistrarError if nobody else could assign roles afterwards.
    """
    # Locks the registrars first, as `end_role` does.
    if not may_sign_in and set(locked_registrars(at).values()) == {user.pk}:
        raise LastRegistrarError
    with change_context(reason, by):
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
