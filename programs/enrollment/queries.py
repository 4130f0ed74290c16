"""Rows and choices for the desk pages of enrollments and cohorts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import DateField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Learner
from accounts.queries.legal_names import with_names, with_person
from programs.models import Cohort, Enrollment, EnrollmentEvent, ProgramVersion
from programs.rules.enrollment import FOLLOWS, EnrollmentState, EventKind

MOVING = [kind.value for kind in FOLLOWS]


def with_last_event(enrollments: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Add `last_event` to enrollments: the kind of the event that decides the state on a day."""
    events = EnrollmentEvent.objects.filter(
        enrollment=OuterRef("pk"), kind__in=MOVING, corrected_by=None, effective_on__lte=on
    ).order_by("-effective_on", "-pk")
    annotated: QuerySet[Any] = enrollments.annotate(last_event=Subquery(events.values("kind")[:1]))
    return annotated


def state_after(last_event: str | None) -> EnrollmentState:
    """Return the state after the last event; earlier events do not matter, because each is possible only in turn."""
    return EnrollmentState.NONE if last_event is None else FOLLOWS[EventKind(last_event)][1]


BY_PROGRESS: Mapping[str, Mapping[str, object]] = {
    "open": {"ended_on": None},
    "ended": {"ended_on__isnull": False},
    "met": {"ended_on": None, "progress__status": "met"},
}
TWICE = "twice"


def enrollments_by_progress(rows: QuerySet[Any], choice: str) -> QuerySet[Any]:
    """Return the enrollments of a filter choice: open, ended, met but still open, twice; all of them for other words.

    Twice: `enrolled_twice`.
    """
    if choice == TWICE:
        return enrolled_twice(rows)
    return rows.filter(**BY_PROGRESS.get(choice, {}))


def enrollments_on(rows: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Return the enrollments with `last_event`, the person's name, and `today`: the day `on`.

    All that the list and the page of a row name comes in the same query, without the columns that can be large.
    """
    named = rows.select_related("learner", "version__program", "organization", "cohort", "progress")
    lean = named.defer("version__content", "progress__audit").annotate(today=Value(on, DateField()))
    return with_person(with_last_event(lean, on=on), on=on)


def enrolled_twice(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the open enrollments of which the person has another open one in the same program, under a linked record.

    Enrolling refuses a second one, so these were double before the records were linked.
    """
    # Linked records are few. Starting from them keeps the query from reading every enrollment.
    linked = Learner.objects.exclude(same_as=None)
    records = linked.values("pk").union(linked.values("same_as"))
    others = Enrollment.objects.open().alias(person=Coalesce("learner__same_as_id", "learner_id"))
    person = Coalesce(OuterRef("learner__same_as_id"), OuterRef("learner_id"))
    double = others.filter(program=OuterRef("program"), person=person).exclude(pk=OuterRef("pk"))
    return rows.filter(Exists(double), ended_on=None, learner__in=records)


def doubles_of(enrollment: Enrollment) -> QuerySet[Enrollment]:
    """Return the person's other open enrollments in the same program; none for an enrollment that has ended."""
    if enrollment.ended_on is not None:
        return Enrollment.objects.none()
    same = Enrollment.objects.open().of(enrollment.learner).filter(program=enrollment.program_id)
    return same.exclude(pk=enrollment.pk).select_related("learner").order_by("pk")


def cohorts_of(version: ProgramVersion) -> QuerySet[Cohort]:
    """Return the cohorts of a version, the latest first."""
    return Cohort.objects.filter(version=version).order_by("-starts_on", "pk")


def other_versions_for(enrollment: Enrollment) -> QuerySet[ProgramVersion]:
    """Return the versions in force of the same program that the learner can change to, the newest first."""
    others = ProgramVersion.objects.published().filter(program=enrollment.program_id)
    return others.exclude(pk=enrollment.version_id).order_by("-number")


def correctable_events_of(enrollment: Enrollment) -> QuerySet[EnrollmentEvent]:
    """Return the events that a correction may void, the latest first."""
    # Without the admission there is no enrollment, and a correction is corrected by recording the event again.
    events = EnrollmentEvent.objects.filter(enrollment=enrollment, corrected_by=None)
    return events.exclude(kind__in=["admit", "correct"]).order_by("-pk")


def names_by_number(numbers: Iterable[str], *, on: date) -> dict[str, str]:
    """Return legal names on a day by learner number, empty where there is no name; one query."""
    rows: QuerySet[Any] = with_names(Learner.objects.filter(learner_number__in=list(numbers)), on=on)
    return {number: name or "" for number, name in rows.values_list("learner_number", "legal_name")}


def open_enrollments_by_number(
    version: ProgramVersion, numbers: Iterable[str], *, among: QuerySet[Enrollment]
) -> dict[str, Enrollment]:
    """Return the open enrollments in a version by learner number; those outside of `among` are left out."""
    rows = among.filter(ended_on=None, version=version, learner__learner_number__in=list(numbers))
    rows = rows.select_related("learner", "version__program__organization", "organization", "cohort")
    return {row.learner.learner_number: row for row in rows.order_by("pk")}
