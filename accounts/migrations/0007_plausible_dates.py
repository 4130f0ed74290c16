"""New rows have dates from 1900 to 2199; where old rows have others, the constraint stays NOT VALID."""

import datetime as dt

from django.db import migrations, models

from core.database.plausible_dates import AddDatesConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_locking"),
    ]

    operations = [
        AddDatesConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("birth_date__isnull", True),
                        models.Q(
                            ("birth_date__gte", dt.date(1900, 1, 1)),
                            ("birth_date__lte", dt.date(2199, 12, 31)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("deceased_on__isnull", True),
                        models.Q(
                            ("deceased_on__gte", dt.date(1900, 1, 1)),
                            ("deceased_on__lte", dt.date(2199, 12, 31)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="learner_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="learnername",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("starts_on__isnull", True),
                        models.Q(
                            ("starts_on__gte", dt.date(1900, 1, 1)),
                            ("starts_on__lte", dt.date(2199, 12, 31)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("ends_on__isnull", True),
                        models.Q(("ends_on__gte", dt.date(1900, 1, 1)), ("ends_on__lte", dt.date(2199, 12, 31))),
                        _connector="OR",
                    ),
                ),
                name="learner_name_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("starts_at__isnull", True),
                        models.Q(
                            ("starts_at__gte", dt.datetime(1900, 1, 1, 0, 0, tzinfo=dt.UTC)),
                            ("starts_at__lte", dt.datetime(2199, 12, 31, 0, 0, tzinfo=dt.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("ends_at__isnull", True),
                        models.Q(
                            ("ends_at__gte", dt.datetime(1900, 1, 1, 0, 0, tzinfo=dt.UTC)),
                            ("ends_at__lte", dt.datetime(2199, 12, 31, 0, 0, tzinfo=dt.UTC)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="role_assignment_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="sharinggrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", False),
                    ("expires_at__isnull", True),
                    models.Q(
                        ("expires_at__gte", dt.datetime(1900, 1, 1, 0, 0, tzinfo=dt.UTC)),
                        ("expires_at__lte", dt.datetime(2199, 12, 31, 0, 0, tzinfo=dt.UTC)),
                    ),
                    _connector="OR",
                ),
                name="sharing_grant_dates_are_plausible",
            ),
        ),
    ]
