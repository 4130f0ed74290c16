"""What no constraint can say: used revisions and scales stay, levels follow their scale, edges hold no circle."""

from django.db import migrations

from core.database.ledger import guard_frozen

# A level may be written as long as its scale is free. The scale's row is locked, so that marking it as used comes
# wholly before or wholly after.
LEVELS = """
CREATE FUNCTION cairn_keep_levels_of_used_scale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used timestamptz;
BEGIN
    FOR used IN
        SELECT used_at FROM competencies_proficiencyscale
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.scale_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.scale_id END)
        FOR SHARE
    LOOP
        IF used IS NOT NULL THEN
            RAISE EXCEPTION 'the scale of this level is in use and frozen: % is refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'proficiency_level_stays_once_used',
                      HINT = 'Make a new scale instead.';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER proficiency_level_stays_once_used
    BEFORE INSERT OR UPDATE OR DELETE ON competencies_proficiencylevel
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_levels_of_used_scale();
ALTER TABLE competencies_proficiencylevel ENABLE ALWAYS TRIGGER proficiency_level_stays_once_used;
CREATE TRIGGER proficiency_level_never_emptied BEFORE TRUNCATE ON competencies_proficiencylevel
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE competencies_proficiencylevel ENABLE ALWAYS TRIGGER proficiency_level_never_emptied;
"""

LEVELS_BACK = """
DROP TRIGGER proficiency_level_never_emptied ON competencies_proficiencylevel;
DROP TRIGGER proficiency_level_stays_once_used ON competencies_proficiencylevel;
DROP FUNCTION cairn_keep_levels_of_used_scale();
"""

# Invariant 8. Every circle that the statement closed holds one of its edges, so all its nodes can be reached from their
# ends. Of those nodes the ones that lead nowhere, or that nothing leads to, are taken away again and again: what is left
# in the end, if anything, is circles. The lock (the same as in actions/locking.py) makes two writers take turns: neither
# could see the other's half of a circle.
CIRCLES = """
CREATE FUNCTION cairn_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sort text;
    nodes bigint[];
    fewer bigint[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM written WHERE kind IN ('isChildOf', 'precedes')) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7302, 0);
    FOREACH sort IN ARRAY ARRAY['isChildOf', 'precedes'] LOOP
        WITH RECURSIVE onward AS (
            SELECT destination_id AS node FROM written
            WHERE kind = sort AND retired_at IS NULL AND origin_id IS NOT NULL AND destination_id IS NOT NULL
            UNION
            SELECT edge.destination_id
            FROM onward
            JOIN competencies_association edge
                ON edge.origin_id = onward.node AND edge.kind = sort
                AND edge.retired_at IS NULL AND edge.destination_id IS NOT NULL
        )
        SELECT array_agg(node) INTO nodes FROM onward;
        WHILE nodes IS NOT NULL LOOP
            WITH inner_edges AS (
                SELECT origin_id, destination_id FROM competencies_association
                WHERE kind = sort AND retired_at IS NULL
                    AND origin_id = ANY (nodes) AND destination_id = ANY (nodes)
            )
            SELECT array_agg(node) INTO fewer
            FROM (SELECT origin_id AS node FROM inner_edges INTERSECT SELECT destination_id FROM inner_edges) AS between;
            IF cardinality(fewer) = cardinality(nodes) THEN
                RAISE EXCEPTION 'competency % would lead back to itself', nodes[1]
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'association_holds_no_circle';
            END IF;
            nodes := fewer;
        END LOOP;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER association_holds_no_circle_new AFTER INSERT ON competencies_association
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_circle();
ALTER TABLE competencies_association ENABLE ALWAYS TRIGGER association_holds_no_circle_new;
CREATE TRIGGER association_holds_no_circle_changed AFTER UPDATE ON competencies_association
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_circle();
ALTER TABLE competencies_association ENABLE ALWAYS TRIGGER association_holds_no_circle_changed;
"""

CIRCLES_BACK = """
DROP TRIGGER association_holds_no_circle_changed ON competencies_association;
DROP TRIGGER association_holds_no_circle_new ON competencies_association;
DROP FUNCTION cairn_refuse_circle();
"""


class Migration(migrations.Migration):
    dependencies = [("competencies", "0001_initial"), ("base", "0001_guards")]

    operations = [
        guard_frozen("competencies_competencyrevision", once="OLD.used_at IS NOT NULL", may_change=("superseded_at",)),
        guard_frozen("competencies_proficiencyscale", once="OLD.used_at IS NOT NULL", may_change=("retired_at",)),
        migrations.RunSQL(LEVELS, LEVELS_BACK),
        migrations.RunSQL(CIRCLES, CIRCLES_BACK),
    ]
