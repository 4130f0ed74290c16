"""The table that counts how often somebody asked. UNLOGGED, as the cache is: after a crash counts begin anew."""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE base_rate (
    key char(64) PRIMARY KEY,
    window_at timestamp with time zone NOT NULL,
    count integer NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX base_rate_window ON base_rate (window_at);
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0003_bodies")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE base_rate")]
