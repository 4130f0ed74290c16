"""The name of a learner on documents and on pages, on a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import (
    Learner,
    LearnerName,
    NameKind,
)
from accounts.models.learners import linked_learner_ids
from core.database.compiled import compiled
from core.text.letters import printable


def legal_name_of(learner: Learner, *, on: date) -> LearnerName | None:
    """The legal name of a person for documents on a day, whichever of the linked records has it.

    Several records may each have one: then the name that was taken last counts (`LearnerNameQuerySet.latest_first`).
    """
    return next(iter(_legal_names(learner.pk, on)), None)


# Compiled once per process: issuing a document asks this for every credential.
@compiled
def _legal_names(learner: int, on: date) -> QuerySet[LearnerName]:
    return LearnerName.objects.of(Learner(pk=learner)).legal().on(on).latest_first()


def display_name_of(learner: Learner, *, on: date) -> str:
    """The name of a learner on pages: the chosen name on a day, otherwise the legal name, otherwise the number.

    Of the names of several linked records the one that was taken last counts. Control characters and changes of
    direction are removed, because the name stands inside other text.
    """
    names: dict[str, str] = {}
    for name in _names(learner.pk, on):
        names.setdefault(name.kind, name.text)
    return _display_name(names, learner)


def display_names_of(learners: Iterable[Learner], *, on: date) -> dict[int, str]:
    """`display_name_of` each of these records, by the record's id; one query, however many there are."""
    records = {learner.pk: learner for learner in learners}
    names: dict[int, dict[str, str]] = {}
    rows = LearnerName.objects.filter(learner_id__in=linked_learner_ids(*records)).on(on)
    people = rows.annotate(person=Coalesce("learner__same_as_id", "learner_id")).latest_first()
    for person, kind, text in people.values_list("person", "kind", "text"):
        names.setdefault(person, {}).setdefault(kind, text)
    return {record: _display_name(names.get(learner.canonical_id, {}), learner) for record, learner in records.items()}


def _display_name(names: Mapping[str, str], learner: Learner) -> str:
    return printable(names.get(NameKind.CHOSEN) or names.get(NameKind.LEGAL) or learner.learner_number)


@compiled
def _names(learner: int, on: date) -> QuerySet[LearnerName]:
    return LearnerName.objects.of(Learner(pk=learner)).on(on).latest_first()


def with_names(learners: QuerySet[Learner], *, on: date) -> QuerySet[Learner]:
    """The records, annotated with the person's `legal_name` on that day, and its `sort_key`."""
    # Subqueries and not a join: one row per record, also for callers that count or slice the result.
    names = _legal_names_of_person(OuterRef("same_as_id"), OuterRef("pk"), on)
    return learners.annotate(
        legal_name=Subquery(names.values("text")[:1]), sort_key=Subquery(names.values("sort_key")[:1])
    )


def _legal_names_of_person(same_as: OuterRef, record: OuterRef, on: date) -> QuerySet[LearnerName]:
    """The legal names on a day of the person to whom a record with these columns belongs, the name in use first."""
    # One query deeper than the row itself. The expression is that of the index `learner_person`.
    records = Learner.objects.alias(person=Coalesce("same_as_id", "id")).filter(
        person=Coalesce(OuterRef(same_as), OuterRef(record))
    )
    return LearnerName.objects.legal().on(on).filter(learner__in=records.values("pk")).latest_first()


def has_name_without_end(learner: Learner, kind: NameKind) -> bool:
    """Whether one of the person's records has a name of this kind that has no end yet."""
    return LearnerName.objects.of(learner).filter(kind=kind, ends_on=None).exists()


def learners_for_desk(learners: QuerySet[Learner], *, on: date) -> QuerySet[Learner]:
    """The records with `legal_name` on that day, the account and the record that carries the derived rows.

    A list of records shows the name that each of them has itself; one without a name shows the person's.
    """
    own = LearnerName.objects.legal().on(on).filter(learner=OuterRef("pk")).latest_first()
    persons = _legal_names_of_person(OuterRef("same_as_id"), OuterRef("pk"), on)
    named = Coalesce(Subquery(own.values("text")[:1]), Subquery(persons.values("text")[:1]))
    return learners.annotate(legal_name=named).select_related("user", "same_as")


def with_learner(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with their learner, in the same query."""
    return rows.select_related("learner")


def with_person(rows: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Each row about a learner with the person's `legal_name` of that day."""
    names = _legal_names_of_person(OuterRef("learner__same_as_id"), OuterRef("learner_id"), on)
    found: QuerySet[Any] = rows.annotate(legal_name=Subquery(names.values("text")[:1]))
    return found
