"""Whether the guards of the append-only tables are in place, all three, in this very database."""

from dataclasses import dataclass

from django.db import connections

from core.database.ledger import TRIGGER
from core.database.privileges import append_only_tables

# tgtype: bit 0 set is per row; bit 1 before, 3 delete, 4 update, 5 truncate.
BEFORE_ANY_CHANGE = 0b111010

TRIGGERS = """
    SELECT tgtype, tgenabled::text, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgrelid = %s::regclass AND tgname = %s
"""
PRIVILEGES = """
    SELECT privilege FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
    WHERE has_table_privilege(%s, %s, privilege) ORDER BY privilege
"""


@dataclass(frozen=True)
class GuardGap:
    """A guard that is missing on a table, in a plain sentence."""

    table: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.table}: {self.sentence}"


def guard_gaps(*, app_role: str | None, using: str = "default") -> list[GuardGap]:
    """What is missing on any append-only table; empty when all is well.

    `app_role` is the role that serves requests; None where it is also the one that owns, as on a server for tests.
    """
    return [gap for table in append_only_tables() for gap in _gaps_in(table, app_role, using)]


def _gaps_in(table: str, app_role: str | None, using: str) -> list[GuardGap]:
    found = []
    with connections[using].cursor() as cursor:
        cursor.execute(TRIGGERS, [table, TRIGGER])
        trigger = cursor.fetchone()
        if trigger is None:
            found.append(GuardGap(table, "no trigger refuses changes"))
        elif trigger[0] != BEFORE_ANY_CHANGE or trigger[2] != "cairn_refuse_change":
            found.append(GuardGap(table, "the trigger does not refuse UPDATE, DELETE and TRUNCATE"))
        elif trigger[1] != "A":
            found.append(GuardGap(table, "the trigger is not ENABLE ALWAYS: replica mode passes it"))
        if app_role is not None:
            cursor.execute(PRIVILEGES, [app_role, table])
            found += [GuardGap(table, f"{app_role} has the privilege {row[0]}") for row in cursor.fetchall()]
    return found
