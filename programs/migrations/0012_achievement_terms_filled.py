"""Type and awarding organization move from the achievement to its versions: a published version says what it froze."""

from django.db import migrations

# The content of a published version has both as they were frozen; a draft takes those of its achievement. The guard
# sleeps within this transaction only: the columns are new, and nothing that was frozen changes.
FILLED = """
ALTER TABLE programs_achievementversion DISABLE TRIGGER frozen_once_used;
UPDATE programs_achievementversion version SET
    achievement_type = coalesce(version.content #>> '{achievement,type}', achievement.achievement_type),
    organization_id = coalesce(
        (
            SELECT id FROM accounts_organization
            WHERE public_id::text = version.content #>> '{achievement,organization}'
        ),
        achievement.organization_id
    )
FROM programs_achievement achievement WHERE achievement.id = version.achievement_id;
UPDATE programs_achievementversionevent happened SET
    achievement_type = version.achievement_type, organization_id = version.organization_id
FROM programs_achievementversion version
WHERE version.id = happened.pgh_obj_id AND happened.achievement_type IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE programs_achievementversion ENABLE ALWAYS TRIGGER frozen_once_used;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0011_rules_guards")]

    operations = [migrations.RunSQL(FILLED, migrations.RunSQL.noop)]
