"""Transcripts stay as they were made, their serials too (invariant 12)."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_body


class Migration(migrations.Migration):
    dependencies = [("credentials", "0005_transcripts"), ("base", "0003_bodies")]

    operations = [
        guard_body("credentials_transcript"),
        guard_append_only("credentials_transcriptserial"),
    ]
