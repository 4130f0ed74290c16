"""An enrollment with all facts that its pages need, except tree and attainments, in one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Learner
from assessments.work.queries.news import news_in
from core.database.compiled import compiled
from core.text.canonical import Json
from programs.audit.queries.awarding import awarding_time_zone
from programs.models import Enrollment, EnrollmentEvent, MilestoneReached, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.pathway.queries.news import news_columns
from programs.rules.attainments import ExceptionKind, RequirementException
from programs.rules.enrollment import EnrollmentStatus, Event, EventKind, status_on

EVENT = {"id": "pk", "kind": "kind", "on": "effective_on", "corrects": "corrects_id", "version": "to_version_id"}
DECISION = {
    "id": "public_id",
    "kind": "kind",
    "node": "node",
    "attainment": "attainment",
    "competency": "competency__public_id",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
}
NEWS = tuple(news_columns(Learner(pk=0)))
RELATED = ("learner", "program", "version__program", "progress")


@dataclass(frozen=True, slots=True)
class EnrollmentFacts:
    """An enrollment with learner, program, version (without its content) and progress.

    `zone` is the time zone of its civil dates, `records` are the ids of all records of the person. Most people have
    neither milestones nor recognitions, not even withdrawn ones; the two flags then save their queries.
    """

    enrollment: Enrollment
    zone: ZoneInfo
    records: tuple[int, ...]
    events: tuple[Event, ...]
    exceptions: tuple[RequirementException, ...]
    has_milestones: bool
    has_recognitions: bool

    def status(self, on: date) -> EnrollmentStatus:
        """Return the status of the enrollment on a day."""
        return status_on(self.events, on)


def facts_of_enrollment(enrollment: Enrollment) -> EnrollmentFacts:
    """Read the facts of one enrollment."""
    (row,) = _by_id(enrollment.pk)
    return _facts(row)


def own_enrollment_and_news(
    learner: Learner, public_id: UUID, *, at: datetime
) -> tuple[EnrollmentFacts, list[Json]] | None:
    """Return the facts of an own enrollment and `news_of` the learner, in one query.

    None for enrollments of others, as for those that do not exist.
    """
    for row in _own(learner.pk, public_id):
        return _facts(row), news_in([getattr(row, name) for name in NEWS], at=at)
    return None


def enrollment_of(learner: Learner, public_id: UUID) -> Enrollment | None:
    """Return an enrollment of this learner with its program and organization; None for those of other learners."""
    rows = Enrollment.objects.of(learner).select_related("learner", "program", "version__program__organization")
    return rows.filter(public_id=public_id).first()


def enrollments_of(learner: Learner) -> list[EnrollmentFacts]:
    """Return all enrollments of a learner: open ones first, then by admission, the latest first."""
    return [_facts(row) for row in _all_of(learner.pk)]


@compiled
def _by_id(enrollment: int) -> QuerySet[Enrollment]:
    return _with_facts(Enrollment.objects.filter(pk=enrollment)).defer("version__content", "progress__audit")


@compiled
def _own(learner: int, public_id: UUID) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.of(Learner(pk=learner)).filter(public_id=public_id)
    return _with_facts(rows).defer("version__content", "progress__audit").annotate(**news_columns(Learner(pk=learner)))


@compiled
def _all_of(learner: int) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.of(Learner(pk=learner)).order_by("ended_on", "-admitted_on", "pk")
    return _with_facts(rows).defer("version__content")


def _with_facts(rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    person = Coalesce(OuterRef("learner__same_as_id"), OuterRef("learner_id"))
    records = Learner.objects.alias(person=Coalesce("same_as_id", "id")).filter(person=person)
    # Subqueries with arrays save a query each: one enrollment has only a handful of events and exceptions.
    events = EnrollmentEvent.objects.filter(enrollment=OuterRef("pk")).order_by("pk")
    decisions = ExceptionRow.objects.standing().filter(enrollment=OuterRef("pk")).order_by("pk")
    return rows.select_related(*RELATED).annotate(
        zone=awarding_time_zone("version"),
        records=ArraySubquery(records.order_by("pk").values("pk")),
        happened=ArraySubquery(events.values(fact=JSONObject(**EVENT))),
        decisions=ArraySubquery(decisions.values(fact=JSONObject(**DECISION))),
        has_milestones=Exists(MilestoneReached.objects.filter(learner__in=records.values("pk"))),
        has_recognitions=Exists(Recognition.objects.filter(learner__in=records.values("pk"))),
    )


def _facts(row: Any) -> EnrollmentFacts:  # noqa: ANN401 - an enrollment with the columns of `_with_facts`
    return EnrollmentFacts(
        enrollment=row,
        zone=ZoneInfo(row.zone),
        records=tuple(row.records),
        events=tuple(_event(fact) for fact in row.happened),
        exceptions=tuple(_exception(fact) for fact in row.decisions),
        has_milestones=row.has_milestones,
        has_recognitions=row.has_recognitions,
    )


def _event(fact: Mapping[str, Any]) -> Event:
    on = date.fromisoformat(fact["on"])
    return Event(fact["id"], EventKind(fact["kind"]), on, fact["corrects"], fact["version"])


def _exception(fact: Mapping[str, Any]) -> RequirementException:
    return RequirementException(
        id=fact["id"],
        kind=ExceptionKind(fact["kind"]),
        node=fact["node"],
        attainment=fact["attainment"],
        competency=fact["competency"] or "",
        starts_on=_day(fact["starts_on"]),
        ends_on=_day(fact["ends_on"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
