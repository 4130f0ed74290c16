"""What the app role may do: read and write every table, but only add to those that are append-only."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

from core.database.ledger import AppendOnly


def append_only_tables() -> list[str]:
    """The names of all tables whose model is AppendOnly, sorted."""
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def grant_privileges(*, using: str, **_signal: Any) -> None:  # noqa: ANN401 - Django hands signals untyped
    """Give the app role its privileges on every table and sequence of the database `using`.

    Nothing happens where that role is the one who migrates, or does not exist: a server used for tests only.
    """
    role = settings.CAIRN_APP_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if cursor.fetchone() is None:
            return
        # Migrated up to an earlier point, a database has not all tables of the models yet.
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        there = {name for (name,) in cursor.fetchall()}
        for statement in privileges_for(role, [table for table in append_only_tables() if table in there]):
            cursor.execute(statement)


def privileges_for(role: str, only_grow: Sequence[str]) -> list[sql.Composed]:
    """The statements that give `role` what the one who serves requests may do, and no more.

    `only_grow` are the tables to which it may only add.
    """
    who = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(who),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who),
        # Which migrations ran is the owner's to write.
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(who),
    ]
    statements += [
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), who)
        for table in only_grow
    ]
    return statements
