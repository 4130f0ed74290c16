"""What no constraint can say: published versions stay with their trees, programs hold no circle, events only grow."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_body, guard_frozen

# A version's rows follow it: its row is locked, so that publishing comes wholly before or wholly after.
FOLLOWING = """
CREATE FUNCTION cairn_keep_parts_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published timestamptz;
BEGIN
    FOR published IN
        SELECT published_at FROM programs_programversion
        WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END
        )
        FOR SHARE
    LOOP
        IF published IS NOT NULL THEN
            RAISE EXCEPTION 'this program version is in use and frozen: % of % is refused', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'requirement_stays_once_published',
                      HINT = 'Write a new version instead.';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER requirement_stays_once_published BEFORE INSERT OR UPDATE OR DELETE ON programs_requirement
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_parts_of_published_version();
ALTER TABLE programs_requirement ENABLE ALWAYS TRIGGER requirement_stays_once_published;
CREATE TRIGGER requirement_never_emptied BEFORE TRUNCATE ON programs_requirement
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE programs_requirement ENABLE ALWAYS TRIGGER requirement_never_emptied;
CREATE TRIGGER requirement_stays_once_published BEFORE INSERT OR UPDATE OR DELETE ON programs_versionpolicyassignment
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_parts_of_published_version();
ALTER TABLE programs_versionpolicyassignment ENABLE ALWAYS TRIGGER requirement_stays_once_published;
CREATE TRIGGER requirement_never_emptied BEFORE TRUNCATE ON programs_versionpolicyassignment
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE programs_versionpolicyassignment ENABLE ALWAYS TRIGGER requirement_never_emptied;
"""

FOLLOWING_BACK = """
DROP TRIGGER requirement_never_emptied ON programs_versionpolicyassignment;
DROP TRIGGER requirement_stays_once_published ON programs_versionpolicyassignment;
DROP TRIGGER requirement_never_emptied ON programs_requirement;
DROP TRIGGER requirement_stays_once_published ON programs_requirement;
DROP FUNCTION cairn_keep_parts_of_published_version();
"""

# Invariant 8. A tree stays within its version and hangs from one root; a program stacked in another leads to no program
# that holds it. Writers of one version take turns by its row, writers of stacked programs by an advisory lock: neither
# could see the other's half of a circle.
CIRCLES = """
CREATE FUNCTION cairn_refuse_tangled_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint;
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        PERFORM 1 FROM programs_programversion WHERE id = NEW.version_id FOR NO KEY UPDATE;
        IF NOT EXISTS (
            SELECT 1 FROM programs_requirement WHERE id = NEW.parent_id AND version_id = NEW.version_id
        ) THEN
            RAISE EXCEPTION 'a requirement lies below one of its own version'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'requirement_parent_of_its_version';
        END IF;
        IF EXISTS (
            WITH RECURSIVE up AS (
                SELECT NEW.parent_id AS id
                UNION
                SELECT parent.parent_id FROM programs_requirement parent JOIN up ON parent.id = up.id
                WHERE parent.parent_id IS NOT NULL
            )
            SELECT 1 FROM up WHERE id = NEW.id
        ) THEN
            RAISE EXCEPTION 'a requirement cannot lie below itself'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'requirement_tree_has_no_ring';
        END IF;
    END IF;
    IF NEW.nested_version_id IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(7302, 1);
        SELECT program_id INTO own FROM programs_programversion WHERE id = NEW.version_id;
        IF EXISTS (
            WITH RECURSIVE inward AS (
                SELECT program_id FROM programs_programversion WHERE id = NEW.nested_version_id
                UNION
                SELECT inner_version.program_id FROM inward
                JOIN programs_programversion outer_version ON outer_version.program_id = inward.program_id
                JOIN programs_requirement node ON node.version_id = outer_version.id
                JOIN programs_programversion inner_version ON inner_version.id = node.nested_version_id
            )
            SELECT 1 FROM inward WHERE program_id = own
        ) THEN
            RAISE EXCEPTION 'the program would contain itself'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'requirement_programs_have_no_ring';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER requirement_tree_has_no_ring AFTER INSERT OR UPDATE ON programs_requirement
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_tangled_tree();
ALTER TABLE programs_requirement ENABLE ALWAYS TRIGGER requirement_tree_has_no_ring;
"""

CIRCLES_BACK = """
DROP TRIGGER requirement_tree_has_no_ring ON programs_requirement;
DROP FUNCTION cairn_refuse_tangled_tree();
"""

ENTRY = """
CREATE FUNCTION cairn_refuse_entry_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
BEGIN
    SELECT program_id, published_at INTO wanted FROM programs_programversion WHERE id = NEW.version_id FOR SHARE;
    IF wanted.program_id <> NEW.program_id THEN
        RAISE EXCEPTION 'the version belongs to another program'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'enrollment_version_of_its_program';
    END IF;
    IF wanted.published_at IS NULL THEN
        RAISE EXCEPTION 'nobody can study a draft'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'enrollment_in_a_published_version';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER enrollment_version_of_its_program BEFORE INSERT OR UPDATE OF program_id, version_id
    ON programs_enrollment FOR EACH ROW EXECUTE FUNCTION cairn_refuse_entry_elsewhere();
ALTER TABLE programs_enrollment ENABLE ALWAYS TRIGGER enrollment_version_of_its_program;
"""

ENTRY_BACK = """
DROP TRIGGER enrollment_version_of_its_program ON programs_enrollment;
DROP FUNCTION cairn_refuse_entry_elsewhere();
"""

AFTERWARDS = ("state", "closed_to_entry_on", "teach_out_until", "successor_id", "retired_at")


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial"), ("base", "0003_bodies")]

    operations = [
        guard_append_only("programs_enrollmentevent"),
        guard_body("programs_enrollmenteventbody"),
        guard_body("programs_recognitionbody"),
        guard_body("programs_requirementexceptionbody"),
        guard_frozen("programs_programversion", once="OLD.published_at IS NOT NULL", may_change=AFTERWARDS),
        migrations.RunSQL(FOLLOWING, FOLLOWING_BACK),
        migrations.RunSQL(CIRCLES, CIRCLES_BACK),
        migrations.RunSQL(ENTRY, ENTRY_BACK),
    ]
