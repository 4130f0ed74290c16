"""The lock that every write about a learner takes first, as one question: the record, those linked with it, the clock."""

from django.db import migrations

# A record that is linked while we wait must be locked in order of id too. What the inner block has locked is let go
# when it fails, and everything is locked again; each statement of a volatile function sees what is committed by then.
LOCK = """
CREATE FUNCTION cairn_lock_learners(wanted bigint[]) RETURNS SETOF accounts_learner LANGUAGE plpgsql AS $$
DECLARE
    together bigint[];
BEGIN
    LOOP
        BEGIN
            together := cairn_linked_learners(wanted);
            PERFORM 1 FROM accounts_learner WHERE id = ANY (together) ORDER BY id FOR NO KEY UPDATE;
            IF NOT cairn_linked_learners(wanted) <@ together THEN
                RAISE EXCEPTION USING ERRCODE = 'CN001', MESSAGE = 'a record was linked while its person was locked';
            END IF;
            EXIT;
        EXCEPTION WHEN SQLSTATE 'CN001' THEN
            NULL;
        END;
    END LOOP;
    RETURN QUERY SELECT * FROM accounts_learner WHERE id = ANY (together) ORDER BY id;
END
$$;
"""

LINKED = """
CREATE FUNCTION cairn_linked_learners(wanted bigint[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(
        SELECT id FROM accounts_learner WHERE coalesce(same_as_id, id) = ANY (
            ARRAY(SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = ANY (wanted))
        )
    );
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_hashed_tokens")]

    operations = [
        migrations.RunSQL(LINKED, "DROP FUNCTION cairn_linked_learners(bigint[])"),
        migrations.RunSQL(LOCK, "DROP FUNCTION cairn_lock_learners(bigint[])"),
    ]
