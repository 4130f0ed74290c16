"""What no constraint can say: the ledger only grows, words are only erased, revisions in use stay as they are."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_body, guard_frozen

# A rubric's rows follow their revision: its row is locked, so that marking it used comes wholly before or after.
CRITERIA = """
CREATE FUNCTION cairn_keep_criteria_of_used_rubric() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used timestamptz;
BEGIN
    FOR used IN
        SELECT used_at FROM assessments_rubricrevision
        WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.rubric_revision_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.rubric_revision_id END
        )
        FOR SHARE
    LOOP
        IF used IS NOT NULL THEN
            RAISE EXCEPTION 'the rubric of this criterion is in use and frozen: % is refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'criterion_stays_once_used',
                      HINT = 'Write a new revision of the rubric instead.';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER criterion_stays_once_used BEFORE INSERT OR UPDATE OR DELETE ON assessments_criterion
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_criteria_of_used_rubric();
ALTER TABLE assessments_criterion ENABLE ALWAYS TRIGGER criterion_stays_once_used;

CREATE FUNCTION cairn_keep_cells_of_used_rubric() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used timestamptz;
BEGIN
    FOR used IN
        SELECT revision.used_at FROM assessments_rubricrevision revision
        JOIN assessments_criterion criterion ON criterion.rubric_revision_id = revision.id
        WHERE criterion.id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.criterion_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.criterion_id END
        )
        FOR SHARE OF revision
    LOOP
        IF used IS NOT NULL THEN
            RAISE EXCEPTION 'the rubric of this level is in use and frozen: % is refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'criterion_level_stays_once_used',
                      HINT = 'Write a new revision of the rubric instead.';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER criterion_level_stays_once_used BEFORE INSERT OR UPDATE OR DELETE ON assessments_criterionlevel
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_cells_of_used_rubric();
ALTER TABLE assessments_criterionlevel ENABLE ALWAYS TRIGGER criterion_level_stays_once_used;
"""

CRITERIA_BACK = """
DROP TRIGGER criterion_level_stays_once_used ON assessments_criterionlevel;
DROP FUNCTION cairn_keep_cells_of_used_rubric();
DROP TRIGGER criterion_stays_once_used ON assessments_criterion;
DROP FUNCTION cairn_keep_criteria_of_used_rubric();
"""

# The learner writes while the work is a draft or was returned; afterwards words can only be erased.
WORK = """
CREATE FUNCTION cairn_keep_words_of_work() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.content IS NULL AND NEW.erased_at IS NOT NULL
        AND to_jsonb(OLD) - ARRAY['content', 'erased_at'] = to_jsonb(NEW) - ARRAY['content', 'erased_at']
        AND (OLD.erased_at IS NULL OR OLD.erased_at = NEW.erased_at)
    THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'assessments_submissionbody' THEN
        SELECT state INTO standing FROM assessments_submission WHERE id = OLD.submission_id FOR SHARE;
    ELSE
        SELECT work.state INTO standing FROM assessments_submission work
        JOIN assessments_artifact artifact ON artifact.submission_id = work.id
        WHERE artifact.id = OLD.artifact_id FOR SHARE OF work;
    END IF;
    IF standing IN ('draft', 'returned') AND OLD.erased_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'the words in % % are erased or stay: % is refused', TG_TABLE_NAME, OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'work_stays_as_handed_in',
              HINT = 'Return the work for revision first.';
END
$$;
CREATE FUNCTION cairn_keep_artifacts_of_work() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text;
BEGIN
    FOR standing IN
        SELECT state FROM assessments_submission
        WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.submission_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.submission_id END
        )
        FOR SHARE
    LOOP
        IF standing NOT IN ('draft', 'returned') THEN
            RAISE EXCEPTION 'the work of this artifact is %: % is refused', standing, TG_OP
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'work_stays_as_handed_in',
                      HINT = 'Return the work for revision first.';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER work_stays_as_handed_in BEFORE INSERT OR UPDATE OR DELETE ON assessments_artifact
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_artifacts_of_work();
ALTER TABLE assessments_artifact ENABLE ALWAYS TRIGGER work_stays_as_handed_in;

CREATE TRIGGER work_stays_as_handed_in BEFORE UPDATE OR DELETE ON assessments_submissionbody
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_words_of_work();
ALTER TABLE assessments_submissionbody ENABLE ALWAYS TRIGGER work_stays_as_handed_in;
CREATE TRIGGER work_stays_as_handed_in BEFORE UPDATE OR DELETE ON assessments_artifactbody
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_words_of_work();
ALTER TABLE assessments_artifactbody ENABLE ALWAYS TRIGGER work_stays_as_handed_in;
"""

WORK_BACK = """
DROP TRIGGER work_stays_as_handed_in ON assessments_artifactbody;
DROP TRIGGER work_stays_as_handed_in ON assessments_submissionbody;
DROP FUNCTION cairn_keep_words_of_work();
DROP TRIGGER work_stays_as_handed_in ON assessments_artifact;
DROP FUNCTION cairn_keep_artifacts_of_work();
"""

SUPERSEDED = ("superseded_at",)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("base", "0003_bodies")]

    operations = [
        guard_append_only("assessments_evidence"),
        guard_append_only("assessments_evidencesource"),
        guard_append_only("assessments_evidencevoid"),
        guard_append_only("assessments_judgement"),
        guard_append_only("assessments_judgementlevel"),
        guard_body("assessments_evidencebody"),
        guard_body("assessments_judgementbody"),
        guard_frozen("assessments_rubricrevision", once="OLD.used_at IS NOT NULL", may_change=SUPERSEDED),
        guard_frozen("assessments_assessmentrevision", once="OLD.used_at IS NOT NULL", may_change=SUPERSEDED),
        guard_frozen("assessments_masterypolicyversion", once="OLD.used_at IS NOT NULL"),
        migrations.RunSQL(CRITERIA, CRITERIA_BACK),
        migrations.RunSQL(WORK, WORK_BACK),
    ]
