"""A production that is only half configured does not start, and says what is missing and how to mend it."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from config.starting import refuse_if_half_configured
from tests.conftest import ROOT

SECRET = "not a secret, but as long and as mixed as one: 0123456789"

PRODUCTION = {
    "CAIRN_PRODUCTION": True,
    "CAIRN_DEMO": False,
    "SECRET_KEY": SECRET,
    "SECRET_KEY_FALLBACKS": [],
    "SECRET_KEY_IS_PASSING": False,
    "CAIRN_KEY_SECRET": [SECRET],
    "DATABASE_EMBEDDED": False,
    "DATABASE_URL": "postgres://cairn_app:x@db/cairn",
    "DATABASE_OWNER_URL": "postgres://cairn:x@db/cairn",
    "DEBUG": False,
    "PUBLIC_URL": "https://cairn.example",
    "CAIRN_ORIGIN": "https://cairn.example",
    "EMAIL_URL": "smtp+tls://cairn:x@mail.example:587",
    "DEFAULT_FROM_EMAIL": "Cairn <cairn@mail.example>",
    "CELERY_BROKER_URL": "redis://redis:6379/0",
    "ALLOWED_HOSTS": ["cairn.example"],
}

FAULTS = [
    ("cairn.E001", {"SECRET_KEY_IS_PASSING": True}),
    ("cairn.E001", {"SECRET_KEY": "short"}),
    ("cairn.E001", {"SECRET_KEY": "a" * 60}),
    ("cairn.E001", {"SECRET_KEY": "django-insecure-" + SECRET}),
    ("cairn.E001", {"SECRET_KEY_FALLBACKS": ["old"]}),
    ("cairn.E002", {"DATABASE_EMBEDDED": True}),
    ("cairn.E003", {"DATABASE_OWNER_URL": ""}),
    ("cairn.E003", {"DATABASE_OWNER_URL": "postgres://cairn_app:other@db/cairn"}),
    ("cairn.E004", {"DEBUG": True}),
    ("cairn.E005", {"PUBLIC_URL": "http://cairn.example"}),
    ("cairn.E005", {"PUBLIC_URL": "https://localhost"}),
    ("cairn.E006", {"EMAIL_URL": ""}),
    ("cairn.E006", {"DEFAULT_FROM_EMAIL": "Cairn <cairn@localhost>"}),
    ("cairn.E007", {"CELERY_BROKER_URL": ""}),
    ("cairn.E008", {"ALLOWED_HOSTS": ["*"]}),
    ("cairn.E008", {"ALLOWED_HOSTS": [".example"]}),
    ("cairn.E008", {"ALLOWED_HOSTS": []}),
    ("cairn.E009", {"CAIRN_DEMO": True, "DATABASE_EMBEDDED": True}),
    ("cairn.E010", {"CAIRN_KEY_SECRET": []}),
    ("cairn.E010", {"CAIRN_KEY_SECRET": [SECRET, "short"]}),
    ("cairn.E013", {"CAIRN_ORIGIN": "http://cairn.example"}),
    ("cairn.E013", {"CAIRN_ORIGIN": "https://localhost"}),
    ("cairn.E013", {"CAIRN_ORIGIN": "https://192.0.2.7"}),
    ("cairn.E013", {"CAIRN_ORIGIN": "https://cairn.example/path"}),
    ("cairn.E013", {"CAIRN_ORIGIN": "https://user@cairn.example"}),
    ("cairn.E013", {"CAIRN_ORIGIN": "https://Cairn.example"}),
    ("cairn.E014", {"CAIRN_FORMER_ORIGINS": ["https://old.example", "old.example"]}),
    ("cairn.E014", {"CAIRN_FORMER_ORIGINS": ["https://old.example/verify"]}),
]

DEMO = {
    "CAIRN_PRODUCTION": False,
    "CAIRN_DEMO": True,
    "DATABASE_EMBEDDED": True,
    "PUBLIC_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
}


def found(settings: Settings, values: Mapping[str, object]) -> list[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [str(message.id) for message in run_checks(tags=["cairn"])]


def test_a_whole_production_passes(settings: Settings) -> None:
    assert found(settings, PRODUCTION) == []


@pytest.mark.parametrize(("number", "fault"), FAULTS)
def test_each_fault_is_named(settings: Settings, number: str, fault: dict[str, object]) -> None:
    assert number in found(settings, {**PRODUCTION, **fault})


@pytest.mark.parametrize(("number", "fault"), FAULTS)
def test_each_fault_says_how_to_mend_it(settings: Settings, number: str, fault: dict[str, object]) -> None:
    found(settings, {**PRODUCTION, **fault})

    assert all(message.hint and message.msg.endswith(".") for message in run_checks(tags=["cairn"]))


def test_a_workbench_may_lack_everything(settings: Settings) -> None:
    bench = {"CAIRN_PRODUCTION": False, "CAIRN_DEMO": False, "DATABASE_EMBEDDED": True, "SECRET_KEY_IS_PASSING": True}

    assert found(settings, bench) == []


def test_a_public_address_without_production_is_warned_of(settings: Settings) -> None:
    public = {"CAIRN_PRODUCTION": False, "CAIRN_DEMO": False, "PUBLIC_URL": "https://cairn.example"}

    assert found(settings, public) == ["cairn.W001"]


def test_the_demo_starts_on_its_own_machine(settings: Settings) -> None:
    assert found(settings, DEMO) == []


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("cairn.E011", {"DATABASE_EMBEDDED": False}),
        ("cairn.E012", {"PUBLIC_URL": "http://192.0.2.7:8000"}),
        ("cairn.E012", {"PUBLIC_URL": "http://0.0.0.0:8000"}),
        ("cairn.E012", {"ALLOWED_HOSTS": ["localhost", "cairn.example"]}),
        ("cairn.E012", {"ALLOWED_HOSTS": ["*"]}),
    ],
)
def test_the_demo_does_not_start_where_others_reach_it(
    settings: Settings, number: str, fault: dict[str, object]
) -> None:
    assert found(settings, {**DEMO, **fault}) == [number]


@pytest.mark.parametrize("server", ["config.wsgi", "config.asgi"])
def test_a_server_refuses_too(server: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    started = subprocess.run(
        [sys.executable, "-c", f"import {server}"],
        cwd=ROOT,
        env={**kept, "CAIRN_PRODUCTION": "1", "DJANGO_SETTINGS_MODULE": "config.settings.base"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "Cairn does not start" in started.stderr
    assert "cairn.E002" in started.stderr


def test_a_good_configuration_starts(settings: Settings) -> None:
    found(settings, PRODUCTION)

    refuse_if_half_configured()
