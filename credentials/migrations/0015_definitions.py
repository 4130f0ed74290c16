"""Definitions of achievement versions and pictures, which stay as they were first published.

Both tables begin empty: a definition is written at its first need, and then describes what earlier badges named too.
"""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models

from core.database.ledger import guard_append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0014_delivered_files"),
        ("base", "0003_bodies"),
        ("programs", "0013_achievement_terms_needed"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=500, verbose_name="address")),
                ("content", models.BinaryField()),
                ("published_at", models.DateTimeField(verbose_name="published")),
            ],
            options={
                "verbose_name": "published picture",
                "verbose_name_plural": "published pictures",
                "constraints": [
                    models.UniqueConstraint(fields=("address",), name="published_image_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "^https?://[a-z0-9.:-]+/[a-z0-9/-]+/image$")),
                        name="published_image_has_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AchievementDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("digest", models.CharField(max_length=67, verbose_name="digest")),
                ("described", models.JSONField()),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "achievement_version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="definition",
                        to="programs.achievementversion",
                        verbose_name="achievement version",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="definitions",
                        to="credentials.issuer",
                        verbose_name="issuer",
                    ),
                ),
            ],
            options={
                "verbose_name": "definition of an achievement",
                "verbose_name_plural": "definitions of achievements",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^c1:[0-9a-f]{64}$")),
                        name="achievement_definition_has_a_digest",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Regex(
                            django.db.models.functions.comparison.Cast("described", models.TextField()),
                            r'^\{("[a-z0-9/]+": "([0-9a-f-]{36})?"(, )?)*\}$',
                        ),
                        name="achievement_definition_describes_by_keys",
                    ),
                ],
            },
        ),
        guard_append_only("credentials_achievementdefinition"),
        guard_append_only("credentials_publishedimage"),
    ]
