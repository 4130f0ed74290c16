"""No name, e-mail address, password, session key or token in any log line, redirect or job."""

import io
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from allauth.account.models import EmailAddress
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Role, User
from core.jobs.models import Job
from core.logs import RequestLogMiddleware
from tests.canaries import CANARIES, PASSWORD, SURNAME, Listener, handlers_beside_the_root, listening
from tests.recipes import add_factor, make_staff, make_user, signed_in_client
from tests.signin.conftest import delivered, link_in

__all__ = ["delivered"]  # a fixture, borrowed

OTHER_PASSWORD = "seven quiet herons wade"
API_TOKEN = "nG3kP0aZ7yQw5sXr9TbVu2LmHc4EjD"  # as oauth-toolkit makes them: 30 letters and digits


@dataclass
class Journey:
    """A client that remembers where it was sent, and the secrets that it held."""

    client: Client
    sent_to: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def post(self, path: str, form: dict[str, str]) -> None:
        self._seen(self.client.post(path, form).headers)

    def get(self, path: str) -> None:
        self._seen(self.client.get(path).headers)

    def _seen(self, headers: Mapping[str, str]) -> None:
        self.sent_to.append(headers.get("Location", ""))
        if "sessionid" in self.client.cookies and self.client.cookies["sessionid"].value:
            self.secrets.append(self.client.cookies["sessionid"].value)


@pytest.fixture
def person(db: None) -> User:
    user = make_user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def jobs() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Job._meta.db_table}")  # noqa: S608 - a name of ours
        return str(cursor.fetchall())


