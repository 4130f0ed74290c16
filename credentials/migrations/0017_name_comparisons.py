"""Comparisons of names with those on documents, which stay as they are."""

import django.db.models.deletion
from django.db import migrations, models

from core.database.ledger import guard_append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_privacy_of_names"),
        ("credentials", "0015_definitions"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameComparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("number", models.PositiveSmallIntegerField(verbose_name="try")),
                ("matched", models.BooleanField(verbose_name="matched")),
                ("compared_at", models.DateTimeField(verbose_name="when")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="name_comparisons",
                        to="credentials.document",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="name_comparisons",
                        to="accounts.learner",
                    ),
                ),
            ],
            options={
                "verbose_name": "comparison of a name",
                "verbose_name_plural": "comparisons of names",
                "indexes": [models.Index(fields=["learner", "compared_at"], name="name_comparison_of_learner")],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "day", "number"), name="name_comparison_counted_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__lte", 3)),
                        name="name_comparison_within_its_limit",
                    ),
                ],
            },
        ),
        guard_append_only("credentials_namecomparison"),
    ]
