"""Names of rows, columns and choices in the words of the offices; the database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_judgement_correction_guard"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="judgement",
            options={"verbose_name": "assessment decision", "verbose_name_plural": "assessment decisions"},
        ),
        migrations.AlterModelOptions(
            name="judgementbody",
            options={
                "verbose_name": "comments of an assessment decision",
                "verbose_name_plural": "comments of assessment decisions",
            },
        ),
        migrations.AlterModelOptions(
            name="judgementdraft",
            options={
                "verbose_name": "draft of an assessment decision",
                "verbose_name_plural": "drafts of assessment decisions",
            },
        ),
        migrations.AlterModelOptions(
            name="judgementlevel",
            options={"verbose_name": "assessed level", "verbose_name_plural": "assessed levels"},
        ),
        migrations.AlterField(
            model_name="evidencesource",
            name="kind",
            field=models.CharField(
                choices=[
                    ("judgement", "assessment of handed-in work"),
                    ("record", "entry by staff"),
                    ("import", "row of an imported file"),
                    ("message", "message of another system"),
                    ("badge", "badge of another issuer"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="judgement",
            name="outcome",
            field=models.CharField(
                choices=[("judged", "assessed"), ("returned", "returned for revision")],
                default="judged",
                max_length=10,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="mastery",
            name="holds_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="submission",
            name="judged_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="assessed"),
        ),
        migrations.AlterField(
            model_name="submission",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("submitted", "handed in"),
                    ("returned", "returned for revision"),
                    ("judged", "assessed"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
