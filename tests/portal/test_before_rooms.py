"""A database made before modules moved into rooms migrates and serves: none of its rows knows where code lies.

`before_rooms.sql.gz` is a dump of the demo with three learners, made by the commit before the move.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from core.clock import civil_date, now
from core.jobs.models import Job
from core.jobs.registry import handler_named
from credentials.models import Credential
from tests.recipes import signed_in_client

DUMP = Path(__file__).with_name("before_rooms.sql.gz")


@pytest.fixture(scope="module")
def restored(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The default connection leads to a restored copy of the dump while the tests of this module run."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        name = f"{usual}_before_rooms"
        _execute_nowhere(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            _lead_to(name)
            with connection.cursor() as cursor:
                cursor.execute(_statements())
            _lead_to(name)  # the dump leaves its connection without a search path
            call_command("migrate", verbosity=0)
            yield
        finally:
            _lead_to(usual)
            _execute_nowhere(f'DROP DATABASE "{name}"')


def _execute_nowhere(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:  # how Django itself makes test databases
        for statement in statements:
            cursor.execute(statement)


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def _statements() -> str:
    """The dump without what only psql, or only a newer server than the one under test, understands."""
    lines = gzip.decompress(DUMP.read_bytes()).decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("\\", "SET transaction_timeout")))


def test_it_migrates_and_no_migration_is_missing(restored: None) -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_content_type_and_every_job_still_leads_somewhere(restored: None) -> None:
    lost = [row.app_labeled_name for row in ContentType.objects.all() if row.model_class() is None]
    names = set(Job.objects.values_list("name", flat=True))

    assert lost == []
    assert names
    assert {handler_named(name).name for name in names} == names


def test_integrity_finds_nothing(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_integrity")

    said = capsys.readouterr().out.splitlines()
    assert {line.partition(": ")[2] for line in said} == {"no problems"}


def test_signed_documents_are_served_byte_for_byte(restored: None) -> None:
    signed = Credential.objects.exclude(content=None)

    served = {row.pk: Client().get(f"/credentials/{row.public_id}", headers={"accept": "*/*"}) for row in signed}

    assert len(signed) > 3
    assert {row.pk: bytes(row.content or b"") for row in signed} == {key: each.content for key, each in served.items()}


def test_the_desk_and_a_learners_pages_open(restored: None) -> None:
    registrar = signed_in_client(User.objects.get(email="ines.aguilar@demo.example"))
    learner = signed_in_client(User.objects.get(email="amara.okoye@demo.example"))
    desk = ("/admin/", "/admin/programs/award/", "/admin/programs/enrollment/", "/admin/credentials/credential/")

    opened = {path: registrar.get(path).status_code for path in desk}
    opened |= {
        path: learner.get(path, follow=True).status_code for path in ("/", "/pathway/", "/record/", "/coursework/")
    }

    assert set(opened.values()) == {200}


def test_work_goes_on(restored: None) -> None:
    """An event recorded now locks, writes, re-audits and passes every trigger that the old database holds."""
    from programs.enrollment.actions.enrolling import record_event
    from programs.models import Enrollment, EventReason
    from programs.rules.enrollment import EventKind

    enrollment = Enrollment.objects.filter(ended_on=None, learner__user__email="amara.okoye@demo.example").first()
    assert enrollment is not None
    registrar = User.objects.get(email="ines.aguilar@demo.example")
    at = now()

    event = record_event(
        enrollment,
        kind=EventKind.PAUSE,
        on=civil_date(at, enrollment.organization.zone),
        reason=EventReason.WORK,
        by=registrar,
        at=at,
    )

    assert enrollment.events.filter(kind="pause").count() == 1
    assert event is not None
