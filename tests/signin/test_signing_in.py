"""Sign-in by e-mail: who is let in, who is refused, and that responses do not reveal which accounts exist."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from config.settings import base
from tests.recipes import PASSWORD, make_staff, make_user, signed_in_client
from tests.signin.conftest import confirmed, sign_in

LIMIT = 25


def test_e_mail_and_password_let_in(client: Client, person: User) -> None:
    assert sign_in(client, "Vera@Lakeside.example") == 302
    assert client.session[SESSION_KEY] == str(person.pk)


def test_each_confirmed_address_signs_in(client: Client, person: User) -> None:
    EmailAddress.objects.create(user=person, email="vera@home.example", verified=True)

    assert sign_in(client, "vera@home.example") == 302


def test_an_account_that_is_closed_is_told_so_only_with_its_password(client: Client, person: User) -> None:
    person.is_active = False
    person.save()

    right = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    wrong = client.post("/accounts/login/", {"login": person.email, "password": "not this one"})

    assert (right.status_code, right.headers["Location"]) == (302, "/accounts/inactive/")
    assert wrong.status_code == 200


def test_an_address_that_is_not_confirmed_waits(client: Client, db: None) -> None:
    make_user(email="new@lakeside.example")

    answer = client.post("/accounts/login/", {"login": "new@lakeside.example", "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/confirm-email/")
    assert SESSION_KEY not in client.session


def test_known_and_unknown_addresses_get_the_same_words(client: Client, person: User) -> None:
    def message_for(email: str) -> str:
        page = client.post("/accounts/login/", {"login": email, "password": "some wrong password"})
        return str(page.context["form"].errors)

    assert message_for(person.email) == message_for("nobody@lakeside.example") != ""


def test_twenty_five_wrong_passwords_stop_the_account_and_nobody_else(client: Client, person: User) -> None:
    other = confirmed(make_user(email="otto@lakeside.example"))
    for _guess in range(LIMIT):
        assert sign_in(client, person.email, "a wrong password") == 200

    assert sign_in(client, person.email) == 200  # even the right one, for a while
    assert sign_in(Client(), person.email, **{"x-forwarded-for": "203.0.113.9"}) == 200  # from anywhere
    assert sign_in(Client(), other.email) == 302  # the same network address


def test_twenty_four_wrong_passwords_do_not(client: Client, person: User) -> None:
    for _guess in range(LIMIT - 1):
        sign_in(client, person.email, "a wrong password")

    assert sign_in(client, person.email) == 302


def test_all_addresses_of_an_account_share_one_count(client: Client, person: User) -> None:
    EmailAddress.objects.create(user=person, email="vera@home.example", verified=True)
    for guess in range(LIMIT):
        sign_in(client, [person.email, "vera@home.example"][guess % 2], "a wrong password")

    assert sign_in(client, "vera@home.example") == 200


def test_a_campus_may_fail_a_thousand_times(client: Client, person: User) -> None:
    for number in range(60):  # more than any limit per address that allauth comes with
        assert sign_in(client, f"person{number}@lakeside.example", "a wrong password") == 200

    assert sign_in(client, person.email) == 302


def test_one_password_tried_on_many_accounts_stops_working_and_no_account_does(client: Client, person: User) -> None:
    other = confirmed(make_user(email="otto@lakeside.example"))
    other.set_password("Welcome to Lakeside 2026")
    other.save()
    for number in range(LIMIT):
        sign_in(Client(), f"person{number}@lakeside.example", "Welcome to Lakeside 2026")

    assert sign_in(client, other.email, "Welcome to Lakeside 2026") == 200
    assert sign_in(client, person.email) == 302


def test_a_password_that_many_may_have_is_not_counted_while_it_is_right(client: Client, person: User) -> None:
    for _time in range(LIMIT + 1):
        assert sign_in(Client(), person.email) == 302


def test_no_limit_counts_network_addresses() -> None:
    rates = [*base.ACCOUNT_RATE_LIMITS.values(), *base.MFA_RATE_LIMITS.values()]

    assert [rate for rate in rates if rate and "ip" in rate.split("/")] == []


def test_counts_are_shared_by_all_processes(db: None) -> None:
    cache.add("once", "here")

    assert not cache.add("once", "there")
    assert type(cache).__name__ == "ConnectionProxy"
    assert base.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_a_new_password_opens_a_stopped_account(client: Client, person: User) -> None:
    from accounts.actions.mail_tokens import issue_mail_token
    from accounts.models import MailPurpose
    from core import clock

    for _guess in range(LIMIT):
        sign_in(client, person.email, "a wrong password")
    token = issue_mail_token(person, email=person.email, purpose=MailPurpose.RESET_PASSWORD, at=clock.now())
    client.get(f"/accounts/password/link/{token}/")
    client.post("/accounts/password/choose/", {"password1": "a quite new passphrase"})

    assert sign_in(client, person.email, "a quite new passphrase") == 302


def test_rights_change_with_the_next_request(db: None) -> None:
    registrar = make_staff(Role.REGISTRAR)
    client = signed_in_client(registrar)
    assert client.get("/admin/").status_code == 200

    registrar.role_assignments.update(ends_at="2021-01-01T00:00Z")

    assert client.get("/admin/").status_code == 403


def test_a_closed_account_is_out_with_the_next_request(person: User) -> None:
    client = signed_in_client(person)
    person.is_active = False
    person.save()

    assert client.get("/accounts/email/").headers["Location"].startswith("/accounts/login/")


def test_strangers_make_no_accounts(client: Client, db: None) -> None:
    form = {"display_name": "Eve", "email": "eve@example.org", "password1": "a long enough passphrase"}

    page = client.post("/accounts/signup/", form)

    assert page.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


@pytest.fixture
def open_signup(settings: Settings) -> None:
    settings.CAIRN_OPEN_SIGNUP = True


def test_where_signing_up_is_open_the_address_must_be_confirmed(client: Client, db: None, open_signup: None) -> None:
    form = {"display_name": "Eve", "email": "Eve@Example.org", "password1": "a long enough passphrase"}

    answer = client.post("/accounts/signup/", form)

    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert [(user.email, user.display_name) for user in User.objects.all()] == [("eve@example.org", "Eve")]
    assert SESSION_KEY not in client.session


def test_signing_up_with_a_known_address_looks_the_same(client: Client, person: User, open_signup: None) -> None:
    form = {"display_name": "Eve", "email": person.email, "password1": "a long enough passphrase"}

    assert client.post("/accounts/signup/", form).headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "password", ["short one", "passwordpassword", "Password-1234567!", "121212121212", "vera@lakeside.example"]
)
def test_weak_passwords_are_refused(client: Client, person: User, password: str) -> None:
    client = signed_in_client(person)

    page = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["password1"]


def test_a_long_password_needs_no_digits_or_signs(person: User) -> None:
    client = signed_in_client(person)
    new = "seven quiet herons wade"

    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    assert client.post("/accounts/password/change/", form).status_code == 302


def test_the_session_list_signs_out_elsewhere(person: User) -> None:
    here, there = Client(), Client()
    sign_in(here, person.email)
    sign_in(there, person.email)
    assert len(here.get("/accounts/sessions/").context["sessions"]) == 2

    here.post("/accounts/sessions/")

    assert here.get("/accounts/sessions/").status_code == 200
    assert there.get("/accounts/sessions/").status_code == 302


def test_changing_the_password_signs_out_elsewhere(person: User) -> None:
    here, there = Client(), Client()
    sign_in(here, person.email)
    sign_in(there, person.email)
    new = "seven quiet herons wade"

    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert here.get("/accounts/email/").status_code == 200
    assert there.get("/accounts/email/").status_code == 302
