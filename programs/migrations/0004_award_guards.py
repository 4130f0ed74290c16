"""What no constraint can say of awards: they move forward only, one stands per person, and what was decided stays."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_body, guard_frozen

# Invariant 3, across linked records. Linking two standing awards is allowed and makes a worklist entry, so that only
# the granting is judged. The learners' rows are locked: a grant for a linked record comes wholly before or after.
ONE_STANDING = """
CREATE FUNCTION cairn_refuse_second_award() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint;
BEGIN
    SELECT coalesce(same_as_id, id) INTO person FROM accounts_learner WHERE id = NEW.learner_id;
    PERFORM 1 FROM accounts_learner WHERE coalesce(same_as_id, id) = person ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM programs_award other JOIN accounts_learner record ON record.id = other.learner_id
        WHERE coalesce(record.same_as_id, record.id) = person
            AND other.achievement_id = NEW.achievement_id AND other.cycle = NEW.cycle
            AND other.state = 'granted' AND other.id <> NEW.id
    ) THEN
        RAISE EXCEPTION 'this person holds the award already'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_one_standing_per_person';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER award_one_standing_per_person_new BEFORE INSERT ON programs_award
    FOR EACH ROW WHEN (NEW.state = 'granted') EXECUTE FUNCTION cairn_refuse_second_award();
ALTER TABLE programs_award ENABLE ALWAYS TRIGGER award_one_standing_per_person_new;
CREATE TRIGGER award_one_standing_per_person BEFORE UPDATE ON programs_award
    FOR EACH ROW WHEN (NEW.state = 'granted' AND OLD.state <> 'granted') EXECUTE FUNCTION cairn_refuse_second_award();
ALTER TABLE programs_award ENABLE ALWAYS TRIGGER award_one_standing_per_person;
"""

ONE_STANDING_BACK = """
DROP TRIGGER award_one_standing_per_person ON programs_award;
DROP TRIGGER award_one_standing_per_person_new ON programs_award;
DROP FUNCTION cairn_refuse_second_award();
"""

# proposed -> granted or declined; granted -> lapsed or rescinded; nothing ever goes back, and no name is rewritten.
FORWARD = """
CREATE FUNCTION cairn_keep_award_moving_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'proposed' AND NEW.state IN ('granted', 'declined'))
        OR (OLD.state = 'granted' AND NEW.state IN ('lapsed', 'rescinded'))
    ) THEN
        RAISE EXCEPTION 'an award that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_moves_forward';
    END IF;
    IF OLD.decided_at IS NOT NULL AND NEW.name_as_awarded IS DISTINCT FROM OLD.name_as_awarded
        AND NEW.name_as_awarded IS NOT NULL
    THEN
        RAISE EXCEPTION 'the name as awarded is erased or stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_name_only_erased';
    END IF;
    IF OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by_id, NEW.end_reason)
        IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id, OLD.end_reason)
    THEN
        RAISE EXCEPTION 'how an award ended is written once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_ends_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER award_moves_forward BEFORE UPDATE ON programs_award
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_award_moving_forward();
ALTER TABLE programs_award ENABLE ALWAYS TRIGGER award_moves_forward;
"""

FORWARD_BACK = """
DROP TRIGGER award_moves_forward ON programs_award;
DROP FUNCTION cairn_keep_award_moving_forward();
"""

# An award names a version of its achievement that nobody can change any more, and rows of its own learner.
OF_ONE_KIND = """
CREATE FUNCTION cairn_refuse_award_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
BEGIN
    SELECT achievement_id, program_version_id, published_at INTO wanted
        FROM programs_achievementversion WHERE id = NEW.achievement_version_id FOR SHARE;
    IF wanted.published_at IS NULL THEN
        RAISE EXCEPTION 'a draft cannot be awarded'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_of_a_published_version';
    END IF;
    IF wanted.achievement_id <> NEW.achievement_id
        OR wanted.program_version_id IS DISTINCT FROM NEW.program_version_id
    THEN
        RAISE EXCEPTION 'the version belongs to another achievement or program version'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'award_version_of_its_achievement';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER award_version_of_its_achievement
    BEFORE INSERT OR UPDATE OF achievement_id, achievement_version_id, program_version_id ON programs_award
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_award_elsewhere();
ALTER TABLE programs_award ENABLE ALWAYS TRIGGER award_version_of_its_achievement;
CREATE FUNCTION cairn_refuse_attribution_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM programs_award WHERE id = NEW.award_id AND learner_id = NEW.learner_id AND state = 'granted'
    ) THEN
        RAISE EXCEPTION 'what counted is of an award that was granted to the same learner'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'attribution_of_a_granted_award';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER attribution_of_a_granted_award BEFORE INSERT ON programs_attribution
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_attribution_elsewhere();
ALTER TABLE programs_attribution ENABLE ALWAYS TRIGGER attribution_of_a_granted_award;
"""

OF_ONE_KIND_BACK = """
DROP TRIGGER attribution_of_a_granted_award ON programs_attribution;
DROP FUNCTION cairn_refuse_attribution_elsewhere();
DROP TRIGGER award_version_of_its_achievement ON programs_award;
DROP FUNCTION cairn_refuse_award_elsewhere();
"""

AFTER_DECISION = ("state", "holds_until", "name_as_awarded", "ended_at", "ended_by_id", "end_reason")


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_awards")]

    operations = [
        guard_frozen(
            "programs_achievementversion", once="OLD.published_at IS NOT NULL", may_change=("state", "retired_at")
        ),
        guard_frozen("programs_award", once="OLD.decided_at IS NOT NULL", may_change=AFTER_DECISION),
        guard_append_only("programs_attribution"),
        guard_body("programs_awardbody"),
        guard_frozen("programs_awardconcern", once="OLD.settled_at IS NOT NULL"),
        guard_body("programs_awardconcernbody"),
        migrations.RunSQL(ONE_STANDING, ONE_STANDING_BACK),
        migrations.RunSQL(FORWARD, FORWARD_BACK),
        migrations.RunSQL(OF_ONE_KIND, OF_ONE_KIND_BACK),
    ]
