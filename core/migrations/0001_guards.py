"""The two trigger functions that every guarded table calls."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION cairn_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'A correction is a new row that points back to the old one.';
END
$$
"""

# The arguments are the columns that stay writable on a frozen row.
REFUSE_FROZEN = """
CREATE FUNCTION cairn_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % is in use and frozen: % is refused', TG_TABLE_NAME, OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Write a new revision or version instead.';
END
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION cairn_refuse_change()"),
        migrations.RunSQL(REFUSE_FROZEN, "DROP FUNCTION cairn_refuse_frozen()"),
    ]
