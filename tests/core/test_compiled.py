"""Compiled questions answer as the querysets that they are made of."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner, LearnerName
from core.database.compiled import EXACT_MEMBERS, MAX_MEMBERS, compiled
from tests.recipes import institution

pytestmark = pytest.mark.django_db

BORN = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def people() -> list[Learner]:
    institution.make()
    return [create_learner(f"Person {number}", name_starts_on=BORN.date(), by=None, at=BORN) for number in range(3)]


def names_of(learners: tuple[int, ...]) -> QuerySet[LearnerName]:
    return LearnerName.objects.filter(learner__in=learners).select_related("learner__user").order_by("-pk")


def test_rows_come_with_what_was_selected_beside_them(people: list[Learner]) -> None:
    ask = compiled(names_of)
    wanted = tuple(person.pk for person in people[:2])
    ask(wanted)

    with CaptureQueriesContext(connection) as queries:
        found = ask(wanted)
        assert [(row.text, row.learner.learner_number, row.learner.user) for row in found] == [
            (row.text, row.learner.learner_number, row.learner.user) for row in names_of(wanted)
        ]
    assert len(queries) == 2
    assert [row.text for row in found] == ["Person 1", "Person 0"]


def test_each_number_of_values_is_its_own_question(people: list[Learner]) -> None:
    ask = compiled(names_of)

    for count in (1, 2, 3, 2, 1):
        assert {row.learner_id for row in ask(tuple(person.pk for person in people[:count]))} == {
            person.pk for person in people[:count]
        }


def test_nothing_and_much_are_asked_the_ordinary_way(people: list[Learner]) -> None:
    ask = compiled(names_of)

    assert ask(()) == []
    assert len(ask(tuple(range(MAX_MEMBERS + 1)) + tuple(person.pk for person in people))) == 3


def test_many_values_share_a_question_with_those_up_to_a_power_of_two(people: list[Learner]) -> None:
    built = []

    @compiled
    def some_of(learners: tuple[int, ...]) -> QuerySet[Learner]:
        built.append(len(learners))
        return Learner.objects.filter(pk__in=learners).order_by("pk")

    wanted = tuple(person.pk for person in people)
    for more in range(EXACT_MEMBERS, 2 * EXACT_MEMBERS):
        assert some_of((*wanted, *range(-more, 0))[: more + 1]) == people
    assert built == [2 * EXACT_MEMBERS]


def test_it_is_built_once_for_a_shape(people: list[Learner]) -> None:
    built = []

    @compiled
    def numbered(learner: int, number: str) -> QuerySet[Learner]:
        built.append(learner)
        return Learner.objects.filter(pk=learner, learner_number=number)

    for person in people:
        assert numbered(person.pk, person.learner_number) == [person]
        assert numbered(person.pk, "another") == []
    assert len(built) == 1


def test_dates_instants_and_texts_go_where_they_belong(people: list[Learner]) -> None:
    @compiled
    def called(text: str, on: date, since: datetime, learner: Learner | None) -> QuerySet[LearnerName]:
        rows = LearnerName.objects.filter(starts_on__lte=on, learner__created_at__gte=since, text=text)
        return rows if learner is None else rows.filter(learner=learner)

    assert [row.learner for row in called("Person 1", date(2026, 1, 5), BORN, None)] == [people[1]]
    assert called("Person 1", date(2025, 1, 5), BORN, None) == []
    assert called("Person 2", date(2026, 1, 5), datetime(2026, 2, 1, tzinfo=UTC), None) == []


def test_values_and_annotations_come_as_the_queryset_gives_them(people: list[Learner]) -> None:
    @compiled
    def numbers(learners: tuple[int, ...]) -> QuerySet[LearnerName, tuple[str, str]]:
        rows = LearnerName.objects.filter(learner__in=learners).order_by("-learner")
        return rows.values_list("learner__learner_number", "kind")

    @compiled
    def pairs(learners: tuple[int, ...]) -> QuerySet[Learner, tuple[int, str]]:
        return Learner.objects.filter(pk__in=learners).order_by("pk").values_list("pk", "learner_number")

    @compiled
    def marked(text: str) -> QuerySet[Learner]:
        named = LearnerName.objects.filter(learner=OuterRef("pk"), text=text)
        return Learner.objects.annotate(is_meant=Exists(named), number=F("learner_number")).order_by("pk")

    ids = tuple(person.pk for person in people)
    assert numbers(ids) == [(person.learner_number, "legal") for person in reversed(people)]
    assert pairs(ids) == [(person.pk, person.learner_number) for person in people]
    assert [vars(row)["is_meant"] for row in marked("Person 1")] == [False, True, False]
    assert [vars(row)["number"] for row in marked("Person 1")] == [person.learner_number for person in people]


def test_nothing_but_rows_and_tuples_is_compiled(people: list[Learner]) -> None:
    def number(learner: int) -> QuerySet[Learner, str]:
        return Learner.objects.filter(pk=learner).values_list("learner_number", flat=True)

    def named(learner: int) -> QuerySet[Learner, Any]:
        return Learner.objects.filter(pk=learner).values("learner_number")

    for build in (number, named):
        with pytest.raises(TypeError, match="rows and values_list"):
            compiled(build)(people[0].pk)


def test_what_is_not_asked_for_is_loaded_when_it_is_read(people: list[Learner]) -> None:
    @compiled
    def bare(learner: int) -> QuerySet[Learner]:
        return Learner.objects.filter(pk=learner).only("learner_number")

    assert bare(people[0].pk)[0].created_at == BORN


def test_an_argument_that_is_looked_at_is_refused(people: list[Learner]) -> None:
    @compiled
    def next_to(learner: int) -> QuerySet[Learner]:
        return Learner.objects.filter(pk=learner + 1)

    with pytest.raises(TypeError, match="not in the SQL as it was given"):
        next_to(people[0].pk)


def test_constants_are_written_into_the_question(people: list[Learner]) -> None:
    """Quotes, signs of formats and of patterns in them stay text."""
    people[1].learner_number = "it's 100 %s of %(all)s"
    people[1].save()

    @compiled
    def named(learners: tuple[int, ...]) -> QuerySet[Learner]:
        return Learner.objects.filter(pk__in=learners, learner_number__endswith="'s 100 %s of %(all)s")

    assert named(tuple(person.pk for person in people)) == [people[1]]
    assert named((people[0].pk,)) == []
