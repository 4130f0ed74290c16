"""A correction follows the row that it corrects: same learner, work, assessor, round and outcome, without gaps."""

from django.db import migrations

GUARD = """
CREATE FUNCTION cairn_keep_corrections_of_judgements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Rows of this table never change, so the row before needs no lock: once seen, it stays as it is.
    IF NOT EXISTS (
        SELECT FROM assessments_judgement before
        WHERE before.submission_id = NEW.submission_id AND before.assessor_id = NEW.assessor_id
            AND before.round = NEW.round AND before.revision_number = NEW.revision_number - 1
            AND before.learner_id = NEW.learner_id AND before.outcome = NEW.outcome
    ) THEN
        RAISE EXCEPTION 'the judgement that this row corrects is not there, or differs in what stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'judgement_corrects_the_one_before';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER judgement_corrects_the_one_before BEFORE INSERT ON assessments_judgement
    FOR EACH ROW WHEN (NEW.revision_number > 1) EXECUTE FUNCTION cairn_keep_corrections_of_judgements();
ALTER TABLE assessments_judgement ENABLE ALWAYS TRIGGER judgement_corrects_the_one_before;
"""

GUARD_BACK = """
DROP TRIGGER judgement_corrects_the_one_before ON assessments_judgement;
DROP FUNCTION cairn_keep_corrections_of_judgements();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0006_judgement_corrections")]

    operations = [migrations.RunSQL(GUARD, GUARD_BACK)]
