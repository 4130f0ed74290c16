"""Printed as JSON: the named constraints and the triggers of a database to which every migration was applied.

Runs inside the copy, and stays until its standard input is closed: the embedded server lives as long as it has a user.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

CONSTRAINT = "ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
INDEX = "DROP INDEX {name}"
TRIGGER = "DROP TRIGGER {name} ON {table}"
CONSTRAINTS = """
    SELECT conname, conrelid::regclass::text, true FROM pg_constraint WHERE conname = ANY(%(names)s)
    UNION ALL
    SELECT c.relname, i.indrelid::regclass::text, false FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = ANY(%(names)s) AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conindid = i.indexrelid)
    ORDER BY 2, 1
"""
# Those of pghistory write history, they guard nothing.
TRIGGERS = """
    SELECT tgname, tgrelid::regclass::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgname NOT LIKE 'pgtrigger%' ORDER BY 2, 1
"""
PROBE = "cairn_mutants_probe"


def main() -> None:
    """Print, then wait."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from tests.templates import another_database, template

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{PROBE}"')
        cursor.execute(f'CREATE DATABASE "{PROBE}" TEMPLATE "{template()}"')
        with another_database("probe", PROBE):
            found = removable(connections["probe"])
        cursor.execute(f'DROP DATABASE "{PROBE}"')
        print(json.dumps(found), flush=True)  # noqa: T201 - read by the run
        sys.stdin.read()


def removable(database: BaseDatabaseWrapper) -> list[dict[str, str]]:
    """What can be taken from this database, each with the statement that does it."""
    return [*_constraints(database), *_triggers(database)]


def _own_models() -> dict[str, type[Model]]:
    """The models that are written in this tree, by their tables."""
    root = Path(__file__).resolve().parents[2]
    return {
        model._meta.db_table: model
        for model in apps.get_models()
        if (root / model.__module__.partition(".")[0]).is_dir()  # not what was installed
    }


def _constraints(database: BaseDatabaseWrapper) -> Iterator[dict[str, str]]:
    models = _own_models()
    names = [constraint.name for model in models.values() for constraint in model._meta.constraints]
    with database.cursor() as cursor:
        cursor.execute(CONSTRAINTS, {"names": names})
        for name, table, is_constraint in cursor.fetchall():
            yield _described("constraint", CONSTRAINT if is_constraint else INDEX, name, table, models)


def _triggers(database: BaseDatabaseWrapper) -> Iterator[dict[str, str]]:
    models = _own_models()
    with database.cursor() as cursor:
        cursor.execute(TRIGGERS)
        for name, table in cursor.fetchall():
            yield _described("trigger", TRIGGER, name, table, models)


def _described(kind: str, sql: str, name: str, table: str, models: dict[str, type[Model]]) -> dict[str, str]:
    model = models[table]
    return {
        "kind": kind,
        "name": name,
        "table": table,
        "model": model.__name__,
        "module": model.__module__,
        "sql": sql.format(name=f'"{name}"', table=f'"{table}"'),
    }


if __name__ == "__main__":
    main()
