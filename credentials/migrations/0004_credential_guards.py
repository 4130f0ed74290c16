"""What no constraint can say: a paper stays as it was prepared and signed, and only goes forward (invariants 10, 11)."""

from django.db import migrations

from core.database.ledger import guard_append_only, guard_body

# Beside its state a paper gains its bytes once, its instants once, and loses what retention ends.
PAPER = """
CREATE FUNCTION cairn_keep_credential() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life CONSTANT text[] := ARRAY['state', 'prepared', 'content', 'digest', 'name', 'signed_at', 'superseded_at',
        'revoked_at', 'revoked_by_id', 'revocation_class', 'notified_at'];
    signing CONSTANT boolean := TG_OP = 'UPDATE' AND OLD.state = 'prepared' AND NEW.state = 'signed';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' OR NEW.name IS NULL THEN
            RAISE EXCEPTION 'a credential begins as one that is prepared'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_begins_prepared';
        END IF;
        IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM credentials_credential before
            WHERE before.id = NEW.supersedes_id AND before.award_id = NEW.award_id
        ) THEN
            RAISE EXCEPTION 'a credential replaces one of the same award'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_replaces_of_its_award';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM programs_award WHERE id = NEW.award_id AND learner_id = NEW.learner_id)
            OR NOT EXISTS (SELECT 1 FROM credentials_issuerkey WHERE id = NEW.key_id AND issuer_id = NEW.issuer_id)
        THEN
            RAISE EXCEPTION 'a credential is of its own learner, award, issuer and key'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_is_of_one_piece';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - life <> to_jsonb(NEW) - life THEN
        RAISE EXCEPTION 'credential % stays as it was prepared: % is refused', OLD.public_id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_stays_as_prepared',
                  HINT = 'Issue a new one that replaces it.';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('prepared', 'prepared'), ('prepared', 'signed'), ('prepared', 'voided'), ('voided', 'voided'),
        ('signed', 'signed'), ('signed', 'superseded'), ('signed', 'revoked'),
        ('superseded', 'superseded'), ('superseded', 'revoked'), ('revoked', 'revoked')
    ) THEN
        RAISE EXCEPTION 'a credential that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_only_goes_forward';
    END IF;
    IF (NEW.prepared IS DISTINCT FROM OLD.prepared AND (NEW.prepared IS NOT NULL OR NEW.state = 'prepared'))
        OR (NEW.content IS DISTINCT FROM OLD.content AND NEW.content IS NOT NULL AND NOT signing)
        OR (signing AND NEW.content IS NULL)
        OR (NEW.digest <> OLD.digest AND NOT signing)
        OR (NEW.name IS DISTINCT FROM OLD.name AND NEW.name IS NOT NULL)
        OR (NEW.signed_at IS DISTINCT FROM OLD.signed_at AND NOT signing)
        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
        OR (OLD.notified_at IS NOT NULL AND NEW.notified_at IS DISTINCT FROM OLD.notified_at)
        OR (OLD.state = NEW.state AND (NEW.revocation_class, NEW.revoked_by_id)
            IS DISTINCT FROM (OLD.revocation_class, OLD.revoked_by_id))
    THEN
        RAISE EXCEPTION 'what credential % says stays as it was signed', OLD.public_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credential_stays_as_signed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER credential_stays BEFORE INSERT OR UPDATE OR DELETE ON credentials_credential
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_credential();
ALTER TABLE credentials_credential ENABLE ALWAYS TRIGGER credential_stays;
CREATE TRIGGER credential_never_emptied BEFORE TRUNCATE ON credentials_credential
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE credentials_credential ENABLE ALWAYS TRIGGER credential_never_emptied;
"""

PAPER_BACK = """
DROP TRIGGER credential_never_emptied ON credentials_credential;
DROP TRIGGER credential_stays ON credentials_credential;
DROP FUNCTION cairn_keep_credential();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0003_credential"), ("base", "0003_bodies")]

    operations = [
        guard_append_only("credentials_credentialcode"),
        guard_append_only("credentials_statusentry"),
        guard_body("credentials_revocationbody"),
        migrations.RunSQL(PAPER, PAPER_BACK),
    ]
