"""The database that test databases are copied from: made by `migrate` once for a set of migrations, not once per run.

A copy takes less than a second, all migrations take a minute of computing. Whatever a migration's schema is made of is
part of the template's name, so another set of migrations never finds an old one; and `migrate` still runs on each copy.
"""

import ast
import hashlib
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import ModuleType

import django
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

BASE = "core"  # what writes SQL for migrations lies here; defaults and validators leave nothing in a schema
PREFIX = "cairn_migrated_"
LOCK = 0x6361_6972_6E  # any number that nobody else locks: two workers want the template at once


def template() -> str:
    """The name of a database to which every migration was applied as to a new installation, and nothing since."""
    name = PREFIX + _digest()
    with connection._nodb_cursor() as cursor:  # how Django itself makes test databases
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            there = _all(cursor)
            if name not in there:
                _drop(cursor, there)
                _make(cursor, name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return name


def forget_templates() -> None:
    """Leave nothing on a server that is not ours alone."""
    with connection._nodb_cursor() as cursor:
        _drop(cursor, _all(cursor))


def _all(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [name for (name,) in cursor.fetchall()]


def _drop(cursor: CursorWrapper, names: list[str]) -> None:
    for name in names:
        with suppress(OperationalError):  # another run is copying it: it goes the next time
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _make(cursor: CursorWrapper, name: str) -> None:
    """Under another name until it is whole; then closed, so that nobody's connection can stand in a copy's way."""
    making = f"{PREFIX}making"
    cursor.execute(f'CREATE DATABASE "{making}" TEMPLATE template0')
    with another_database("template", making):
        call_command("migrate", database="template", verbosity=0)
        _keep_vacuum_away(connections["template"])
    cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')


def _keep_vacuum_away(made: BaseDatabaseWrapper) -> None:
    """Tests empty and fill their tables all the time.

    A table that autovacuum met empty is taken for empty by the planner ever after, however many rows a test then puts
    in within one transaction: what takes a second took a quarter of an hour.
    """
    with made.cursor() as cursor:
        for table in made.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


@contextmanager
def another_database(alias: str, name: str) -> Iterator[str]:
    """Reach the database `name` of the server under test as `alias` while the block runs."""
    connections.databases[alias] = {**connection.settings_dict, "NAME": name}
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


def _digest() -> str:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    migrations = [import_module(type(migration).__module__) for migration in loader.disk_migrations.values()]
    sources = sorted(inspect.getsource(module) for module in _with_what_they_import(migrations))
    sources += [inspect.getsource(_make), inspect.getsource(_keep_vacuum_away)]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]


def _with_what_they_import(modules: list[ModuleType]) -> set[ModuleType]:
    seen: set[ModuleType] = set()
    left = list(modules)
    while left:
        module = left.pop()
        if module not in seen:
            seen.add(module)
            left += _imported_from_base(module)
    return seen


def _imported_from_base(module: ModuleType) -> Iterator[ModuleType]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (import_module(name) for name in names if name.partition(".")[0] == BASE)


if __name__ == "__main__":  # `scripts/check.sh` has it made while the type checker works
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    template()
