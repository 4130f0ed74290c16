"""Locks that imports and edits of frameworks take, always in this order: the identifier, then the graph."""

from django.db import connection

# Keys of advisory locks; the second one is the trigger's too (migration 0002_guards).
IDENTIFIER_LOCK = 7_301
GRAPH_LOCK = 7_302


def lock_identifier(source_identifier: str) -> None:
    """Until the transaction ends nobody else imports a document of this identifier: it may have no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [IDENTIFIER_LOCK, source_identifier])


def lock_graph() -> None:
    """Until the transaction ends nobody else adds edges of a kind that must hold no cycle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [GRAPH_LOCK])
