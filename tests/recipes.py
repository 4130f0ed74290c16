"""Ready people and places for tests (model-bakery recipes), and how they come in."""

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from accounts.models import Learner, Organization, OrganizationKind, Role, RoleAssignment, User
from tests.canaries import DOMAIN, SURNAME
from tests.canaries import PASSWORD as PASSWORD  # noqa: PLC0414 - what the accounts here sign in with

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

institution = Recipe(
    Organization, name="Lakeside College", kind=OrganizationKind.OURS, time_zone="Europe/Vienna", languages=["en"]
)
account = Recipe(User, email=seq("person", suffix=f"@{DOMAIN}"), display_name=seq(f"{SURNAME} "), language="")
learner = Recipe(Learner, learner_number=seq("L-"), created_at=LONG_AGO, user=foreign_key(account))
assignment = Recipe(RoleAssignment, user=foreign_key(account), organization=None, starts_at=LONG_AGO, ends_at=None)


def make_user(**fields: Any) -> User:
    """An account that can sign in with PASSWORD."""
    user: User = account.prepare(**fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_staff(role: Role, **fields: Any) -> User:
    """An account that holds `role` everywhere, since long ago."""
    user = make_user(**fields)
    assignment.make(user=user, role=role)
    return user


def add_factor(user: User) -> None:
    """Give `user` a second factor; nobody knows its secret."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "of nobody"})


def signed_in_client(user: User, *, factor: bool = True) -> Client:
    """A client in which `user` has just signed in, with a second factor unless told otherwise."""
    if factor and user.is_staff:
        add_factor(user)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    moment = datetime.now(UTC).timestamp()
    shown = [{"method": "password", "at": moment, "email": user.email}]
    if factor:
        shown.append({"method": "mfa", "type": "totp", "at": moment})
    session["account_authentication_methods"] = shown
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
