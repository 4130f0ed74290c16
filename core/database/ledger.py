"""Tables that may only grow, and rows that stay as they are once used: PostgreSQL refuses, whoever asks.

Three guards against a change to an append-only table: the app role has no privilege for it, a statement-level trigger
refuses it to the owner, and ENABLE ALWAYS keeps that trigger awake even for a superuser in replica mode.
"""

import secrets

from django.db import models
from django.db.migrations.operations import RunSQL

SALT_BYTES = 16
TRIGGER = "append_only"
FROZEN_TRIGGER = "frozen_once_used"
FROZEN_TABLE_TRIGGER = "frozen_never_emptied"
BODY_TRIGGER = "words_only_erased"


class AppendOnly(models.Model):
    """A row that is inserted and never changed; a correction is a new row that points back.

    A model that inherits from this needs `guard_append_only(table)` in its migration; a contract test says when it is
    missing.
    """

    class Meta:
        abstract = True


def guard_append_only(table: str) -> RunSQL:
    """The migration operation that makes `table` refuse UPDATE, DELETE and TRUNCATE with an integrity error."""
    return RunSQL(
        sql=f"""
            CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {TRIGGER};
        """,
        reverse_sql=f"DROP TRIGGER {TRIGGER} ON {table}",
    )


def guard_frozen(table: str, *, once: str, may_change: tuple[str, ...] = ()) -> RunSQL:
    """The migration operation that freezes a row of `table` as soon as the SQL condition `once` holds of it.

    `once` speaks of OLD (`OLD.used_at IS NOT NULL`); only the columns in `may_change` can then still be written.
    """
    allowed = ", ".join(f"'{column}'" for column in may_change)
    return RunSQL(
        sql=f"""
            CREATE TRIGGER {FROZEN_TRIGGER} BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW WHEN ({once}) EXECUTE FUNCTION cairn_refuse_frozen({allowed});
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {FROZEN_TRIGGER};
            CREATE TRIGGER {FROZEN_TABLE_TRIGGER} BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {FROZEN_TABLE_TRIGGER};
        """,
        reverse_sql=f"""
            DROP TRIGGER {FROZEN_TABLE_TRIGGER} ON {table};
            DROP TRIGGER {FROZEN_TRIGGER} ON {table};
        """,
    )


def guard_body(table: str) -> RunSQL:
    """The migration operation for a side row that holds words: its only change is content to NULL, `erased_at` set.

    The table has columns `content` and `erased_at` (invariant 19).
    """
    return RunSQL(
        sql=f"""
            CREATE TRIGGER {BODY_TRIGGER} BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION cairn_refuse_rewriting();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {BODY_TRIGGER};
            CREATE TRIGGER {FROZEN_TABLE_TRIGGER} BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {FROZEN_TABLE_TRIGGER};
        """,
        reverse_sql=f"""
            DROP TRIGGER {FROZEN_TABLE_TRIGGER} ON {table};
            DROP TRIGGER {BODY_TRIGGER} ON {table};
        """,
    )


def new_salt() -> bytes:
    """Random bytes for one row: without them, digests of short words could be guessed."""
    return secrets.token_bytes(SALT_BYTES)
