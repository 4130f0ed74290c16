"""Room for `audit@3` in what names a method of audit, and an index of the rows that any older method audits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_search_words"),
        ("programs", "0013_achievement_terms_needed"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="auditmove",
            name="audit_move_between_two_methods",
        ),
        migrations.RemoveConstraint(
            model_name="progress",
            name="progress_method_is_known",
        ),
        migrations.RemoveIndex(
            model_name="progress",
            name="progress_by_the_first_method",
        ),
        migrations.AlterField(
            model_name="auditmove",
            name="new_method",
            field=models.CharField(
                choices=[("audit@1", "audit@1"), ("audit@2", "audit@2"), ("audit@3", "audit@3")],
                max_length=10,
                verbose_name="method after",
            ),
        ),
        migrations.AlterField(
            model_name="auditmove",
            name="old_method",
            field=models.CharField(
                choices=[("audit@1", "audit@1"), ("audit@2", "audit@2"), ("audit@3", "audit@3")],
                max_length=10,
                verbose_name="method before",
            ),
        ),
        migrations.AddIndex(
            model_name="progress",
            index=models.Index(
                condition=models.Q(("method", "audit@3"), _negated=True),
                fields=["learner"],
                name="progress_by_older_methods",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("new_method__in", ("audit@1", "audit@2", "audit@3")),
                    ("old_method__in", ("audit@1", "audit@2", "audit@3")),
                    models.Q(("old_method", models.F("new_method")), _negated=True),
                ),
                name="audit_move_between_two_methods",
            ),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ("audit@1", "audit@2", "audit@3"))), name="progress_method_is_known"
            ),
        ),
    ]
