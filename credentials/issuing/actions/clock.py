"""The database's clock: the one that all workers share, so that nothing is issued in another's future."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The present instant, in whole seconds, as the database tells it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_trunc('second', clock_timestamp())")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)
