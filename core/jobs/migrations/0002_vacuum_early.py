"""Every job leaves dead rows and index entries behind as it moves from state to state: clear them early, not at a fifth."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_job")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE jobs_job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)",
            "ALTER TABLE jobs_job RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)",
        )
    ]
