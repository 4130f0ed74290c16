"""The advisory locks of imports. Always take the identifier lock before the graph lock, to avoid deadlocks."""

from django.db import connection

from competencies.rules.identifiers import comparable

# Keys of advisory locks. The trigger in migration 0002_guards takes GRAPH_LOCK too, for writes past the actions.
IDENTIFIER_LOCK = 7_301
GRAPH_LOCK = 7_302


def lock_identifier(source_identifier: str) -> None:
    """Keep others from importing a document with this identifier until the transaction ends.

    A row lock is not enough: a new document has no row yet. GUIDs that differ in case are one identifier.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [IDENTIFIER_LOCK, comparable(source_identifier)]
        )


def lock_graph() -> None:
    """Keep others from adding edges of an acyclic kind until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [GRAPH_LOCK])
