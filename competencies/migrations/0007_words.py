"""Names of rows, columns and choices in the words of the offices; the database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competencies", "0006_published_guid_needed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="caseimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "waiting to be checked"),
                    ("checking", "being checked"),
                    ("checked", "checked, waiting for your decision"),
                    ("confirmed", "waiting to be imported"),
                    ("importing", "importing"),
                    ("imported", "imported"),
                    ("refused", "refused"),
                    ("cancelled", "cancelled"),
                ],
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
