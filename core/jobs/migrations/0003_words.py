"""Names of rows, columns and choices in the words of the offices; the database does not change."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_vacuum_early"),
    ]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="created_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), verbose_name="requested at"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[("waiting", "waiting"), ("running", "running"), ("done", "done"), ("dead", "failed for good")],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
