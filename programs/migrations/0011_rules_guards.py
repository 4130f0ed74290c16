"""What no constraint can say: credits of a published version stay, and no partner awards."""

from django.db import migrations

FOLLOWING = """
CREATE TRIGGER requirement_stays_once_published BEFORE INSERT OR UPDATE OR DELETE ON programs_versioncredit
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_parts_of_published_version();
ALTER TABLE programs_versioncredit ENABLE ALWAYS TRIGGER requirement_stays_once_published;
CREATE TRIGGER requirement_never_emptied BEFORE TRUNCATE ON programs_versioncredit
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE programs_versioncredit ENABLE ALWAYS TRIGGER requirement_never_emptied;
"""

FOLLOWING_BACK = """
DROP TRIGGER requirement_never_emptied ON programs_versioncredit;
DROP TRIGGER requirement_stays_once_published ON programs_versioncredit;
"""

# Only new rows and new organizations are judged: what was awarded before this rule stays as it is.
OURS = """
CREATE FUNCTION cairn_refuse_partner_awarding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    -- Locked, so that an organization does not become a partner at the same moment.
    SELECT kind INTO found FROM accounts_organization WHERE id = NEW.organization_id FOR SHARE;
    IF found <> 'ours' THEN
        RAISE EXCEPTION 'a partner does not award'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'awarding_organization_is_ours';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION cairn_keep_awarding_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM programs_program WHERE organization_id = NEW.id)
        OR EXISTS (SELECT 1 FROM programs_organizationrole WHERE organization_id = NEW.id AND part = 'awarding')
    THEN
        RAISE EXCEPTION 'an organization that awards does not become a partner'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'awarding_organization_is_ours';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER awarding_organization_is_ours BEFORE UPDATE OF kind ON accounts_organization
    FOR EACH ROW WHEN (OLD.kind = 'ours' AND NEW.kind <> 'ours') EXECUTE FUNCTION cairn_keep_awarding_organization();
ALTER TABLE accounts_organization ENABLE ALWAYS TRIGGER awarding_organization_is_ours;
CREATE TRIGGER awarding_organization_is_ours BEFORE INSERT OR UPDATE OF organization_id ON programs_program
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_partner_awarding();
ALTER TABLE programs_program ENABLE ALWAYS TRIGGER awarding_organization_is_ours;
CREATE TRIGGER awarding_organization_is_ours BEFORE INSERT OR UPDATE OF organization_id, part
    ON programs_organizationrole
    FOR EACH ROW WHEN (NEW.part = 'awarding') EXECUTE FUNCTION cairn_refuse_partner_awarding();
ALTER TABLE programs_organizationrole ENABLE ALWAYS TRIGGER awarding_organization_is_ours;
"""

OURS_BACK = """
DROP TRIGGER awarding_organization_is_ours ON accounts_organization;
DROP FUNCTION cairn_keep_awarding_organization();
DROP TRIGGER awarding_organization_is_ours ON programs_organizationrole;
DROP TRIGGER awarding_organization_is_ours ON programs_program;
DROP FUNCTION cairn_refuse_partner_awarding();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0010_rules_of_requirements")]

    operations = [migrations.RunSQL(FOLLOWING, FOLLOWING_BACK), migrations.RunSQL(OURS, OURS_BACK)]
