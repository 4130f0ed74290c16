"""Statements that the server parses and plans once for each connection, for what is asked with every write.

Otherwise it does so each time, and that takes longer than finding the handful of rows that are asked for.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.utils import CursorWrapper


class _Preparing(psycopg.Cursor[Any]):
    """Has the server remember each statement, with values bound there."""

    def execute(self, query: str, params: Sequence[Any] | None = None) -> "_Preparing":  # type: ignore[override]  # as Django calls it
        return super().execute(query, params, prepare=True)


def prepared_cursor(alias: str, *, writes: bool = False) -> CursorWrapper:
    """Django's cursor, its statements prepared by the server: for one statement of fixed text at a time.

    An ordinary one where CAIRN_PREPARED_STATEMENTS is off, behind a pooler that loses what was prepared; where queries
    are logged, with their values; and for writes in a request, where pghistory puts a statement of its own before each.
    """
    connection = connections[alias]
    if not settings.CAIRN_PREPARED_STATEMENTS or connection.queries_logged or (writes and connection.execute_wrappers):
        return connection.cursor()
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django lets nothing be prepared; its own cursors go on as they are
    cursor: Any = _Preparing(connection.connection)
    return connection.make_cursor(cursor)
