"""Statements that PostgreSQL parses and plans once for each connection, for those that run with every write.

Parsing and planning them each time takes longer than finding their handful of rows.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.utils import CursorWrapper


class _Preparing(psycopg.Cursor[Any]):
    """Prepares each statement on the server, which binds the values."""

    def execute(self, query: str, params: Sequence[Any] | None = None) -> "_Preparing":  # type: ignore[override]  # as Django calls it
        return super().execute(query, params, prepare=True)


def prepared_cursor(alias: str, *, writes: bool = False) -> CursorWrapper:
    """Return a Django cursor that prepares statements on the server; the text of each statement must be fixed.

    The cursor is an ordinary one in three cases: CAIRN_PREPARED_STATEMENTS is off (a pooler loses what was prepared),
    queries are logged (with their values), or a request writes (pghistory adds a statement of its own before each).
    """
    connection = connections[alias]
    if not settings.CAIRN_PREPARED_STATEMENTS or connection.queries_logged or (writes and connection.execute_wrappers):
        return connection.cursor()
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django turns preparing off; its own cursors are not affected
    cursor: Any = _Preparing(connection.connection)
    return connection.make_cursor(cursor)