def test_a_learner_leaves_no_trace_in_lines_redirects_and_jobs(
    person: User, log_lines: Listener, delivered: Callable[[], list[EmailMultiAlternatives]]
) -> None:
    journey = Journey(Client())
    journey.post("/accounts/login/", {"login": person.email, "password": OTHER_PASSWORD})
    journey.post("/accounts/password/reset/", {"email": person.email})
    link = link_in(delivered()[-1])
    journey.get(link)
    journey.post("/accounts/password/choose/", {"password1": OTHER_PASSWORD})
    journey.post("/accounts/login/", {"login": person.email, "password": OTHER_PASSWORD})
    journey.post("/accounts/email/", {"action_add": "", "email": f"second.{person.email}"})
    journey.post("/accounts/email/", {"action_send": "", "email": f"second.{person.email}"})
    new = {"oldpassword": OTHER_PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    journey.post("/accounts/password/change/", new)
    journey.get(f"/nothing/{person.email}/here?name={person.display_name}")
    journey.get("/accounts/sessions/")
    journey.post("/accounts/logout/", {})
    journey.get("/accounts/email/?next=" + person.email)
    delivered()
    token = link.rstrip("/").rsplit("/", 1)[-1]

    forbidden = [*CANARIES, OTHER_PASSWORD, token, *journey.secrets]
    assert len(log_lines.lines) >= len(journey.sent_to)
    assert log_lines.leaks(forbidden) == []
    assert [word for word in forbidden for place in journey.sent_to if word in place] == []
    assert [word for word in forbidden if word in jobs()] == []


def test_a_registrar_who_searches_for_somebody_is_not_quoted(person: User, log_lines: Listener) -> None:
    registrar = make_staff(Role.REGISTRAR)
    add_factor(registrar)
    journey = Journey(signed_in_client(registrar, factor=False))

    journey.get(f"/admin/accounts/user/?q={person.email}")
    journey.get(f"/admin/accounts/user/?q={person.display_name}")
    journey.client.logout()
    journey.get(f"/admin/accounts/user/?q={person.email}")

    assert log_lines.leaks([*CANARIES, *journey.secrets]) == []
    assert [word for word in CANARIES for place in journey.sent_to if word in place] == []


def test_an_error_page_tells_where_not_what(person: User, log_lines: Listener) -> None:
    answers: dict[str, HttpResponse] = {}

    def view(_request: object) -> HttpResponse:
        try:
            return answers[person.display_name]
        except KeyError as error:
            raise ValueError(f"{person.email} is no number, and {PASSWORD!r} neither") from error

    request = RequestFactory().get(f"/people/{person.email}/", headers={"authorization": f"Bearer {API_TOKEN}"})
    with pytest.raises(ValueError, match="is no number"):
        raising_in(RequestLogMiddleware, view, request)

    told = "\n".join(log_lines.lines)
    assert log_lines.leaks([*CANARIES, API_TOKEN]) == []
    assert "ValueError" in told
    assert "KeyError" in told
    assert "test_canaries.py" in told


def raising_in(middleware: type[RequestLogMiddleware], view: Callable[..., HttpResponse], request: object) -> None:
    """Let `view` fail the way Django does: the signal tells the middleware, then the error goes on."""
    from django.core.signals import got_request_exception

    def fail(request: object) -> HttpResponse:
        try:
            return view(request)
        except ValueError:
            got_request_exception.send(sender=None, request=request)
            raise

    middleware(fail)(request)  # type: ignore[arg-type]  # RequestFactory's requests are what Django gives views


def test_a_database_error_says_which_guard_not_which_row(person: User, log_lines: Listener) -> None:
    try:
        with transaction.atomic():
            make_user(email=person.email.upper())
    except IntegrityError:
        logging.getLogger("django.somewhere").exception("could not save")

    told = log_lines.lines[-1]
    assert "user_email_unique_in_any_case" in told
    assert log_lines.leaks() == []


@pytest.mark.parametrize(
    "said",
    [
        f"Bearer {API_TOKEN}",
        API_TOKEN,
        "vera@example.org",
        "vera%40example.org",
        "vera.stein+tag@mail.example.org",
        "/admin/accounts/user/?q=Vera",
        "GET /x?token=abc HTTP/1.1",
        "198.51.100.7",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "rq2bz0w1f5k8d6m3x9c7v4n1j0h5g2t8",
        "duplicate key\nDETAIL:  Key (email)=(vera) already exists.",
    ],
)
def test_what_is_masked(log_lines: Listener, said: str) -> None:
    logging.getLogger("somebody.else").warning("%s", said)
    structlog.get_logger("somebody.else").warning("heard", words=said, deep={"list": [said]})

    secret = said.removeprefix("Bearer ").removeprefix("GET ").removesuffix(" HTTP/1.1")
    assert [line for line in log_lines.lines if secret in line or "(vera)" in line or "q=Vera" in line] == []


@pytest.mark.parametrize(
    "said",
    [
        "4f1e7b2a-0b1c-4c3d-8e9f-1234567890ab",
        "c1:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "GET accounts/password/link/<str:token>/",
        "learner_name_one_legal_name_at_a_time",
        "12:30:45",
        "took 120 ms",
    ],
)
def test_what_operators_need_stays(log_lines: Listener, said: str) -> None:
    structlog.get_logger("somebody.else").warning("heard", words=said)

    assert said in log_lines.lines[-1]


def test_objects_are_named_by_their_type(person: User, log_lines: Listener) -> None:
    structlog.get_logger("somebody.else").warning("heard", who=person, raw=b"bytes")

    assert "[User]" in log_lines.lines[-1]


@pytest.mark.parametrize("canary", CANARIES)
def test_the_watch_hears_our_own_code_even_when_it_is_masked(log_lines: Listener, canary: str) -> None:
    structlog.get_logger("accounts.somewhere").info("saved", email=f"x {canary}")
    assert log_lines.leaks()
    log_lines.forget()

    logging.getLogger("config.somewhere").info("saved %s", f"x {canary}")
    assert log_lines.leaks()
    log_lines.forget()


def test_the_watch_hears_names_from_anybody(person: User, log_lines: Listener) -> None:
    logging.getLogger("some.library").warning("hello %s", person.display_name)

    assert log_lines.leaks()
    log_lines.forget()


def test_nothing_writes_past_the_watch() -> None:
    assert handlers_beside_the_root() == []


def test_the_silenced_loggers_say_nothing() -> None:
    with listening() as listener:
        for name in ("django.request", "django.server", "django.security.csrf", "gunicorn.access"):
            logging.getLogger(name).error("GET /people/vera")

    assert listener.lines == []


def test_gunicorn_names_no_path() -> None:
    from gunicorn.config import Config

    from core.logs.gunicorn import QuietLogger

    logger = QuietLogger(Config())
    written = io.StringIO()
    for handler in logger.error_log.handlers:
        handler.setStream(written)
    try:
        Path(f"/nowhere/{SURNAME}").read_text(encoding="utf-8")
    except OSError:
        logger.exception("Error handling request %s", f"/people/{SURNAME}?q=1")
    logger.access(None, None, None, None)
    logger.error_log.handlers.clear()

    assert "Error handling request [path]" in written.getvalue()
    assert "FileNotFoundError" in written.getvalue()
    assert [word for word in CANARIES if word in written.getvalue()] == []


def test_tracebacks_hold_no_local_values(log_lines: Listener) -> None:
    def fail(secret: str) -> None:
        raise RuntimeError(len(secret))

    try:
        fail(PASSWORD)
    except RuntimeError:
        structlog.get_logger("somebody.else").exception("failed", exc_info=sys.exc_info())

    assert "RuntimeError" in log_lines.lines[-1]
    assert log_lines.leaks() == []
