"""Fixtures for tests of sign-in: an account, browsers and a mailbox."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import User
from core.jobs import Lane
from core.jobs.worker import drain
from tests.recipes import PASSWORD, make_user


def confirmed(user: User) -> User:
    """`user` with a confirmed address."""
    EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
    return user


@pytest.fixture
def person(db: None) -> User:
    return confirmed(make_user(email="vera@lakeside.example", display_name="Vera Stein"))


@pytest.fixture(autouse=True)
def _empty_rate_counters(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the rate counters: their table has no model, so that the flush of transactional tests leaves it."""
    if "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    cache.clear()


@pytest.fixture
def delivered() -> Callable[[], list[EmailMultiAlternatives]]:
    """Run the waiting jobs; return all mails so far."""

    def deliver() -> list[EmailMultiAlternatives]:
        drain(Lane.NOW)
        return [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]

    return deliver


def link_in(message: EmailMultiAlternatives) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(message.body))
    assert found, message.body
    return found[1]


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> int:
    """Submit the sign-in form; return the status: 302 is signed in, 200 is the form again."""
    return client.post("/accounts/login/", {"login": email, "password": password}, headers=extra).status_code
