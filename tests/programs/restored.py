"""A copy of the database under other keys, as after a restore that numbers rows anew; made in place."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.utils import CursorWrapper

from programs.audit.queries import mastery_bases, trees

SHIFT = 1_000_000
# Rows of these tables are read in the order of their keys (links of learners, events of one day): they keep that order.
IN_ORDER = ("accounts_", "programs_enrollmentevent")

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

FOREIGN_KEYS = """
    SELECT child.relname, con.conname, pg_get_constraintdef(con.oid)
    FROM pg_constraint con
    JOIN pg_class child ON child.oid = con.conrelid
    JOIN pg_namespace space ON space.oid = child.relnamespace AND space.nspname = 'public'
    WHERE con.contype = 'f'
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
        foreign = _foreign_keys(cursor)
        # Without guards and foreign keys, as a restore does it; afterwards the foreign keys are checked again.
        for name, constraint, _definition in foreign:
            cursor.execute(f'ALTER TABLE "{name}" DROP CONSTRAINT "{constraint}"')
        for name in tables:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        for name, table in tables.items():
            new = ", ".join(f'"{column}" = {_other_key(column, named)}' for column, named in table.columns.items())
            cursor.execute(f'UPDATE "{name}" SET {new}')  # noqa: S608 - names of the catalog
        for name, constraint, definition in foreign:
            cursor.execute(f'ALTER TABLE "{name}" ADD CONSTRAINT "{constraint}" {definition}')
    _forget()


def _foreign_keys(cursor: CursorWrapper) -> list[tuple[str, str, str]]:
    cursor.execute(FOREIGN_KEYS)
    rows: list[tuple[str, str, str]] = cursor.fetchall()
    return rows


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
    for cache in (mastery_bases.frozen_policy, trees._published, trees._stacked, trees._with_levels, trees._format):
        cache.cache_clear()
