"""New rows have dates from 1900 to 2199; where old rows have others, the constraint stays NOT VALID."""

import datetime as dt

from django.conf import settings
from django.db import migrations, models

from core.database.plausible_dates import AddDatesConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_plausible_dates"),
        ("assessments", "0004_mastery_recommendations"),
        ("competencies", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddDatesConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("performed_on__isnull", True),
                    models.Q(
                        ("performed_on__gte", dt.date(1900, 1, 1)),
                        ("performed_on__lte", dt.date(2199, 12, 31)),
                    ),
                    _connector="OR",
                ),
                name="evidence_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "returned"),
                    ("performed_on__isnull", True),
                    models.Q(
                        ("performed_on__gte", dt.date(1900, 1, 1)),
                        ("performed_on__lte", dt.date(2199, 12, 31)),
                    ),
                    _connector="OR",
                ),
                name="submission_dates_are_plausible",
            ),
        ),
    ]
