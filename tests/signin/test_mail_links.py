"""Mailed links: for one purpose, once, for a limited time, and invalid as soon as the account changes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.actions.mail_tokens import issue_mail_token, open_mail_token, spend_mail_token
from accounts.actions.mails import enqueue_invitation_mail
from accounts.errors import MailTokenSpentError
from accounts.models import MailPurpose, MailToken, User
from core import clock
from core.jobs.models import Job
from tests.recipes import PASSWORD, make_user, signed_in_client
from tests.signin.conftest import confirmed, link_in, sign_in

Deliver = Callable[[], list[EmailMultiAlternatives]]
NEW = "seven quiet herons wade"
RESET = frozenset({MailPurpose.RESET_PASSWORD})


@pytest.fixture
def reset_link(client: Client, person: User, delivered: Deliver) -> str:
    """The link that Vera asked for, having forgotten her password."""
    client.post("/accounts/password/reset/", {"email": person.email})
    return link_in(delivered()[-1])


def choose(client: Client, password: str = NEW) -> int:
    return client.post("/accounts/password/choose/", {"password1": password}).status_code


def test_a_forgotten_password_is_replaced_through_a_link(client: Client, person: User, reset_link: str) -> None:
    page = client.get(reset_link)
    assert page.headers["Location"] == "/accounts/password/choose/"  # the token is gone from the address bar
    assert choose(client) == 302

    assert sign_in(Client(), person.email, PASSWORD) == 200
    assert sign_in(Client(), person.email, NEW) == 302


def test_the_token_is_written_down_nowhere(client: Client, person: User, reset_link: str) -> None:
    client.get(reset_link)
    token = reset_link.rstrip("/").rsplit("/", 1)[-1]

    with connection.cursor() as cursor:
        for table in ("accounts_mailtoken", "jobs_job", "django_session", "base_cache"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of ours
            assert token not in str(cursor.fetchall())
    assert token not in str(client.session.items())


def test_a_link_works_once(client: Client, reset_link: str) -> None:
    client.get(reset_link)
    choose(client)

    assert client.get(reset_link).status_code == 410
    assert choose(client, "another fine passphrase") == 410


def test_opening_a_link_changes_nothing(client: Client, person: User, reset_link: str) -> None:
    for _look in range(3):
        Client().get(reset_link)  # a mail scanner

    client.get(reset_link)
    assert choose(client) == 302


def test_two_browsers_with_one_link_are_let_in_once(person: User, reset_link: str) -> None:
    one, other = Client(), Client()
    one.get(reset_link)
    other.get(reset_link)

    assert [choose(one), choose(other, "another fine passphrase")] == [302, 410]
    assert sign_in(Client(), person.email, NEW) == 302


def test_a_newer_link_does_not_outlive_the_use_of_an_older_one(
    client: Client, person: User, delivered: Deliver
) -> None:
    for _time in range(2):
        client.post("/accounts/password/reset/", {"email": person.email})
    older, newer = (link_in(message) for message in delivered())

    client.get(older)
    choose(client)

    assert client.get(newer).status_code == 410


def test_a_changed_password_kills_the_link(client: Client, person: User, reset_link: str) -> None:
    person.set_password(NEW)
    person.save()

    assert client.get(reset_link).status_code == 410


def test_signing_in_kills_the_link(client: Client, person: User, reset_link: str) -> None:
    sign_in(Client(), person.email)

    assert client.get(reset_link).status_code == 410


def test_a_changed_address_kills_the_link(client: Client, person: User, reset_link: str) -> None:
    EmailAddress.objects.create(user=person, email="vera@home.example", verified=True)

    assert client.get(reset_link).status_code == 410


def test_a_link_that_was_opened_dies_with_the_change_too(client: Client, person: User, reset_link: str) -> None:
    client.get(reset_link)
    person.set_password("another fine passphrase")
    person.save()

    assert choose(client) == 410


def test_a_closed_account_has_no_links(client: Client, person: User, reset_link: str) -> None:
    person.is_active = False
    person.save()

    assert client.get(reset_link).status_code == 410


def test_a_link_is_good_for_its_purpose_only(client: Client, reset_link: str) -> None:
    token = reset_link.rstrip("/").rsplit("/", 1)[-1]

    assert client.get(f"/accounts/confirm-email/link/{token}/").status_code == 410
    assert client.post("/accounts/confirm-email/answer/").status_code == 410


def test_links_end(person: User) -> None:
    made = clock.now()
    token = issue_mail_token(person, email=person.email, purpose=MailPurpose.RESET_PASSWORD, at=made)

    assert open_mail_token(token, purposes=RESET, at=made + timedelta(minutes=119)) is not None
    assert open_mail_token(token, purposes=RESET, at=made + timedelta(minutes=120)) is None


def test_spending_twice_is_refused(person: User) -> None:
    at = clock.now()
    token = issue_mail_token(person, email=person.email, purpose=MailPurpose.RESET_PASSWORD, at=at)
    row = open_mail_token(token, purposes=RESET, at=at)
    assert row is not None
    spend_mail_token(row, at=at)

    with pytest.raises(MailTokenSpentError):
        spend_mail_token(row, at=at)


def test_who_is_signed_in_as_another_is_signed_out_by_a_link(reset_link: str) -> None:
    client = signed_in_client(make_user())

    client.get(reset_link)

    assert client.get("/accounts/email/").status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, person: User, delivered: Deliver) -> None:
    known = client.post("/accounts/password/reset/", {"email": person.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@lakeside.example"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert Job.objects.filter(name="accounts.mail_password_link").count() == 2  # as much work for either
    assert [message.to for message in delivered()] == [[person.email]]


def test_an_address_that_somebody_merely_added_gets_no_link(client: Client, person: User, delivered: Deliver) -> None:
    EmailAddress.objects.create(user=person, email="otto@lakeside.example", verified=False)

    client.post("/accounts/password/reset/", {"email": "otto@lakeside.example"})

    assert delivered() == []


def test_an_added_address_is_confirmed_by_its_link(person: User, delivered: Deliver) -> None:
    client = signed_in_client(person)
    client.post("/accounts/email/", {"action_add": "", "email": "vera@home.example"})
    message = delivered()[-1]
    assert message.to == ["vera@home.example"]

    client.get(link_in(message))
    answer = client.post("/accounts/confirm-email/answer/")

    assert answer.headers["Location"] == "/accounts/email/"
    assert EmailAddress.objects.get(email="vera@home.example").verified
    assert client.get(link_in(message)).status_code == 410


def test_an_address_that_another_confirmed_first_stays_theirs(person: User, delivered: Deliver) -> None:
    client = signed_in_client(person)
    client.post("/accounts/email/", {"action_add": "", "email": "shared@home.example"})
    link = link_in(delivered()[-1])
    confirmed(make_user(email="shared@home.example"))

    client.get(link)
    client.post("/accounts/confirm-email/answer/")

    assert not EmailAddress.objects.get(user=person, email="shared@home.example").verified


def test_an_invitation_sets_the_first_password_and_confirms_the_address(db: None, delivered: Deliver) -> None:
    user = User.objects.create_user("New@Lakeside.example", display_name="Noor")
    enqueue_invitation_mail(user)
    client = Client()

    client.get(link_in(delivered()[-1]))
    choose(client)

    assert sign_in(Client(), "new@lakeside.example", NEW) == 302


def test_the_person_is_told_by_mail(client: Client, person: User, reset_link: str, delivered: Deliver) -> None:
    client.get(reset_link)
    choose(client)

    assert [message.subject for message in delivered()][1:] == ["Your password was changed"]


ROW = {"purpose": MailPurpose.RESET_PASSWORD, "digest": "0" * 64, "account_state": "0" * 64}


@pytest.mark.parametrize(
    ("guard", "fault"),
    [
        ("mail_token_is_stored_as_a_digest", {"digest": "the token itself"}),
        ("mail_token_purpose_is_known", {"purpose": "spare key"}),
        ("mail_token_expires_after_it_is_made", {"expires_at": datetime.fromisoformat("2026-01-01T00:00+00:00")}),
        ("mail_token_is_used_while_it_lasts", {"used_at": datetime.fromisoformat("2026-01-09T00:00+00:00")}),
        ("mail_token_is_one_of_its_kind", {"digest": "1" * 64}),
    ],
)
def test_the_database_refuses(person: User, guard: str, fault: dict[str, object]) -> None:
    made = datetime.fromisoformat("2026-01-02T00:00+00:00")
    address = EmailAddress.objects.get(user=person)
    common = {**ROW, "user": person, "address": address, "created_at": made, "expires_at": made + timedelta(hours=2)}
    MailToken.objects.create(**{**common, "digest": "1" * 64})

    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        MailToken.objects.create(**{**common, **fault})
