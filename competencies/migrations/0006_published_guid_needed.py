"""The GUID under which CASE answers name each row: compulsory, and looked up, as are identifiers in any case."""

from django.db import migrations, models
from django.db.models.functions import Upper

MODELS = ("framework", "competency", "association", "definition")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0005_published_guid_filled")]

    operations = [
        *(migrations.AlterField(name, "published_guid", models.UUIDField(editable=False)) for name in MODELS),
        *(
            migrations.AddIndex(name, models.Index(fields=["published_guid"], name=f"{name}_by_published_guid"))
            for name in MODELS
        ),
        *(
            migrations.AddIndex(name, models.Index(Upper("source_identifier"), name=f"{name}_by_any_case"))
            for name in MODELS
        ),
    ]
