"""A sharing begins with a transcript in force: a replaced one would be shared without its successor (invariant 13)."""

from django.db import migrations

# The lock of the learner first, as the actions take it: whoever replaces the transcript holds it, and is waited for.
IN_FORCE = """
CREATE FUNCTION cairn_refuse_grant_item_of_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_learner WHERE id = NEW.learner_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM credentials_document WHERE supersedes_id = NEW.transcript_id) THEN
        RAISE EXCEPTION 'the transcript was replaced'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'grant_item_of_a_transcript_in_force',
                  TABLE = 'credentials_grantitem';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER grant_item_of_a_transcript_in_force BEFORE INSERT ON credentials_grantitem
    FOR EACH ROW WHEN (NEW.follows_id IS NULL) EXECUTE FUNCTION cairn_refuse_grant_item_of_replaced();
ALTER TABLE credentials_grantitem ENABLE ALWAYS TRIGGER grant_item_of_a_transcript_in_force;
"""
UNDO = """
DROP TRIGGER grant_item_of_a_transcript_in_force ON credentials_grantitem;
DROP FUNCTION cairn_refuse_grant_item_of_replaced();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0012_drop_transcript_tables")]
    operations = [migrations.RunSQL(IN_FORCE, UNDO)]
