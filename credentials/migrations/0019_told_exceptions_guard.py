"""An issuer with a key may still say what transcripts tell of exceptions; all else that was frozen stays frozen."""

from django.db import migrations

from core.database.ledger import guard_frozen

WORDS = ("name", "url", "email", "description")
ONCE = "OLD.origin <> ''"
EARLIER = guard_frozen("credentials_issuer", once=ONCE, may_change=WORDS)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0018_told_exceptions")]

    operations = [
        migrations.RunSQL(EARLIER.reverse_sql or "", EARLIER.sql),
        guard_frozen("credentials_issuer", once=ONCE, may_change=(*WORDS, "told_exceptions")),
    ]
