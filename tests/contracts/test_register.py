"""Every table with a path to a learner stands in the register, and the register holds no other (invariant 20)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models.constants import LOOKUP_SEP
from django.test.utils import isolate_apps

from accounts.models import Learner
from core.database.ledger import AppendOnly
from core.privacy import Erasure, LearnerTable, Retention, learner_tables, row_of

REGISTER = learner_tables()
names = [row.model for row in REGISTER]


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own: history and many-to-many tables too."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy]


def leads_to(model: type[models.Model]) -> set[type[models.Model]]:
    """The models that rows of `model` point at."""
    fields = [field for field in model._meta.get_fields() if field.concrete and field.is_relation]
    return {field.related_model for field in fields if not field.many_to_many and field.related_model}


def with_a_path_to_learner(every: list[type[models.Model]]) -> set[str]:
    """The labels of all models from which foreign keys lead to Learner, in however many steps; Learner among them."""
    found: set[type[models.Model]] = {Learner}
    while more := {model for model in every if model not in found and leads_to(model) & found}:
        found |= more
    return {model._meta.label for model in found}


def missing(every: list[type[models.Model]]) -> set[str]:
    return with_a_path_to_learner(every) - set(names)


def columns_along(model: type[models.Model], path: str) -> Iterator[Any]:
    """The model at the end of a path, step by step; raises FieldDoesNotExist."""
    for step in path.split(LOOKUP_SEP) if path else []:
        field = model._meta.get_field(step)
        model = field.related_model  # type: ignore[assignment]  # a path is made of relations
        yield model


def test_no_table_with_a_path_to_a_learner_is_missing() -> None:
    assert missing(tables()) == set()


@isolate_apps("accounts")
def test_a_table_that_is_missing_is_noticed() -> None:
    class Note(models.Model):  # noqa: DJ008 - nobody prints it
        learner = models.ForeignKey(Learner, models.PROTECT, db_constraint=False, related_name="+")

        class Meta:
            app_label = "accounts"

    class Remark(models.Model):  # noqa: DJ008 - as Note
        note = models.ForeignKey(Note, models.PROTECT)

        class Meta:
            app_label = "accounts"

    assert missing([*tables(), Note, Remark]) == {"accounts.Note", "accounts.Remark"}


def test_no_table_stands_there_twice() -> None:
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", REGISTER, ids=names)
def test_each_row_names_a_table_and_its_way_to_the_learner(row: LearnerTable) -> None:
    ends = [row.table, *columns_along(row.table, row.path)] if not row.named_by else [Learner]

    assert ends[-1] is Learner


@pytest.mark.parametrize("row", REGISTER, ids=names)
def test_each_row_says_in_words_what_the_table_is_for(row: LearnerTable) -> None:
    assert row.purpose.strip().endswith(".")


@pytest.mark.parametrize("row", REGISTER, ids=names)
def test_each_column_that_is_exported_or_blanked_exists(row: LearnerTable) -> None:
    asked = {*row.exported, *(column.split(".")[0] for column in row.blanks)}
    columns = {field.name for field in row.table._meta.concrete_fields}

    assert asked - columns == set()


@pytest.mark.parametrize("row", REGISTER, ids=names)
def test_append_only_means_the_same_in_register_and_model(row: LearnerTable) -> None:
    assert row.append_only == issubclass(row.table, AppendOnly)


@pytest.mark.django_db
@pytest.mark.parametrize("row", REGISTER, ids=names)
def test_the_rows_of_a_learner_can_be_asked_for(row: LearnerTable) -> None:
    assert list(row.rows_of([1, 2])) == []


def test_tables_named_by_others_name_tables_of_the_register() -> None:
    for row in REGISTER:
        for model, column in row.named_by.items():
            assert row_of(model).table._meta.get_field(column).related_model is row.table


def test_a_row_that_leaves_a_question_open_is_refused() -> None:
    with pytest.raises(ValueError, match="what is exported, or why nothing is"):
        LearnerTable("accounts.Learner", "People.", Retention.RECORD, Erasure.DELETED)
    with pytest.raises(ValueError, match="why it is kept"):
        LearnerTable("accounts.Learner", "People.", Retention.RECORD, Erasure.KEPT, withheld="secret")
    with pytest.raises(ValueError, match="columns to blank"):
        LearnerTable("accounts.Learner", "People.", Retention.RECORD, Erasure.BLANKED, withheld="secret")
    with pytest.raises(ValueError, match="may never change"):
        LearnerTable("accounts.Learner", "", Retention.RECORD, Erasure.DELETED, withheld="secret", append_only=True)


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    with pytest.raises(FieldDoesNotExist):
        list(columns_along(Learner, "student"))


@pytest.mark.django_db
def test_tables_that_the_schema_has_and_no_model_knows_hold_no_learner() -> None:
    """Raw SQL in a migration can make a table too."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT conrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND confrelid = 'accounts_learner'::regclass
            """
        )
        pointing = {row[0] for row in cursor.fetchall()}

    assert pointing - {row.table._meta.db_table for row in REGISTER} == set()
