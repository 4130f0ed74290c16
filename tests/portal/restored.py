"""Dumps of earlier versions, restored beside the database of the tests and brought up to date."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

HERE = Path(__file__).parent


@contextmanager
def restored_dump(name: str) -> Iterator[None]:
    """Lead the default connection to a copy of the dump `name` while the block runs; nothing is migrated."""
    usual = connection.settings_dict["NAME"]
    copy = f"{usual}_{name}"
    _execute_nowhere(f'DROP DATABASE IF EXISTS "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE template0')
    try:
        _lead_to(copy)
        with connection.cursor() as cursor:
            cursor.execute(_statements(HERE / f"{name}.sql.gz"))
        _lead_to(copy)  # the dump leaves its connection without a search path
        yield
    finally:
        _lead_to(usual)
        _execute_nowhere(f'DROP DATABASE "{copy}"')


def bring_up_to_date() -> None:
    """Apply every migration since."""
    call_command("migrate", verbosity=0)
    ContentType.objects.clear_cache()


def _execute_nowhere(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:  # how Django itself makes test databases
        for statement in statements:
            cursor.execute(statement)


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def _statements(dump: Path) -> str:
    """The dump without what only psql, or only a newer server than the one under test, understands."""
    lines = gzip.decompress(dump.read_bytes()).decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("\\", "SET transaction_timeout")))
