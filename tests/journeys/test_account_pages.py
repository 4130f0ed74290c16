"""Every page about one's account, looked at as a person would, by axe, in every look."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from accounts.actions.mail_tokens import issue_mail_token
from accounts.models import MailPurpose, User
from accounts.pages import encryption as seals
from core import clock
from tests.journeys.conftest import Visitor, axe_violations
from tests.journeys.looks import look_at, take_picture
from tests.recipes import PASSWORD, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def person(transactional_db: None) -> User:
    user = make_user(email="vera.with.a.rather.long.address@lakeside.example", display_name="Vera Stein")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.create(user=user, email="vera@home.example", verified=True)
    EmailAddress.objects.create(user=user, email="vera@new.example", verified=False)
    return user


def session_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def with_keys(user: User) -> Client:
    """`user`, signed in, with an app, recovery codes and a passkey."""
    client = signed_in_client(user)
    sealed = seals.sealed("JBSWY3DPEHPK3PXP")
    for kind, held in [("totp", {"secret": sealed}), ("recovery_codes", {"seed": sealed, "used_mask": 0})]:
        Authenticator.objects.create(user=user, type=kind, data=held)
    passkey = {"name": "My phone", "credential": {"clientExtensionResults": {}}}
    Authenticator.objects.create(user=user, type="webauthn", data=passkey)
    return client


STRANGERS = {
    "sign-in": "/accounts/login/",
    "sign-up-closed": "/accounts/signup/",
    "forgotten-password": "/accounts/password/reset/",
    "forgotten-password-sent": "/accounts/password/reset/done/",
    "account-closed": "/accounts/inactive/",
    "address-to-confirm": "/accounts/confirm-email/",
}

OWN = {
    "addresses": "/accounts/email/",
    "password": "/accounts/password/change/",
    "factors-none": "/accounts/2fa/",
    "app-set-up": "/accounts/2fa/totp/activate/",
    "passkey-add": "/accounts/2fa/webauthn/add/",
    "sign-out": "/accounts/logout/",
    "still-you-password": "/accounts/reauthenticate/",
}

OWN_WITH_FACTORS = {
    "factors": "/accounts/2fa/",
    "app-remove": "/accounts/2fa/totp/deactivate/",
    "recovery-codes-kept": "/accounts/2fa/recovery-codes/",
    "recovery-codes-new": "/accounts/2fa/recovery-codes/generate/",
    "passkeys": "/accounts/2fa/webauthn/",
    "passkey-rename": "/accounts/2fa/webauthn/keys/{key}/edit/",
    "passkey-remove": "/accounts/2fa/webauthn/keys/{key}/remove/",
    "still-you-code": "/accounts/2fa/reauthenticate/",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_pages_before_signing_in(visit: Visit, transactional_db: None, name: str) -> None:
    assert look_at(visit, STRANGERS[name], name=name) == []


def test_signing_up_where_it_is_open(visit: Visit, transactional_db: None, settings: Settings) -> None:
    settings.CAIRN_OPEN_SIGNUP = True

    assert look_at(visit, "/accounts/signup/", name="sign-up") == []


@pytest.mark.parametrize("name", OWN)
def test_pages_of_ones_own_account(visit: Visit, person: User, name: str) -> None:
    assert look_at(visit, OWN[name], name=name, session=session_of(signed_in_client(person))) == []


@pytest.mark.parametrize("name", OWN_WITH_FACTORS)
def test_pages_of_an_account_with_factors(visit: Visit, person: User, name: str) -> None:
    client = with_keys(person)
    path = OWN_WITH_FACTORS[name].format(key=Authenticator.objects.get(type="webauthn").pk)

    assert look_at(visit, path, name=name, session=session_of(client)) == []


def test_the_page_for_the_code(visit: Visit, person: User) -> None:
    Authenticator.objects.create(user=person, type="totp", data={"secret": seals.sealed("JBSWY3DPEHPK3PXP")})
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    assert look_at(visit, "/accounts/2fa/authenticate/", name="second-factor", session=session_of(client)) == []


def test_signed_in_browsers(visit: Visit, person: User) -> None:
    here, there = (
        Client(),
        Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0"}),
    )
    for client in (there, here):
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    assert look_at(visit, "/accounts/sessions/", name="browsers", session=session_of(here)) == []


def test_new_recovery_codes(visit: Visit, person: User) -> None:
    client = signed_in_client(person)
    client.get("/accounts/2fa/totp/activate/")
    Authenticator.objects.create(user=person, type="totp", data={"secret": seals.sealed("JBSWY3DPEHPK3PXP")})
    client.post("/accounts/2fa/recovery-codes/generate/")

    # Codes are shown once, so there is one look.
    page = visit(session=session_of(client)).open("/accounts/2fa/recovery-codes/")

    assert page.locator(".account-codes li").count() == 10
    assert axe_violations(page) == []
    take_picture(page, "recovery-codes-desktop-light")


@pytest.mark.parametrize(
    ("purpose", "link", "name"),
    [
        (MailPurpose.RESET_PASSWORD, "/accounts/password/link/{token}/", "choose-password"),
        (MailPurpose.CONFIRM_ADDRESS, "/accounts/confirm-email/link/{token}/", "confirm-address"),
    ],
)
def test_pages_behind_mailed_links(visit: Visit, person: User, purpose: MailPurpose, link: str, name: str) -> None:
    token = issue_mail_token(person, email=person.email, purpose=purpose, at=clock.now())

    assert look_at(visit, link.format(token=token), name=name) == []


def test_a_wrong_password_is_shown_at_the_form(visit: Visit, transactional_db: None) -> None:
    page = visit(width="phone").open("/accounts/login/")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the right one")
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.get_by_role("alert").first.wait_for()
    assert axe_violations(page) == []
    take_picture(page, "sign-in-wrong-phone-light")


@pytest.mark.parametrize("language", ["ar", "de"])
def test_other_languages_fit_too(visit: Visit, person: User, language: str) -> None:
    session = session_of(signed_in_client(person))

    assert look_at(visit, "/accounts/email/", name=f"addresses-{language}", session=session, language=language) == []
