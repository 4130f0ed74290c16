"""What no constraint can say of exceptions: they stay as decided, and two registrars agree where two are needed."""

from django.db import migrations

from core.database.ledger import guard_frozen

# Exceptions of before this rule have no batch: they stay as they were decided, and new ones are judged.
APPROVED = """
CREATE FUNCTION cairn_refuse_unapproved_exception() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.kind = 'force_complete' AND NEW.batch_id IS NULL THEN
        RAISE EXCEPTION 'a second registrar approves what is completed by force'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'requirement_exception_forced_by_two';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.approval_id IS NOT NULL AND NEW.approval_id IS DISTINCT FROM OLD.approval_id
        OR NEW.approval_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM accounts_approval asked JOIN programs_exceptionbatch batch ON batch.id = NEW.batch_id
            WHERE asked.id = NEW.approval_id AND asked.outcome = 'approved' AND asked.act = 'except'
                AND asked.subject_kind = 'exception_batch' AND asked.subject_id = batch.public_id
        )
    THEN
        RAISE EXCEPTION 'nobody has approved exactly this exception'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'requirement_exception_approved_for_its_batch';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER requirement_exception_approved_for_its_batch
    BEFORE INSERT OR UPDATE OF approval_id, kind, batch_id ON programs_requirementexception
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_unapproved_exception();
ALTER TABLE programs_requirementexception ENABLE ALWAYS TRIGGER requirement_exception_approved_for_its_batch;
"""

APPROVED_BACK = """
DROP TRIGGER requirement_exception_approved_for_its_batch ON programs_requirementexception;
DROP FUNCTION cairn_refuse_unapproved_exception();
"""

AFTERWARDS = ("approval_id", "end_reviewed_at", "withdrawn_at", "withdrawn_by_id")


class Migration(migrations.Migration):
    dependencies = [("programs", "0015_approved_exceptions")]

    operations = [
        guard_frozen("programs_requirementexception", once="TRUE", may_change=AFTERWARDS),
        guard_frozen("programs_exceptionbatch", once="TRUE"),
        migrations.RunSQL(APPROVED, APPROVED_BACK),
    ]
