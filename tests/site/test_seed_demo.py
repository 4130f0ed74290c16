"""The demo's people and framework come in once; a second run changes no row."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from accounts.models import Learner, Organization, RoleAssignment, User
from competencies.models import Competency, Framework

OURS = ("accounts_", "competencies_", "account_emailaddress")


@pytest.fixture
def demo(db: None, settings: Settings, tmp_path: Path) -> Path:
    settings.CAIRN_DEMO = True
    settings.CAIRN_VAR = tmp_path
    return tmp_path


def rows() -> dict[str, list[tuple[object, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(OURS):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - a table's name from the catalog
                found[table] = cursor.fetchall()
    return found


def test_the_demo_has_its_people_their_rights_and_a_public_framework(demo: Path) -> None:
    call_command("seed_demo")

    people = json.loads((demo / "demo" / "sign-ins.json").read_text())
    assert [person["role"] for person in people] == ["registrar", "registrar", "assessor", "learner"]
    assert all(User.objects.get(email=person["email"]).check_password(person["password"]) for person in people)
    assert sorted(RoleAssignment.objects.values_list("role", flat=True)) == ["assessor", "registrar", "registrar"]
    assert Learner.objects.get().user == User.objects.get(email=people[-1]["email"])
    assert Organization.objects.root().name == "Lakeside College"
    assert Framework.objects.get().published_at is not None
    assert Competency.objects.count() >= 24


def test_a_second_run_changes_no_row(demo: Path) -> None:
    call_command("seed_demo")
    before, sign_ins = rows(), (demo / "demo" / "sign-ins.json").read_bytes()

    call_command("seed_demo")

    assert rows() == before
    assert (demo / "demo" / "sign-ins.json").read_bytes() == sign_ins


def test_the_sign_ins_are_for_their_owner_only(demo: Path) -> None:
    call_command("seed_demo")

    assert (demo / "demo" / "sign-ins.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_outside_the_demo_nothing_is_made() -> None:
    with pytest.raises(CommandError, match="make demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
