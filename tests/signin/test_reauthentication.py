"""Pages that require reauthentication after 15 minutes."""

import time
from collections.abc import Callable

import pytest
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.pages.reauthentication import recently_signed_in
from tests.recipes import PASSWORD
from tests.signin.conftest import sign_in

FIFTEEN_MINUTES = 15 * 60


@recently_signed_in
def key_page(_request: HttpRequest) -> HttpResponse:
    """A page worth asking for."""
    return HttpResponse("the keys")


@pytest.fixture
def asked_after(person: User) -> Callable[[float], HttpRequest]:
    """A request of Vera, who signed in so many seconds ago."""

    def after(seconds: float) -> HttpRequest:
        client = Client()
        sign_in(client, person.email)
        session: SessionBase = client.session
        for record in session["account_authentication_methods"]:
            record["at"] -= seconds
        request = RequestFactory().get("/")
        request.user, request.session = person, session
        return request

    return after


def test_a_fresh_sign_in_counts(asked_after: Callable[[float], HttpRequest]) -> None:
    assert key_page(asked_after(FIFTEEN_MINUTES - 60)).status_code == 200


def test_after_fifteen_minutes_it_does_not(asked_after: Callable[[float], HttpRequest]) -> None:
    with pytest.raises(ReauthenticationRequired):
        key_page(asked_after(FIFTEEN_MINUTES + 1))


def grown_old(client: Client) -> None:
    session = client.session
    session["account_authentication_methods"] = [
        {**record, "at": time.time() - FIFTEEN_MINUTES - 1} for record in session["account_authentication_methods"]
    ]
    session.save()


def test_the_page_comes_back_after_the_password(client: Client, person: User) -> None:
    sign_in(client, person.email)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    grown_old(client)

    location = client.get("/accounts/2fa/totp/activate/").headers["Location"]
    assert location == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    assert client.post(location, {"password": "not this one"}).status_code == 200
    assert client.post(location, {"password": PASSWORD}).headers["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_adding_an_address_asks_again(client: Client, person: User) -> None:
    sign_in(client, person.email)
    grown_old(client)

    answer = client.post("/accounts/email/", {"action_add": "", "email": "vera@home.example"})

    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
