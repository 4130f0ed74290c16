"""The trigger function of side rows that hold words: they are erased, never rewritten."""

from django.db import migrations

REFUSE_REWRITING = """
CREATE FUNCTION cairn_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.content IS NULL AND NEW.erased_at IS NOT NULL
        AND to_jsonb(OLD) - ARRAY['content', 'erased_at'] = to_jsonb(NEW) - ARRAY['content', 'erased_at']
        AND (OLD.erased_at IS NULL OR OLD.erased_at = NEW.erased_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the words in % % are erased or stay: % is refused', TG_TABLE_NAME, OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Set content to NULL and erased_at to the instant.';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0002_cache")]
    operations = [migrations.RunSQL(REFUSE_REWRITING, "DROP FUNCTION cairn_refuse_rewriting()")]
