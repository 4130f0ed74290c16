"""The table of the cache that all processes share; what Django's `createcachetable` makes, but not logged to disk.

UNLOGGED: after a crash of the database counts of wrong passwords begin anew, and each of the many small writes costs less.
"""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE base_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX base_cache_expires ON base_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_guards")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE base_cache")]
