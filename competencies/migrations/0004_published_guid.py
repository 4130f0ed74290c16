"""The GUID under which CASE answers name each row: the column."""

from django.db import migrations, models

MODELS = ("framework", "competency", "association", "definition")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0003_framework_credit")]

    operations = [
        migrations.AddField(name, "published_guid", models.UUIDField(editable=False, null=True)) for name in MODELS
    ]
