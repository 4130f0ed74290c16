"""Refuses a production (CAIRN_PRODUCTION=1) that is only half configured, and a demo that others could reach.

`manage.py` runs these before most commands; config/wsgi.py and config/asgi.py run them before the first request, for a
server is no command.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's names
from django.core.checks import register as register_check

TAG = "cairn"
LONG_ENOUGH = 50
MIXED_ENOUGH = 10
DEFAULT_SENDER = "cairn@localhost"
FORMER_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?")
ADDRESS = re.compile(r"[0-9.]+")  # did:web allows no IP address

Finding = Callable[[], CheckMessage | None]


def register() -> None:
    """Let Django run both checks."""
    register_check(check_production, TAG)
    register_check(check_demo, TAG)


def check_production(**_options: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django passes more with each version
    """What is missing or dangerous; nothing where this is no production."""
    if not settings.CAIRN_PRODUCTION:
        return list(_forgotten())
    return [found for finding in FINDINGS if (found := finding()) is not None]


def check_demo(**_options: Any) -> list[CheckMessage]:  # noqa: ANN401 - as above
    """The demo has passwords that everybody knows: it may only be seen from its own machine, on throw-away data."""
    if not settings.CAIRN_DEMO:
        return []
    problems: list[CheckMessage] = []
    if not settings.DATABASE_EMBEDDED:
        problems.append(
            _wrong("E011", "CAIRN_DEMO is on, with a database of its own.", "Unset DATABASE_URL or CAIRN_DEMO.")
        )
    reachable = [host for host in [_public().hostname or "", *settings.ALLOWED_HOSTS] if not is_loopback(host)]
    if reachable:
        problems.append(
            _wrong(
                "E012",
                f"CAIRN_DEMO is on, but others could reach it: {', '.join(sorted(set(reachable)))}.",
                "Set PUBLIC_URL and ALLOWED_HOSTS to localhost or leave them unset; or unset CAIRN_DEMO.",
            )
        )
    return problems


def is_loopback(host: str) -> bool:
    """Whether only this machine answers to `host`."""
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _forgotten() -> Iterator[CheckMessage]:
    if not settings.CAIRN_DEMO and not is_loopback(_public().hostname or ""):
        yield Warning(
            f"PUBLIC_URL is {settings.PUBLIC_URL}, but CAIRN_PRODUCTION is not set: nothing checks that this is safe.",
            hint="Set CAIRN_PRODUCTION=1.",
            id="cairn.W001",
        )


def _secret_key() -> CheckMessage | None:
    if settings.SECRET_KEY_IS_PASSING:
        return _wrong(
            "E001", "SECRET_KEY is not set: everybody is signed out at each start.", _how_to_make("SECRET_KEY")
        )
    if any(_weak(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]):
        return _wrong("E001", "SECRET_KEY is too easy to guess: it signs who is signed in.", _how_to_make("SECRET_KEY"))
    return None


def _database() -> CheckMessage | None:
    if settings.DATABASE_EMBEDDED:
        return _wrong(
            "E002",
            "DATABASE_URL is not set: Cairn would keep its records in the embedded database of the demo.",
            "Set DATABASE_URL to the app role, DATABASE_OWNER_URL to the owner. docs/operations.md has the SQL.",
        )
    return None


def _roles() -> CheckMessage | None:
    if settings.DATABASE_EMBEDDED:
        return None
    owner = urlsplit(settings.DATABASE_OWNER_URL).username
    if not owner or owner == urlsplit(settings.DATABASE_URL).username:
        return _wrong(
            "E003",
            "The app would run as the owner of its tables, and could switch their guards off.",
            "Give DATABASE_URL and DATABASE_OWNER_URL different roles. docs/operations.md has the SQL.",
        )
    return None


def _debug() -> CheckMessage | None:
    return (
        _wrong("E004", "DEBUG is on: error pages show settings and data.", "Unset DJANGO_DEBUG.")
        if settings.DEBUG
        else None
    )


def _public_url() -> CheckMessage | None:
    if _public().scheme != "https" or is_loopback(_public().hostname or ""):
        return _wrong(
            "E005",
            f"PUBLIC_URL is {settings.PUBLIC_URL}: links in mails need the address that people use, over https.",
            "Set PUBLIC_URL=https://your.address; behind a proxy that ends TLS also BEHIND_TLS_PROXY=1.",
        )
    return None


def _mail() -> CheckMessage | None:
    if not settings.EMAIL_URL or DEFAULT_SENDER in settings.DEFAULT_FROM_EMAIL:
        return _wrong(
            "E006",
            "Mail is not set up: nobody could confirm an address or get a new password.",
            "Set EMAIL_URL=smtp+tls://user:password@host:587 and DEFAULT_FROM_EMAIL.",
        )
    return None


def _broker() -> CheckMessage | None:
    if not settings.CELERY_BROKER_URL:
        return _wrong(
            "E007",
            "CELERY_BROKER_URL is not set: workers on other machines would never be woken.",
            "Set it to your Redis or RabbitMQ, as in redis://host:6379/0.",
        )
    return None


def _hosts() -> CheckMessage | None:
    if not settings.ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        return _wrong(
            "E008",
            "ALLOWED_HOSTS admits hosts that are not named: a stranger could choose the host of a request.",
            "Name each host, or unset ALLOWED_HOSTS: then it is the one of PUBLIC_URL.",
        )
    return None


def _demo() -> CheckMessage | None:
    if settings.CAIRN_DEMO:
        return _wrong("E009", "CAIRN_DEMO is on: its accounts need no second factor.", "Unset CAIRN_DEMO.")
    return None


def _key_secret() -> CheckMessage | None:
    secrets: Sequence[str] = settings.CAIRN_KEY_SECRET
    if not secrets or any(_weak(secret) for secret in secrets):
        return _wrong(
            "E010",
            "CAIRN_KEY_SECRET is not set or too easy to guess: it seals signing keys and authenticator secrets.",
            _how_to_make("CAIRN_KEY_SECRET") + " Keep it apart from the backups of the database.",
        )
    return None


def _origin() -> CheckMessage | None:
    host = urlsplit(settings.CAIRN_ORIGIN).hostname or ""
    if not ORIGIN.fullmatch(settings.CAIRN_ORIGIN) or is_loopback(host) or ADDRESS.fullmatch(host):
        return _wrong(
            "E013",
            f"CAIRN_ORIGIN is {settings.CAIRN_ORIGIN}: what is signed would not lead anywhere, and that for good.",
            "Set CAIRN_ORIGIN=https://a.name.of.yours that you will keep: small letters, no IP address, no path.",
        )
    return None


def _former_origins() -> CheckMessage | None:
    unfit = [origin for origin in settings.CAIRN_FORMER_ORIGINS if not FORMER_ORIGIN.fullmatch(origin)]
    if unfit:
        return _wrong(
            "E014",
            f"CAIRN_FORMER_ORIGINS has “{unfit[0]}”: links that begin so would not be read as ours.",
            "Write each as https://name or http://name:port, without a path, separated by commas.",
        )
    return None


FINDINGS: tuple[Finding, ...] = (
    _secret_key,
    _database,
    _roles,
    _debug,
    _public_url,
    _mail,
    _broker,
    _hosts,
    _demo,
    _key_secret,
    _origin,
    _former_origins,
)


def _wrong(number: str, words: str, mend: str) -> Error:
    return Error(words, hint=mend, id=f"cairn.{number}")


def _how_to_make(name: str) -> str:
    return f'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))" and set {name}.'


def _weak(secret: str) -> bool:
    return len(secret) < LONG_ENOUGH or len(set(secret)) < MIXED_ENOUGH or secret.startswith("django-insecure-")


def _public() -> SplitResult:
    return urlsplit(settings.PUBLIC_URL)
