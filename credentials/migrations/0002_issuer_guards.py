"""What no constraint can say: an issuer in use keeps its addresses, a key only goes forward, a list keeps its place."""

from django.db import migrations

from core.database.ledger import guard_frozen

FORWARD = """
CREATE FUNCTION cairn_refuse_key_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('pending', 'pending'), ('pending', 'active'), ('pending', 'compromised'),
        ('active', 'active'), ('active', 'retired'), ('active', 'compromised'),
        ('retired', 'retired'), ('retired', 'compromised'), ('compromised', 'compromised')
    ) THEN
        RAISE EXCEPTION 'a key that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issuer_key_only_goes_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER issuer_key_only_goes_forward BEFORE UPDATE ON credentials_issuerkey
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_key_going_back();
ALTER TABLE credentials_issuerkey ENABLE ALWAYS TRIGGER issuer_key_only_goes_forward;
"""

FORWARD_BACK = """
DROP TRIGGER issuer_key_only_goes_forward ON credentials_issuerkey;
DROP FUNCTION cairn_refuse_key_going_back();
"""

WORDS = ("name", "url", "email", "description")
KEY_LIFE = ("state", "sealed", "activated_at", "ended_at")
LIST_LIFE = ("content", "digest", "signed_at", "valid_until")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial"), ("base", "0003_bodies")]

    operations = [
        guard_frozen("credentials_issuer", once="OLD.origin <> ''", may_change=WORDS),
        guard_frozen("credentials_issuerkey", once="TRUE", may_change=KEY_LIFE),
        guard_frozen("credentials_statuslist", once="TRUE", may_change=LIST_LIFE),
        migrations.RunSQL(FORWARD, FORWARD_BACK),
    ]
