"""Columns of rows at hand are written, and only those."""

from datetime import UTC, date, datetime

import pghistory
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner
from config.base.desk.history import event_model_of
from config.base.storing import store
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

    store(people[:count], ("birth_date",))

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
        store(people[:count], ("birth_date",))

    assert Learner.objects.filter(birth_date=date(2000, 1, 1)).count() == count
    kept = event_model_of(Learner)
    assert kept is not None
    events = kept.objects.filter(birth_date=date(2000, 1, 1))
    assert [event.pgh_context.metadata["why"] for event in events] == ["as in a request"] * count


def test_nothing_is_asked_for_no_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        store([], ("birth_date",))
    assert len(queries) == 0


def test_constraints_judge_as_ever(people: list[Learner]) -> None:
    people[0].learner_number = people[1].learner_number

    with pytest.raises(IntegrityError, match="learner_number_unique"):
        store(people[:1], ("learner_number",))
