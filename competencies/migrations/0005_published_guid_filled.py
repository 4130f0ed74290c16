"""The GUID under which CASE answers name each row: filled for the rows that are there."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from competencies.rules.identifiers import STRICT_GUID, published_guid

MODELS = ("framework", "competency", "association", "definition")
BATCH = 1_000


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Valid GUIDs in one statement for each table; the few others need SHA-1, which PostgreSQL does not have."""
    for name in MODELS:
        model = apps.get_model("competencies", name)
        stored = model._default_manager.using(schema_editor.connection.alias)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET published_guid = source_identifier::uuid"  # noqa: S608 - our table
                " WHERE source_identifier ~ %s",
                [f"^{STRICT_GUID.pattern}$"],
            )
        rows: list[Any] = list(stored.filter(published_guid=None).only("pk", "source_identifier"))
        for row in rows:
            row.published_guid = published_guid(row.source_identifier)
        stored.bulk_update(rows, ["published_guid"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("competencies", "0004_published_guid")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
