"""Whether the name on documents of a learner may be compared: the hold of the office, and the wish of the holder.

The triggers of the history are written anew, because they name each column.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_home_and_advisors"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="learner",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="learner",
            name="update_update",
        ),
        migrations.AddField(
            model_name="learner",
            name="names_comparable",
            field=models.BooleanField(default=True, verbose_name="lets others compare the name on documents"),
        ),
        migrations.AddField(
            model_name="learner",
            name="privacy_hold",
            field=models.BooleanField(default=False, verbose_name="privacy hold"),
        ),
        migrations.AddField(
            model_name="learnerevent",
            name="names_comparable",
            field=models.BooleanField(default=True, verbose_name="lets others compare the name on documents"),
        ),
        migrations.AddField(
            model_name="learnerevent",
            name="privacy_hold",
            field=models.BooleanField(default=False, verbose_name="privacy hold"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="learner",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_learnerevent" ("birth_date", "created_at", "deceased_on", "home_organization_id", "id", "learner_number", "names_comparable", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "privacy_hold", "public_id", "same_as_id", "user_id") VALUES (NEW."birth_date", NEW."created_at", NEW."deceased_on", NEW."home_organization_id", NEW."id", NEW."learner_number", NEW."names_comparable", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."privacy_hold", NEW."public_id", NEW."same_as_id", NEW."user_id"); RETURN NULL;',
                    hash="e241ebcae05a47773aff332df6a61640f97fd019",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_15e30",
                    table="accounts_learner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="learner",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_learnerevent" ("birth_date", "created_at", "deceased_on", "home_organization_id", "id", "learner_number", "names_comparable", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "privacy_hold", "public_id", "same_as_id", "user_id") VALUES (NEW."birth_date", NEW."created_at", NEW."deceased_on", NEW."home_organization_id", NEW."id", NEW."learner_number", NEW."names_comparable", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."privacy_hold", NEW."public_id", NEW."same_as_id", NEW."user_id"); RETURN NULL;',
                    hash="fd5c7fb7adfcc7159d84a3e0a22e4c654fddba2f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_29664",
                    table="accounts_learner",
                    when="AFTER",
                ),
            ),
        ),
    ]
