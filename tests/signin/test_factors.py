"""Second factors: staff need one, everybody may have one, and their secrets are encrypted."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import InvalidToken
from django.core.mail import EmailMultiAlternatives
from django.test import Client, RequestFactory, TestCase
from pytest_django import Settings

from accounts.middleware import StaffFactorMiddleware
from accounts.models import Role, User
from accounts.pages import encryption as seals
from accounts.pages import factors
from core.access import anyone
from tests.contracts.routes import routes
from tests.recipes import PASSWORD, assignment, make_staff, make_user, signed_in_client
from tests.signin.conftest import confirmed, sign_in


def code_of(secret: str) -> str:
    """What an authenticator app would show now."""
    return str(format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1])))


def set_up_app(client: Client) -> str:
    """Set up an authenticator app in `client`; its secret."""
    secret = str(client.get("/accounts/2fa/totp/activate/").context["form"].secret)
    with TestCase.captureOnCommitCallbacks(execute=True):  # a test's own transaction never ends
        answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_staff_without_a_factor_get_no_page_of_the_desk(db: None) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR), factor=False)
    desk = [route.path({}) for route in routes() if route.pattern.startswith("admin/") and route.rule is not anyone]
    assert "/admin/" in desk

    answers = {path: client.get(path) for path in desk}

    assert {path: (answer.status_code, answer.get("Location")) for path, answer in answers.items()} == dict.fromkeys(
        desk, (302, "/accounts/2fa/")
    )


def test_recovery_codes_alone_are_no_factor(db: None) -> None:
    registrar = make_staff(Role.REGISTRAR)
    Authenticator.objects.create(user=registrar, type=Authenticator.Type.RECOVERY_CODES, data={})

    assert signed_in_client(registrar, factor=False).get("/admin/").status_code == 302


def test_with_a_factor_the_desk_opens(transactional_db: None) -> None:
    registrar = confirmed(make_staff(Role.REGISTRAR))
    client = signed_in_client(registrar, factor=False)

    set_up_app(client)

    assert client.get("/admin/").status_code == 200


def test_an_older_session_must_show_the_factor_too(transactional_db: None) -> None:
    registrar = confirmed(make_staff(Role.REGISTRAR))
    here, there = Client(), Client()
    sign_in(there, registrar.email)  # by the password alone, perhaps a stolen one
    sign_in(here, registrar.email)
    secret = set_up_app(here)

    assert here.get("/admin/").status_code == 200
    location = there.get("/admin/").headers["Location"]
    assert location == "/accounts/2fa/reauthenticate/?next=/admin/"
    assert there.get("/accounts/reauthenticate/").headers["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert there.get("/accounts/2fa/totp/deactivate/").headers["Location"].startswith("/accounts/2fa/reauthenticate/")

    code = str(format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[2])))
    assert there.post(location, {"code": code}).headers["Location"] == "/admin/"
    assert there.get("/admin/").status_code == 200


def test_staff_who_stay_signed_in_show_the_factor_once_a_day(db: None, settings: Settings) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= settings.STAFF_FACTOR_LASTS.total_seconds() - 60
    session.save()
    assert client.get("/admin/").status_code == 200

    for record in session["account_authentication_methods"]:
        record["at"] -= 61
    session.save()

    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/reauthenticate/?next=/admin/"
    assert client.get("/").status_code == 200


def test_a_factor_that_was_set_up_counts_for_the_day_only(transactional_db: None, settings: Settings) -> None:
    client = signed_in_client(confirmed(make_staff(Role.REGISTRAR)), factor=False)
    set_up_app(client)
    session = client.session
    session[factors.SET_UP_HERE] -= settings.STAFF_FACTOR_LASTS.total_seconds() + 1
    session.save()

    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/reauthenticate/?next=/admin/"


def test_who_gains_a_role_is_asked_on_the_next_request(person: User) -> None:
    client = signed_in_client(person)
    assert client.get("/admin/").status_code == 403

    assignment.make(user=person, role=Role.REGISTRAR)

    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"


def test_public_pages_stay_open_to_staff_without_a_factor(db: None) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR), factor=False)

    assert client.get("/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200


def test_the_demo_excuses_its_own_accounts_only(db: None, settings: Settings) -> None:
    of_the_demo = make_staff(Role.REGISTRAR, email=f"registrar@{settings.CAIRN_DEMO_DOMAIN}")
    of_somebody = make_staff(Role.REGISTRAR, email=f"registrar@{settings.CAIRN_DEMO_DOMAIN}.org")

    def status(user: User) -> int:
        return signed_in_client(user, factor=False).get("/admin/").status_code

    assert [status(of_the_demo), status(of_somebody)] == [302, 302]
    settings.CAIRN_DEMO = True
    assert [status(of_the_demo), status(of_somebody)] == [200, 302]


def test_the_demo_answers_its_own_machine_only(settings: Settings) -> None:
    settings.CAIRN_DEMO = True
    answer = StaffFactorMiddleware(lambda _request: pytest.fail("was let through"))

    response = answer(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))

    assert response.status_code == 403


def test_signing_in_asks_for_the_code(person: User) -> None:
    secret = set_up_app(signed_in_client(person))
    client = Client()

    first = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert first.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/email/").status_code == 302

    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/accounts/email/").status_code == 200


def test_a_code_works_once(person: User) -> None:
    secret = set_up_app(signed_in_client(person))
    code = code_of(secret)
    statuses = []
    for client in (Client(), Client()):
        sign_in(client, person.email)
        statuses.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert statuses == [302, 200]


def test_guessing_codes_stops(person: User) -> None:
    secret = set_up_app(signed_in_client(person))
    client = Client()
    sign_in(client, person.email)
    for guess in range(25):
        client.post("/accounts/2fa/authenticate/", {"code": f"{guess:06}"})

    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200


def test_a_recovery_code_stands_in_once(person: User) -> None:
    first = signed_in_client(person)
    set_up_app(first)
    codes = first.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    statuses = []
    for client in (Client(), Client()):
        sign_in(client, person.email)
        statuses.append(client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code)

    assert statuses == [302, 200]


def test_recovery_codes_are_shown_once(person: User) -> None:
    client = signed_in_client(person)
    set_up_app(client)
    shown = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    client.get("/accounts/2fa/")
    later = signed_in_client(person, factor=False).get("/accounts/2fa/recovery-codes/").content.decode()

    assert [code for code in shown if code in later] == []


def test_the_secret_is_stored_sealed(person: User) -> None:
    secret = set_up_app(signed_in_client(person))
    app = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)

    assert secret not in str(app.data)
    assert seals.opened(app.data["secret"]) == secret


def test_the_person_is_told_by_mail(person: User, delivered: Callable[[], list[EmailMultiAlternatives]]) -> None:
    set_up_app(signed_in_client(person))

    assert "An authenticator app was added" in [message.subject for message in delivered()]


def test_an_older_key_still_opens(settings: Settings) -> None:
    settings.CAIRN_KEY_SECRET = ["the old one"]
    sealed = seals.sealed("JBSWY3DPEHPK3PXP")

    settings.CAIRN_KEY_SECRET = ["the new one", "the old one"]
    assert seals.opened(sealed) == "JBSWY3DPEHPK3PXP"

    settings.CAIRN_KEY_SECRET = ["the new one"]
    with pytest.raises(InvalidToken):
        seals.opened(sealed)


def test_people_without_a_role_need_no_factor(db: None) -> None:
    assert signed_in_client(confirmed(make_user())).get("/accounts/email/").status_code == 200
