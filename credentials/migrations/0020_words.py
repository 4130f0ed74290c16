"""Names of rows, columns and choices in the words of the offices; the database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0019_told_exceptions_guard"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="notified_at",
            field=models.DateTimeField(null=True, verbose_name="holder notified"),
        ),
        migrations.AlterField(
            model_name="document",
            name="revocation_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("replaced", "replaced by a newer one"),
                    ("issued_in_error", "issued in error"),
                    ("rescinded", "the award was rescinded"),
                    ("key_replaced", "the signing key was replaced"),
                    ("holders_wish", "the holder wished so"),
                ],
                max_length=16,
                verbose_name="why it is not valid any more",
            ),
        ),
        migrations.AlterField(
            model_name="issuer",
            name="told_exceptions",
            field=models.CharField(
                choices=[
                    ("nothing", "nothing"),
                    ("acts", "what was excepted, and by which act"),
                    ("reasons", "also the reason, as a code"),
                ],
                default="acts",
                help_text="Reasons of health and personal circumstances are never disclosed, whatever is chosen.",
                max_length=10,
                verbose_name="exceptions on transcripts",
            ),
        ),
        migrations.AlterField(
            model_name="issuerevent",
            name="told_exceptions",
            field=models.CharField(
                choices=[
                    ("nothing", "nothing"),
                    ("acts", "what was excepted, and by which act"),
                    ("reasons", "also the reason, as a code"),
                ],
                default="acts",
                help_text="Reasons of health and personal circumstances are never disclosed, whatever is chosen.",
                max_length=10,
                verbose_name="exceptions on transcripts",
            ),
        ),
        migrations.AlterField(
            model_name="issuerkey",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="no longer signs since"),
        ),
        migrations.AlterField(
            model_name="issuerkeyevent",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="no longer signs since"),
        ),
    ]
