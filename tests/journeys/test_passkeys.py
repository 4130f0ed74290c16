"""Passkeys in Chromium, with an authenticator that it simulates: set up, sign in without a password, answer again."""

from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from tests.journeys.conftest import Visitor, axe_violations
from tests.journeys.looks import take_picture
from tests.recipes import PASSWORD, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def registrar(transactional_db: None) -> User:
    user = make_staff(Role.REGISTRAR)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def page(visit: Callable[..., Visitor], live_server: LiveServer) -> Iterator[Page]:
    """A window at `localhost`, which passkeys can be bound to; an address made of numbers is no name."""
    visitor = visit()
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    opened = visitor.open("/accounts/login/")
    browser_tools = visitor.context.new_cdp_session(opened)
    browser_tools.send("WebAuthn.enable")
    browser_tools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    yield opened
    opened.close()


def go(page: Page, path: str) -> None:
    """Type an address of the same server."""
    page.goto(urljoin(page.url, path))


def sign_in_by_password(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Its name").fill("My phone")
    page.get_by_role("button", name="Go on").click()


def test_a_registrar_sets_a_passkey_up_and_signs_in_with_it(page: Page, registrar: User) -> None:
    sign_in_by_password(page, registrar)
    go(page, "/admin/")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()  # the desk waits

    add_passkey(page)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    key = Authenticator.objects.get(user=registrar, type="webauthn")
    assert key.wrap().is_passwordless

    page.get_by_role("button", name="Sign out").click()
    go(page, "/accounts/login/?next=/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/admin/")  # the page before names it too, as `next`

    expect(page.locator("h1").first).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(page: Page, registrar: User) -> None:
    sign_in_by_password(page, registrar)
    go(page, "/accounts/2fa/")
    add_passkey(page)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    go(page, "/accounts/login/")

    sign_in_by_password(page, registrar)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey or security key").click()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_browser_without_the_key_says_so(visit: Callable[..., Visitor], transactional_db: None) -> None:
    visitor = visit()
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    page = visitor.open("/accounts/login/")
    tools = visitor.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**PHONE, "automaticPresenceSimulation": True}})

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("The browser did not finish.")).to_be_visible()
    assert axe_violations(page) == []
    take_picture(page, "passkey-trouble-desktop-light")
