"""New rows have dates from 1900 to 2199; where old rows have others, the constraint stays NOT VALID."""

import datetime as dt

from django.conf import settings
from django.db import migrations, models

from core.database.plausible_dates import AddDatesConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_plausible_dates"),
        ("competencies", "0002_guards"),
        ("programs", "0007_stored_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddDatesConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", False),
                    ("awarded_on__isnull", True),
                    models.Q(("awarded_on__gte", dt.date(1900, 1, 1)), ("awarded_on__lte", dt.date(2199, 12, 31))),
                    _connector="OR",
                ),
                name="award_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="cohort",
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
                name="cohort_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="enrollmentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_on__isnull", True),
                    models.Q(
                        ("effective_on__gte", dt.date(1900, 1, 1)),
                        ("effective_on__lte", dt.date(2199, 12, 31)),
                    ),
                    _connector="OR",
                ),
                name="enrollment_event_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="milestonereached",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", False),
                    ("reached_on__isnull", True),
                    models.Q(("reached_on__gte", dt.date(1900, 1, 1)), ("reached_on__lte", dt.date(2199, 12, 31))),
                    _connector="OR",
                ),
                name="milestone_reached_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="programstaff",
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
                name="program_staff_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="programversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_to_entry_on__isnull", True),
                        models.Q(
                            ("closed_to_entry_on__gte", dt.date(1900, 1, 1)),
                            ("closed_to_entry_on__lte", dt.date(2199, 12, 31)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("teach_out_until__isnull", True),
                        models.Q(
                            ("teach_out_until__gte", dt.date(1900, 1, 1)),
                            ("teach_out_until__lte", dt.date(2199, 12, 31)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="program_version_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="recognition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", False),
                    models.Q(
                        models.Q(
                            ("achieved_on__isnull", True),
                            models.Q(
                                ("achieved_on__gte", dt.date(1900, 1, 1)),
                                ("achieved_on__lte", dt.date(2199, 12, 31)),
                            ),
                            _connector="OR",
                        ),
                        models.Q(
                            ("valid_until__isnull", True),
                            models.Q(
                                ("valid_until__gte", dt.date(1900, 1, 1)),
                                ("valid_until__lte", dt.date(2199, 12, 31)),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="recognition_dates_are_plausible",
            ),
        ),
        AddDatesConstraint(
            model_name="requirementexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", False),
                    models.Q(
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
                            models.Q(
                                ("ends_on__gte", dt.date(1900, 1, 1)),
                                ("ends_on__lte", dt.date(2199, 12, 31)),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="requirement_exception_dates_are_plausible",
            ),
        ),
    ]
