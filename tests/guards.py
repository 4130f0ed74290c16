"""Cleaning up after transactional tests without dropping a guard.

Django truncates every table and makes its own rows again, which guarded tables refuse and which takes a second. Here
the few tables that hold rows are emptied; for that moment, and for nothing else, their triggers are put to sleep and
woken in exactly the state they were in.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.test import TransactionTestCase

TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid::regclass::text = ANY(%s)
"""
HAS_ROWS = "SELECT '{0}' WHERE EXISTS (SELECT FROM \"{0}\")"
WAKE = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA"}
# Rows that follow from the code: `migrate` makes them, and no test changes them.
KEPT = {"django_content_type", "auth_permission"}


@contextmanager
def guards_asleep(tables: Sequence[str]) -> Iterator[None]:
    """Let every change of `tables` through while the block runs."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [list(tables)])
        triggers = cursor.fetchall()
        for table, trigger, _state in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that waits for a check cannot be altered
            for table, trigger, state in triggers:
                cursor.execute(f"ALTER TABLE {table} {WAKE[state]} TRIGGER {trigger}")


@transaction.atomic
def empty_tables() -> None:
    """Delete every row that a test left."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(HAS_ROWS.format(table) for table in all_tables()))
        filled = [table for (table,) in cursor.fetchall()]
        with guards_asleep(filled):
            for table in filled:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - the names are our own


def all_tables() -> list[str]:
    """Those whose rows belong to tests."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)


def keep_guards_while_flushing() -> None:
    """Put that in the place of Django's flush, once for the whole run."""
    TransactionTestCase._fixture_teardown = lambda _case: empty_tables()  # type: ignore[attr-defined]  # not in the stubs
