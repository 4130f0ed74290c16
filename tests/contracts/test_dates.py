"""One policy for dates: each field has its kind, forms ask implausible ones back, the database refuses them."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ModelState, ProjectState
from django.utils import translation

from accounts.models import Learner
from core import clock
from core.database.plausible_dates import AddDatesConstraint, plausible_dates
from core.date_register import date_kinds
from core.forms import CarefulForm, DayField
from core.text.dates import TYPED, DateFault, DateKind, date_fault
from tests import PACKAGES
from tests.recipes import learner

TODAY = date(2026, 3, 2)


def date_fields() -> dict[str, Any]:
    """Every date field of every model of ours, without the copies in histories."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES and not hasattr(model, "pgh_created_at")
        for field in model._meta.local_fields
        if isinstance(field, models.DateField)
    }


def test_every_date_field_has_a_kind_and_no_kind_is_left_over() -> None:
    assert sorted(date_kinds()) == sorted(date_fields())


def test_every_date_that_people_type_lies_in_the_century_that_the_database_allows() -> None:
    typed = {name for name, kind in date_kinds().items() if kind in TYPED}
    guarded = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.name.endswith("_dates_are_plausible")
        for field in model._meta.local_fields
        if f"'{field.name}__gte'" in repr(constraint)
    }

    assert typed == guarded


@pytest.mark.parametrize(
    ("kind", "day", "fault"),
    [
        (DateKind.GENERAL, date(26, 3, 2), DateFault.SHORT_YEAR),
        (DateKind.GENERAL, date(1899, 12, 31), DateFault.TOO_EARLY),
        (DateKind.GENERAL, date(1900, 1, 1), None),
        (DateKind.GENERAL, date(2027, 12, 31), None),
        (DateKind.GENERAL, date(2028, 1, 1), DateFault.TOO_LATE),
        (DateKind.BIRTH, date(2026, 3, 2), None),
        (DateKind.BIRTH, date(2026, 3, 3), DateFault.IN_THE_FUTURE),
        (DateKind.DEATH, date(2026, 3, 3), DateFault.IN_THE_FUTURE),
        (DateKind.WORK, date(2026, 3, 3), DateFault.IN_THE_FUTURE),
        (DateKind.VALIDITY, date(2076, 12, 31), None),
        (DateKind.VALIDITY, date(2206, 3, 2), DateFault.TOO_LATE),
        (DateKind.DERIVED, date(2206, 3, 2), None),
    ],
)
def test_what_is_plausible(kind: DateKind, day: date, fault: DateFault | None) -> None:
    assert date_fault(day, kind, today=TODAY) == fault


class Birthday(CarefulForm, forms.Form):
    on = DayField(DateKind.BIRTH)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize(
    "written", ["26-03-02", "02.03.26", "03/02/26", "0026-03-02", "26", "2206-03-02", "1899-01-01"]
)
def test_a_form_asks_a_short_or_impossible_year_back(language: str, written: str) -> None:
    with translation.override(language):
        form = Birthday({"on": written})

        assert list(form.errors) == ["on"]
        assert form.errors["on"]


@pytest.mark.django_db
def test_the_refusal_says_in_whose_time_zone_today_is_meant() -> None:
    form = Birthday({"on": "2206-03-02"})

    today = clock.now().date().isoformat()
    assert form.errors["on"] == [f"This date lies in the future: today is {today} (UTC)."]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(26, 3, 2), date(1899, 12, 31), date(2206, 3, 2)])
def test_the_database_refuses_what_passed_by_a_form(day: date) -> None:
    record = learner.make()

    with pytest.raises(IntegrityError, match="learner_dates_are_plausible"), transaction.atomic():
        Learner.objects.filter(pk=record.pk).update(birth_date=day)


@pytest.mark.django_db(transaction=True)
def test_an_old_row_does_not_stop_the_upgrade_and_new_ones_are_refused() -> None:
    """The constraint stays unvalidated beside a row from before; without one it is validated."""
    state = ProjectState()
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("day", models.DateField(null=True)),
    ]
    state.add_model(ModelState("core", "Dated", fields, options={"db_table": "dated"}))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE dated (id bigint, day date); INSERT INTO dated VALUES (1, '0026-03-02')")
    operation = AddDatesConstraint("dated", plausible_dates("dated", "day"))
    operation.state_forwards("core", state)
    with connection.schema_editor() as editor:
        operation.database_forwards("core", editor, ProjectState(), state)

    with connection.cursor() as cursor:
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = 'dated_dates_are_plausible'")
        assert cursor.fetchone() == (False,)
        with pytest.raises(IntegrityError):
            cursor.execute("INSERT INTO dated VALUES (2, '0026-03-02')")
        cursor.execute(
            "UPDATE dated SET day = '2026-03-02'; ALTER TABLE dated VALIDATE CONSTRAINT dated_dates_are_plausible;"
            " DROP TABLE dated"
        )
