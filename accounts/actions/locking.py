"""The lock that every write about a learner takes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Learner

COLUMNS = [str(field.column) for field in Learner._meta.concrete_fields]
GROUP = """
    FROM accounts_learner WHERE COALESCE(same_as_id, id) IN
        (SELECT COALESCE(same_as_id, id) FROM accounts_learner WHERE id = ANY(%s))
"""
# A savepoint of our own: rolling back to it lets the locks go.
LOCK = f"SAVEPOINT locking_learners; SELECT {', '.join(COLUMNS)} {GROUP} ORDER BY id FOR NO KEY UPDATE"
# statement_timestamp(): this statement begins after the lock is there. The zone is accounts.queries.learners_zone.
LOOK = f"""
    SELECT ARRAY(SELECT id {GROUP}), statement_timestamp(),
        (SELECT time_zone FROM accounts_organization WHERE kind = 'ours' AND parent_id IS NULL)
"""  # noqa: S608 - words of our own


@dataclass(frozen=True, slots=True)
class Locked:
    """The rows that are locked, lowest id first, the instant after the lock, and where learners' dates are made."""

    rows: list[Learner]
    now: datetime
    zone: ZoneInfo


def lock_and_look(learner_ids: Iterable[int]) -> Locked:
    """Lock these learners and every record linked with them, then read the database's clock.

    FOR NO KEY UPDATE in id order: two writers of one person queue, and two batches cannot wait for each other in a
    ring. Must run inside a transaction; ids that do not exist are left out.
    """
    wanted = sorted(set(learner_ids))
    # By hand and not by querysets: every write about a learner begins here, with three trips to the database.
    with connection.cursor() as cursor:
        while True:
            cursor.execute(LOCK, [wanted])
            while cursor.nextset():  # the rows come last
                pass
            rows = [Learner.from_db(connection.alias, COLUMNS, row) for row in cursor.fetchall()]
            cursor.execute(LOOK, [wanted])
            group, now, zone = cursor.fetchone()
            if set(group) <= {row.pk for row in rows}:
                cursor.execute("RELEASE SAVEPOINT locking_learners")
                return Locked(rows, now.astimezone(UTC), ZoneInfo(zone or "UTC"))
            # A record was linked while we waited: its lock must be taken in order too.
            cursor.execute("ROLLBACK TO SAVEPOINT locking_learners")
            cursor.execute("RELEASE SAVEPOINT locking_learners")


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """`lock_and_look`, the rows alone. Read the clock after this."""
    return lock_and_look(learner_ids).rows


def lock_learner(learner: Learner) -> Learner:
    """Lock one person and return this record, fresh from the database."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)
