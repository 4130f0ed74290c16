"""Cleaning up after transactional tests without dropping a guard.

Django empties the tables with TRUNCATE, which guarded tables refuse. For the moment of the flush, and for nothing
else, the triggers that stand in its way are put to sleep and woken in exactly the state they were in.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import TransactionTestCase

# tgtype bit 5: the trigger fires on TRUNCATE. tgenabled: A always, O origin, R replica, D disabled.
TRUNCATE_TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger
    WHERE NOT tgisinternal AND tgtype & 32 <> 0 AND tgenabled <> 'D'
"""
WAKE = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA"}


@contextmanager
def guards_asleep() -> Iterator[None]:
    """Let TRUNCATE through while the block runs."""
    with connection.cursor() as cursor:
        cursor.execute(TRUNCATE_TRIGGERS)
        triggers = cursor.fetchall()
        for table, trigger, _state in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table, trigger, state in triggers:
                cursor.execute(f"ALTER TABLE {table} {WAKE[state]} TRIGGER {trigger}")


def keep_guards_while_flushing() -> None:
    """Wrap Django's flush, once for the whole run."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out

    def flush_with_guards_asleep(case: TransactionTestCase) -> None:
        with guards_asleep():
            flush(case)

    TransactionTestCase._fixture_teardown = flush_with_guards_asleep  # type: ignore[attr-defined]  # as above
