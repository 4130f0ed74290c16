"""Digests of delivered PDFs, which stay as they are."""

from django.db import migrations, models
from django.db.models import Q

from core.database.ledger import guard_append_only


class Migration(migrations.Migration):
    dependencies = [("credentials", "0013_grant_item_in_force"), ("base", "0003_bodies")]

    operations = [
        migrations.CreateModel(
            name="DeliveredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "kind",
                    models.CharField(
                        choices=[("certificate", "certificate"), ("transcript", "transcript")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("delivered_at", models.DateTimeField(verbose_name="delivered")),
            ],
            options={
                "verbose_name": "delivered file",
                "verbose_name_plural": "delivered files",
                "constraints": [
                    models.UniqueConstraint(fields=["file_digest"], name="delivered_file_is_one"),
                    models.CheckConstraint(
                        condition=Q(file_digest__regex=r"^[0-9a-f]{64}$"), name="delivered_file_has_a_digest"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=["certificate", "transcript"]), name="delivered_file_kind_is_known"
                    ),
                ],
            },
        ),
        guard_append_only("credentials_deliveredfile"),
    ]
