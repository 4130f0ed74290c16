"""What a sharing covers stays as it was given, and is the learner's own (invariant 13)."""

from django.db import migrations

from core.database.ledger import guard_append_only

# A grant opens transcripts of its own person only, to its own partner; a follower stands under the same grant, and its
# transcript takes the place of the one before.
ITEM = """
CREATE FUNCTION cairn_refuse_foreign_grant_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    permission accounts_sharinggrant;
    shared credentials_transcript;
    before credentials_grantitem;
BEGIN
    SELECT * INTO permission FROM accounts_sharinggrant WHERE id = NEW.grant_id;
    SELECT * INTO shared FROM credentials_transcript WHERE id = NEW.transcript_id;
    SELECT * INTO before FROM credentials_grantitem WHERE id = NEW.follows_id;
    IF permission.organization_id IS NOT DISTINCT FROM NEW.organization_id
        AND permission.learner_id = NEW.learner_id
        AND (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = shared.learner_id)
            = (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = NEW.learner_id)
        AND (NEW.follows_id IS NULL OR (
            before.grant_id = NEW.grant_id AND before.and_successors AND shared.supersedes_id = before.transcript_id
        ))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a grant opens its own learner''s transcripts, to its own partner'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'grant_item_is_the_grants_own',
              TABLE = 'credentials_grantitem';
END
$$;
CREATE TRIGGER grant_item_is_the_grants_own BEFORE INSERT ON credentials_grantitem
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_foreign_grant_item();
ALTER TABLE credentials_grantitem ENABLE ALWAYS TRIGGER grant_item_is_the_grants_own;
"""
UNDO = """
DROP TRIGGER grant_item_is_the_grants_own ON credentials_grantitem;
DROP FUNCTION cairn_refuse_foreign_grant_item();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_grant_items"), ("accounts", "0002_guards")]
    operations = [guard_append_only("credentials_grantitem"), migrations.RunSQL(ITEM, UNDO)]
