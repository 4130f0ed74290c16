"""Stored audits leave out what the tree does not ask for, so that nothing else a learner does can change their digest."""

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.database.ledger import guard_append_only
from core.text.canonical import digest

BATCH = 500
UNASKED = "nothing_asks_for_it"


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rows that nothing asks for out of the stored audits, and digest what is left."""
    # The connection of the migration, which is not the one that serves.
    progress = apps.get_model("programs", "Progress").objects.using(schema_editor.connection.alias)
    batch = []
    for row in progress.order_by("pk").iterator(chunk_size=BATCH):
        if not _without_unasked(row.audit):
            continue
        row.digest = digest({name: value for name, value in row.audit.items() if name != "on"})
        batch.append(row)
        if len(batch) == BATCH:
            progress.bulk_update(batch, ["audit", "digest"])
            batch = []
    progress.bulk_update(batch, ["audit", "digest"])


def _without_unasked(audit: dict[str, Any]) -> bool:
    """Remove the refusals that name no node; return whether there were any."""
    found = False
    for outcome in (audit["today"], audit["projected"]):
        kept = list(_asked(outcome["left_out"]))
        found = found or len(kept) < len(outcome["left_out"])
        outcome["left_out"] = kept
    return found


def _asked(refusals: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return (refusal for refusal in refusals if refusal["reason"] != UNASKED)


class Migration(migrations.Migration):
    dependencies = [("programs", "0006_audit_methods")]

    operations = [
        guard_append_only("programs_auditmove"),
        # Not undone: the rows that were taken out can be worked out again, and nothing reads them.
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
