"""Names of rows, columns and choices in the words of the offices; the database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competencies", "0007_words"),
        ("programs", "0020_parted_before"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="awardconcern",
            options={"verbose_name": "award to review", "verbose_name_plural": "awards to review"},
        ),
        migrations.AlterModelOptions(
            name="awardconcernbody",
            options={
                "verbose_name": "words about an award to review",
                "verbose_name_plural": "words about awards to review",
            },
        ),
        migrations.AlterModelOptions(
            name="milestonereached",
            options={"verbose_name": "milestone record", "verbose_name_plural": "milestone records"},
        ),
        migrations.AlterModelOptions(
            name="recognition",
            options={"verbose_name": "credit transfer", "verbose_name_plural": "credit transfers"},
        ),
        migrations.AlterModelOptions(
            name="recognitionbody",
            options={"verbose_name": "words of a credit transfer", "verbose_name_plural": "words of credit transfers"},
        ),
        migrations.AlterField(
            model_name="award",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("expired", "its time is over"),
                    ("in_error", "granted in error"),
                    ("evidence", "what it rested on no longer counts"),
                    ("misconduct", "misconduct"),
                    ("twice", "awarded twice to one person"),
                    ("own_wish", "the holder's wish"),
                ],
                max_length=20,
                verbose_name="why it ended",
            ),
        ),
        migrations.AlterField(
            model_name="award",
            name="holds_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="awardconcern",
            name="kind",
            field=models.CharField(
                choices=[
                    ("lower_ended", "an award below it is not in force any more"),
                    ("evidence_voided", "evidence under it was voided"),
                    ("evidence_corrected", "evidence under it was corrected: it shows less now"),
                    ("two_standing", "one person holds it twice"),
                    ("new_method", "by the rules of today its requirements are not met"),
                    ("others_grounds", "it rests on the record of another person"),
                    ("decision_withdrawn", "a credit transfer, a milestone or an exception under it was withdrawn"),
                    ("exception_ended", "an exception under it has ended"),
                ],
                max_length=20,
                verbose_name="cause",
            ),
        ),
        migrations.AlterField(
            model_name="milestonereached",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.AlterField(
            model_name="progress",
            name="assignment",
            field=models.JSONField(verbose_name="what counts toward what"),
        ),
        migrations.AlterField(
            model_name="progress",
            name="holds_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="recognition",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="sharing",
            field=models.CharField(
                blank=True,
                choices=[
                    ("exclusive", "each piece counts toward one of the parts only"),
                    ("shared", "a piece may count toward several of the parts"),
                ],
                max_length=9,
                verbose_name="sharing between the parts",
            ),
        ),
        migrations.AlterField(
            model_name="requirementevent",
            name="sharing",
            field=models.CharField(
                blank=True,
                choices=[
                    ("exclusive", "each piece counts toward one of the parts only"),
                    ("shared", "a piece may count toward several of the parts"),
                ],
                max_length=9,
                verbose_name="sharing between the parts",
            ),
        ),
        migrations.AlterField(
            model_name="requirementexception",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.AlterConstraint(
            model_name="versioncredit",
            name="version_credit_one_per_competency",
            constraint=models.UniqueConstraint(
                fields=("version", "competency"),
                name="version_credit_one_per_competency",
                nulls_distinct=False,
                violation_error_message="This version says already what the competency is worth.",
            ),
        ),
    ]
