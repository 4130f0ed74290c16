"""Columns of rows at hand are written, and only those."""

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pghistory
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner, LearnerName
from core.database.storing import insert_linked, insert_rows, update_columns
from core.desk.history import event_model_of
from core.jobs.kinds import Lane, Mode
from core.jobs.models import Job
from tests.recipes import institution

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def people() -> list[Learner]:
    institution.make()
    return [create_learner(f"Person {number}", by=None, at=THEN) for number in range(3)]


@pytest.mark.parametrize("count", [1, 3])
def test_only_the_named_columns_are_written(people: list[Learner], count: int) -> None:
    numbers = [person.learner_number for person in people]
    for place, person in enumerate(people):
        person.birth_date, person.learner_number = date(2000, 1, 1 + place), f"changed {place}"

    update_columns(people[:count], ("birth_date",))

    rows = Learner.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    assert [row.birth_date for row in rows] == [date(2000, 1, 1 + place) for place in range(count)] + [None] * (
        3 - count
    )
    assert [row.learner_number for row in rows] == numbers


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_written_where_history_keeps_who_wrote(people: list[Learner], count: int) -> None:
    for person in people:
        person.birth_date = date(2000, 1, 1)

    with pghistory.context(why="as in a request"):
        update_columns(people[:count], ("birth_date",))

    assert Learner.objects.filter(birth_date=date(2000, 1, 1)).count() == count
    kept = event_model_of(Learner)
    assert kept is not None
    events = kept.objects.filter(birth_date=date(2000, 1, 1))
    assert [event.pgh_context.metadata["why"] for event in events] == ["as in a request"] * count


def test_nothing_is_asked_for_no_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        update_columns([], ("birth_date",))
        insert_rows([])
    assert len(queries) == 0


def test_constraints_judge_as_ever(people: list[Learner]) -> None:
    people[0].learner_number = people[1].learner_number

    with pytest.raises(IntegrityError, match="learner_number_unique"):
        update_columns(people[:1], ("learner_number",))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("in_a_request", [False, True])
def test_new_rows_get_the_keys_that_the_database_gave_them(count: int, in_a_request: bool) -> None:
    rows = [Learner(learner_number=f"new {place}", created_at=THEN) for place in range(count)]

    with pghistory.context(why="as in a request") if in_a_request else nullcontext():
        insert_rows(rows)

    assert [Learner.objects.get(pk=row.pk).learner_number for row in rows] == [row.learner_number for row in rows]
    assert not any(row._state.adding for row in rows)  # public in all but name: docs, "Model instances"
    rows[0].birth_date = date(2000, 1, 1)
    rows[0].save()
    assert Learner.objects.filter(learner_number__startswith="new").count() == count


@pytest.mark.parametrize("in_a_request", [False, True])
def test_a_row_and_one_that_points_at_it_go_together(in_a_request: bool) -> None:
    learner = Learner(learner_number="both", created_at=THEN)
    name = LearnerName(text="Ada", kind="chosen", starts_on=THEN.date())

    with pghistory.context(why="as in a request") if in_a_request else nullcontext():
        insert_linked(learner, name, link="learner")

    stored = LearnerName.objects.select_related("learner").get(pk=name.pk)
    assert (stored.learner, stored.learner.learner_number, stored.text) == (learner, "both", "Ada")
    assert name.learner == learner


def test_neither_of_both_is_there_when_one_is_refused() -> None:
    name = LearnerName(text="Ada", kind="nosuch", starts_on=THEN.date())

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_linked(Learner(learner_number="neither", created_at=THEN), name, link="learner")

    assert not Learner.objects.filter(learner_number="neither").exists()


def test_a_column_is_left_to_the_default_of_the_database_unless_something_was_assigned() -> None:
    left, assigned = (Job(name="core.nothing", lane=Lane.NOW, mode=Mode.LEASED, max_attempts=1) for _row in range(2))
    assigned.run_at = THEN

    insert_rows([left])
    insert_rows([assigned])

    rows = {row.pk: row for row in Job.objects.all()}
    assert rows[left.pk].run_at == rows[left.pk].created_at > THEN
    assert rows[assigned.pk].run_at == THEN
    assert rows[assigned.pk].created_at > THEN
