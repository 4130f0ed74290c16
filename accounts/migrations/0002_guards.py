"""What no constraint can say: triggers on approvals, disclosures, grants, organizations and linked records."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_frozen

# The decision may be written once; the question never changes.
DECISION = """
CREATE TRIGGER approval_question_stays BEFORE UPDATE ON accounts_approval
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_frozen('decided_by_id', 'decided_at', 'outcome', 'single_person');
ALTER TABLE accounts_approval ENABLE ALWAYS TRIGGER approval_question_stays;
"""

# A withdrawn grant stays withdrawn; what it says never changes; uses are only counted up.
GRANT = """
CREATE FUNCTION cairn_keep_sharing_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(OLD) - ARRAY['withdrawn_at', 'use_count'] = to_jsonb(NEW) - ARRAY['withdrawn_at', 'use_count']
        AND (OLD.withdrawn_at IS NULL OR OLD.withdrawn_at = NEW.withdrawn_at)
        AND NEW.use_count >= OLD.use_count
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'sharing grant % stays as it was given: % is refused', OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sharing_grant_stays_as_given',
              HINT = 'Withdraw it and give a new one.';
END
$$;
CREATE TRIGGER sharing_grant_stays_as_given BEFORE UPDATE OR DELETE ON accounts_sharinggrant
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_sharing_grant();
ALTER TABLE accounts_sharinggrant ENABLE ALWAYS TRIGGER sharing_grant_stays_as_given;
"""

# Invariant 13. The grant's row is locked, so that a withdrawal comes wholly before or wholly after an answer.
DISCLOSURE = """
CREATE FUNCTION cairn_refuse_disclosure_without_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    permission accounts_sharinggrant;
BEGIN
    SELECT * INTO permission FROM accounts_sharinggrant WHERE id = NEW.grant_id FOR SHARE;
    IF permission.withdrawn_at IS NULL
        AND permission.granted_at <= NEW.disclosed_at
        AND permission.expires_at > NEW.disclosed_at
        AND (permission.organization_id IS NULL OR permission.organization_id IS NOT DISTINCT FROM NEW.organization_id)
        AND (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = permission.learner_id)
            = (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = NEW.learner_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no live sharing grant for this disclosure'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'disclosure_has_a_live_grant',
              TABLE = 'accounts_disclosure';
END
$$;
CREATE TRIGGER disclosure_has_a_live_grant BEFORE INSERT ON accounts_disclosure
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_disclosure_without_grant();
ALTER TABLE accounts_disclosure ENABLE ALWAYS TRIGGER disclosure_has_a_live_grant;
"""

# One lock for the whole tree: two moves that are each sound can make a ring together.
ORGANIZATION = """
CREATE FUNCTION cairn_keep_organization_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('accounts_organization', 0));
    IF EXISTS (
        WITH RECURSIVE up AS (
            SELECT id, parent_id FROM accounts_organization WHERE id = NEW.parent_id
            UNION
            SELECT above.id, above.parent_id FROM accounts_organization above JOIN up ON above.id = up.parent_id
        )
        SELECT 1 FROM up WHERE id = NEW.id
    ) OR NEW.parent_id = NEW.id THEN
        RAISE EXCEPTION 'organization % would stand above itself', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_branches_have_no_ring';
    END IF;
    IF EXISTS (SELECT 1 FROM accounts_organization WHERE id = NEW.parent_id AND kind <> NEW.kind)
        OR EXISTS (SELECT 1 FROM accounts_organization WHERE parent_id = NEW.id AND kind <> NEW.kind)
    THEN
        RAISE EXCEPTION 'organization % and its branches are of one kind', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_branch_is_of_its_kind';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER organization_tree BEFORE INSERT OR UPDATE OF parent_id, kind ON accounts_organization
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_organization_tree();
ALTER TABLE accounts_organization ENABLE ALWAYS TRIGGER organization_tree;
"""

# Deferred: linking two groups moves several records, and is judged when all have moved.
SAME_AS = """
CREATE FUNCTION cairn_keep_same_as_short() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM accounts_learner learner JOIN accounts_learner person ON person.id = learner.same_as_id
        WHERE (learner.id = NEW.id OR learner.same_as_id = NEW.id) AND person.same_as_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'learner % is two steps from its person', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'learner_same_as_is_one_step';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER learner_same_as_is_one_step AFTER INSERT OR UPDATE OF same_as_id ON accounts_learner
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.same_as_id IS NOT NULL)
    EXECUTE FUNCTION cairn_keep_same_as_short();
ALTER TABLE accounts_learner ENABLE ALWAYS TRIGGER learner_same_as_is_one_step;
"""

# Numbers for learners who come without one; the actions skip those in use.
NUMBERS = "CREATE SEQUENCE accounts_learner_number START 100001"


def undone(table: str, trigger: str, function: str) -> str:
    return f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {function}()"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("base", "0001_guards")]

    operations = [
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE accounts_learner_number"),
        guard_append_only("accounts_disclosure"),
        guard_frozen("accounts_approval", once="OLD.decided_at IS NOT NULL"),
        migrations.RunSQL(DECISION, "DROP TRIGGER approval_question_stays ON accounts_approval"),
        migrations.RunSQL(
            GRANT, undone("accounts_sharinggrant", "sharing_grant_stays_as_given", "cairn_keep_sharing_grant")
        ),
        migrations.RunSQL(
            DISCLOSURE,
            undone("accounts_disclosure", "disclosure_has_a_live_grant", "cairn_refuse_disclosure_without_grant"),
        ),
        migrations.RunSQL(
            ORGANIZATION, undone("accounts_organization", "organization_tree", "cairn_keep_organization_tree")
        ),
        migrations.RunSQL(
            SAME_AS, undone("accounts_learner", "learner_same_as_is_one_step", "cairn_keep_same_as_short")
        ),
    ]
