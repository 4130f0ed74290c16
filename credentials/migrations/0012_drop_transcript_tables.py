"""The tables of transcripts and serials go; their rows were copied and compared by the migration before."""

from typing import Any

from django.db import migrations

DROP = """
DROP TABLE credentials_transcriptserial;
DROP TABLE credentials_transcript;
"""


def forget_serials(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - migrations are untyped
    """Delete the content type of serials with its permissions; that of transcripts is the proxy's from now on."""
    apps.get_model("auth", "Permission")  # loaded, so that its rows go too
    types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
    types.filter(app_label="credentials", model="transcriptserial").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("credentials", "0011_transcripts_are_documents"),
    ]

    operations = [migrations.RunSQL(DROP), migrations.RunPython(forget_serials)]
