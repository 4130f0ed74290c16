"""Stored audits leave out what the tree does not ask for, and their digests leave out how the answer was found.

So nothing that changes only these can make a stored audit differ from a new one.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.database.ledger import guard_append_only
from core.text.canonical import digest

BATCH = 500
UNASKED = "nothing_asks_for_it"
OUTCOMES = ("today", "projected")
FOUND = ("engine", "contested")


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rows that nothing asks for out of the stored audits, and digest the answers."""
    # The connection of the migration, which is not the one that serves.
    progress = apps.get_model("programs", "Progress").objects.using(schema_editor.connection.alias)
    batch = []
    for row in progress.order_by("pk").iterator(chunk_size=BATCH):
        _leave_out_unasked(row.audit)
        row.digest = digest(_answer(row.audit))
        batch.append(row)
        if len(batch) == BATCH:
            progress.bulk_update(batch, ["audit", "digest"])
            batch = []
    progress.bulk_update(batch, ["audit", "digest"])


def _leave_out_unasked(audit: dict[str, Any]) -> None:
    for outcome in OUTCOMES:
        kept = [refusal for refusal in audit[outcome]["left_out"] if refusal["reason"] != UNASKED]
        audit[outcome]["left_out"] = kept


def _answer(audit: dict[str, Any]) -> dict[str, Any]:
    outcomes = {
        outcome: {name: value for name, value in audit[outcome].items() if name not in FOUND} for outcome in OUTCOMES
    }
    return {**{name: value for name, value in audit.items() if name != "on"}, **outcomes}


class Migration(migrations.Migration):
    dependencies = [("programs", "0006_audit_methods")]

    operations = [
        guard_append_only("programs_auditmove"),
        # Not undone: the rows that were taken out can be worked out again, and nothing reads them.
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
