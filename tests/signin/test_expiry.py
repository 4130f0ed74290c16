"""The daily job removes expired rows."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.actions.expiry import clear_expired
from accounts.actions.mail_tokens import issue_mail_token
from accounts.models import MailPurpose, MailToken, User
from core import clock
from core.jobs.registry import all_handlers
from tests.signin.conftest import sign_in

LATER = timedelta(days=30)


def counts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM base_cache")
        return int(cursor.fetchone()[0])


def test_what_is_over_goes(person: User) -> None:
    sign_in(Client(), person.email)
    sign_in(Client(), person.email, "a wrong password")
    issue_mail_token(person, email=person.email, purpose=MailPurpose.RESET_PASSWORD, at=clock.now())
    assert (Session.objects.count(), UserSession.objects.count(), MailToken.objects.count()) == (1, 1, 1)
    assert counts() > 0

    assert clear_expired(at=clock.now() + LATER) >= 4

    assert (Session.objects.count(), UserSession.objects.count(), MailToken.objects.count()) == (0, 0, 0)
    assert counts() == 0


def test_what_lasts_stays(person: User) -> None:
    client = Client()
    sign_in(client, person.email)
    cache.set("lasts", "yes", 3600)
    issue_mail_token(person, email=person.email, purpose=MailPurpose.RESET_PASSWORD, at=clock.now())

    clear_expired(at=clock.now())

    assert client.get("/accounts/email/").status_code == 200
    assert (UserSession.objects.count(), MailToken.objects.count(), cache.get("lasts")) == (1, 1, "yes")
    assert EmailAddress.objects.count() == 1


def test_it_runs_every_day() -> None:
    daily = {handler.name: handler.every for handler in all_handlers()}

    assert daily["accounts.clear_expired"] == timedelta(days=1)
