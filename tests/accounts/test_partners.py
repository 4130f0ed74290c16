"""API clients of partners: registration, a secret shown once, tokens for an hour, and an end that works at once."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError
from django.test import Client
from oauth2_provider.models import AccessToken

from accounts.actions.expiry import clear_expired
from accounts.actions.partners import end_partner_client, make_partner_client, replace_client_secret
from accounts.api.bearer import client_of
from accounts.api.tokens import RATE
from accounts.errors import AlreadyEndedError, NoPartnerError
from accounts.models import Organization, OrganizationKind, PartnerClient, Role, User
from core import clock
from tests.accounts.conftest import MONDAY, TUESDAY
from tests.canaries import Listener
from tests.recipes import assignment, institution, make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Organization:
    partner: Organization = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return partner


@pytest.fixture
def made(acme: Organization) -> tuple[PartnerClient, str]:
    return make_partner_client(acme, name="Acme HR", by=None, at=MONDAY)


def token_response(client_id: str, secret: str, **form: str) -> Any:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    fields = {"grant_type": "client_credentials", **form}
    return Client().post("/oauth/token", fields, headers={"authorization": f"Basic {basic}"})


def opens(rf: Any, token: str, scheme: str = "Bearer") -> PartnerClient | None:
    return client_of(rf.get("/", headers={"authorization": f"{scheme} {token}"}))


def test_a_secret_is_stored_hashed(made: tuple[PartnerClient, str]) -> None:
    client, secret = made

    client.refresh_from_db()
    assert secret not in client.client_secret
    assert check_password(secret, client.client_secret)


def test_the_secret_gets_a_token_for_an_hour_that_says_who_asks(rf: Any, made: tuple[PartnerClient, str]) -> None:
    client, secret = made

    answer = token_response(client.client_id, secret)

    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"], body["scope"]) == (200, "Bearer", 3600, "read")
    assert answer["Cache-Control"] == "no-store"
    assert opens(rf, body["access_token"]) == client


def test_the_secret_may_come_in_the_form(made: tuple[PartnerClient, str]) -> None:
    client, secret = made
    form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}

    assert Client().post("/oauth/token", form).status_code == 200


def test_a_token_is_stored_as_a_digest_only(made: tuple[PartnerClient, str]) -> None:
    client, secret = made
    token = token_response(client.client_id, secret).json()["access_token"]

    row = AccessToken.objects.values().get()
    assert (row["token"], row["application_id"]) == ("", client.pk)
    assert token not in str(row)


def test_the_database_refuses_a_token_in_clear(made: tuple[PartnerClient, str]) -> None:
    token_response(made[0].client_id, made[1])

    with pytest.raises(IntegrityError, match="access_token_is_hashed"):
        AccessToken.objects.update(token="nG3kP0aZ7yQw5sXr9TbVu2LmHc4EjD")


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password", "username": "a", "password": "b"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"},
        {"grant_type": ""},
        {"scope": "everything"},
    ],
)
def test_nothing_else_gets_a_token(made: tuple[PartnerClient, str], form: dict[str, str]) -> None:
    client, secret = made

    assert token_response(client.client_id, secret, **form).status_code in {400, 401, 404}
    assert AccessToken.objects.count() == 0


def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(made: tuple[PartnerClient, str]) -> None:
    wrong, unknown = token_response(made[0].client_id, "no"), token_response("nobody", "no")

    assert (
        (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (401, {"error": "invalid_client"})
    )


def test_guessing_is_slowed_for_one_client_id_and_for_no_other(
    made: tuple[PartnerClient, str], acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)  # one window
    other, secret = make_partner_client(acme, name="Second", by=None, at=MONDAY)

    answers = [token_response("somebody", "no") for _try in range(RATE.most + 1)]

    assert [answer.status_code for answer in answers] == [401] * RATE.most + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert token_response(other.client_id, secret).status_code == 200


@pytest.mark.parametrize("header", ["Basic {}", "Token {}", "Bearer", "Bearer {} x", "{}", "Bearer {}x", "Bearer \0"])
def test_a_token_counts_only_as_it_was_given(rf: Any, made: tuple[PartnerClient, str], header: str) -> None:
    token = token_response(made[0].client_id, made[1]).json()["access_token"]

    assert client_of(rf.get("/", headers={"authorization": header.format(token)})) is None


def test_a_token_ends_after_its_hour(rf: Any, made: tuple[PartnerClient, str]) -> None:
    token = token_response(made[0].client_id, made[1]).json()["access_token"]

    AccessToken.objects.update(expires=clock.now() - timedelta(seconds=1))

    assert opens(rf, token) is None
    clear_expired(at=clock.now())
    assert AccessToken.objects.count() == 0


def test_a_token_can_be_given_back(rf: Any, made: tuple[PartnerClient, str]) -> None:
    client, secret = made
    token = token_response(client.client_id, secret).json()["access_token"]

    form = {"token": token, "client_id": client.client_id, "client_secret": secret}
    assert Client().post("/oauth/revoke", form).status_code == 200
    assert opens(rf, token) is None


def test_a_new_secret_ends_the_old_one_and_its_tokens(rf: Any, made: tuple[PartnerClient, str]) -> None:
    client, old = made
    token = token_response(client.client_id, old).json()["access_token"]

    new = replace_client_secret(client, by=None, at=TUESDAY)

    assert opens(rf, token) is None
    assert [token_response(client.client_id, secret).status_code for secret in (old, new)] == [401, 200]


def test_an_ended_client_gets_nothing_and_opens_nothing(
    rf: Any, made: tuple[PartnerClient, str], registrar: User
) -> None:
    client, secret = made
    token = token_response(client.client_id, secret).json()["access_token"]

    end_partner_client(client, by=registrar, at=TUESDAY, reason="Contract over")

    assert token_response(client.client_id, secret).status_code == 401
    assert opens(rf, token) is None
    with pytest.raises(AlreadyEndedError):
        replace_client_secret(client, by=None, at=TUESDAY)


def test_a_token_written_while_its_client_ended_opens_nothing(rf: Any, made: tuple[PartnerClient, str]) -> None:
    client, secret = made
    token = token_response(client.client_id, secret).json()["access_token"]

    PartnerClient.objects.filter(pk=client.pk).update(ended_at=TUESDAY)

    assert opens(rf, token) is None


def test_only_partners_have_programs(school: Organization) -> None:
    with pytest.raises(NoPartnerError):
        make_partner_client(school, name="Ours", by=None, at=MONDAY)


def test_the_registrar_lets_a_program_in_and_sees_its_secret_once(acme: Organization, log_lines: Listener) -> None:
    desk = signed_in_client(make_staff(Role.REGISTRAR))
    form = {"organization": acme.pk, "name": "Acme HR", "why": "Asked by letter"}

    page = desk.post("/admin/accounts/partnerclient/do/make/", form)

    client = PartnerClient.objects.get()
    (secret,) = re.findall(r"<code>(\w{48})</code>", page.content.decode())
    assert check_password(secret, client.client_secret)
    assert "no-store" in page["Cache-Control"]
    record = f"/admin/accounts/partnerclient/{client.pk}"
    for place in ("change/", "history/"):
        assert secret not in desk.get(f"{record}/{place}").content.decode()
    assert log_lines.leaks([secret, client.client_secret]) == []


def test_a_new_secret_is_made_and_a_program_ended_at_the_desk(made: tuple[PartnerClient, str]) -> None:
    client, old = made
    desk = signed_in_client(make_staff(Role.REGISTRAR))
    record = f"/admin/accounts/partnerclient/{client.pk}/do"

    page = desk.post(f"{record}/rotate/", {"why": "Lost"})

    (new,) = re.findall(r"<code>(\w{48})</code>", page.content.decode())
    assert [token_response(client.client_id, secret).status_code for secret in (old, new)] == [401, 200]
    desk.post(f"{record}/end/", {"why": "Contract over"})
    assert token_response(client.client_id, new).status_code == 401


def test_who_is_limited_to_a_branch_lets_nobody_in(school: Organization, acme: Organization) -> None:
    limited = make_user()
    assignment.make(user=limited, role=Role.REGISTRAR, organization=school)

    answer = signed_in_client(limited).post("/admin/accounts/partnerclient/do/make/", {"organization": acme.pk})

    assert (answer.status_code, PartnerClient.objects.count()) == (403, 0)
