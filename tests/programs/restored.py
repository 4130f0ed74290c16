"""A copy of the database under other keys, as after a restore that numbers rows anew; made in place."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.utils import CursorWrapper

from programs.audit.queries import mastery_bases, trees

SHIFT = 1_000_000
# Rows of these apps name each other in the order of their keys (links of learners, same_as): they keep that order.
IN_ORDER = ("accounts_",)

KEYS = """
    SELECT child.relname, att.attname, coalesce(parent.relname, child.relname)
    FROM pg_constraint con
    JOIN pg_class child ON child.oid = con.conrelid
    JOIN pg_namespace space ON space.oid = child.relnamespace AND space.nspname = 'public'
    JOIN pg_attribute att ON att.attrelid = child.oid AND att.attnum = con.conkey[1]
    LEFT JOIN pg_class parent ON parent.oid = con.confrelid
    WHERE con.contype IN ('p', 'f') AND cardinality(con.conkey) = 1
        AND att.atttypid IN ('int4'::regtype, 'int8'::regtype)
    ORDER BY con.contype, child.relname, att.attname
"""


@dataclass
class _Table:
    """The key columns of a table, each with the table whose rows it names."""

    columns: dict[str, str] = field(default_factory=dict)


def restore_under_other_keys() -> None:
    """Give every row of every table another integer key; most of them in the opposite order."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = _tables(cursor)
        for name in tables:
            # Guards and foreign keys sleep: a restore writes rows past them, and the result is consistent again.
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER ALL')
        for name, table in tables.items():
            new = ", ".join(f'"{column}" = {_other_key(column, named)}' for column, named in table.columns.items())
            cursor.execute(f'UPDATE "{name}" SET {new}')  # noqa: S608 - names of the catalog
        for name in tables:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER ALL')
    _forget()


def _tables(cursor: CursorWrapper) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    cursor.execute(KEYS)
    for name, column, named in cursor.fetchall():
        # Foreign keys come first: a key that is a foreign key too follows the table that it names.
        tables.setdefault(name, _Table()).columns.setdefault(column, named)
    return {name: table for name, table in tables.items() if name != "django_migrations"}


def _other_key(column: str, named: str) -> str:
    return f'"{column}" + {SHIFT}' if named.startswith(IN_ORDER) else f'{SHIFT} - "{column}"'


def _forget() -> None:
    """Forget what a new process would not know: rows by their old keys."""
    ContentType.objects.clear_cache()
    for cache in (mastery_bases.frozen_policy, trees._published, trees._stacked, trees._with_levels):
        cache.cache_clear()
