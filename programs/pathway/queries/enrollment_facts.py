"""An enrollment with all facts that its pages need, except tree and attainments, in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject

from accounts.models import Learner, Organization
from assessments.mastery.queries.standings import MasteryToAudit
from assessments.models import Basis as EvidenceBasis
from assessments.models import Evidence
from assessments.work.queries.news import news_in
from competencies.models import Competency, ProficiencyLevel, ProficiencyScale
from core.database.compiled import compiled
from core.text.canonical import Json
from programs.audit.queries.attainments import (
    attainments_of_mastery,
    milestone_as_attainment,
    recognition_as_attainment,
)
from programs.audit.queries.audits import method_of
from programs.audit.queries.awarding import awarding_time_zone
from programs.audit.queries.mastery_bases import mastery_bases
from programs.audit.rules.context import Method
from programs.models import Enrollment, EnrollmentEvent, Milestone, MilestoneReached, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.pathway.queries.news import news_columns
from programs.rules.attainments import Attainment, ExceptionKind, RequirementException
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
    "approval": "approval_id",
    "batch": "batch_id",
}
# Amounts as text: a number in JSON would be read as a float, and hundredths would be lost.
MILESTONE = {
    "id": "public_id",
    "milestone": "milestone__public_id",
    "title": "milestone__title",
    "on": "reached_on",
    "quantity": Cast("quantity", TextField()),
    "basis": "basis",
    "withdrawn": "withdrawn_at",
}
RECOGNITION = {
    "id": "public_id",
    "basis": "basis",
    "organization": "organization__public_id",
    "competency": "competency__public_id",
    "code": "competency__code",
    "statement": "competency__short_statement",
    "source": "competency__source_identifier",
    "rank": "level__rank",
    "level": "level__title",
    "scale": "level__scale__public_id",
    "scale_title": "level__scale__title",
    "conversions": "conversions",
    "without_level": "without_level",
    "credits": Cast("credits", TextField()),
    "on": "achieved_on",
    "until": "valid_until",
    "withdrawn": "withdrawn_at",
}
NEWS = tuple(news_columns(Learner(pk=0)))
RELATED = ("learner", "program", "version__program", "progress")


@dataclass(frozen=True, slots=True)
class EnrollmentFacts:
    """An enrollment with learner, program, version (without its content) and progress.

    `zone` is the time zone of its civil dates, `records` are the ids of all records of the person. `milestones` and
    `recognitions` are the person's, the withdrawn ones too, as rows in memory that nobody may save. `has_others`: there
    is evidence of the person that was not assessed here.
    """

    enrollment: Enrollment
    zone: ZoneInfo
    records: tuple[int, ...]
    events: tuple[Event, ...]
    exceptions: tuple[RequirementException, ...]
    milestones: tuple[MilestoneReached, ...]
    recognitions: tuple[Recognition, ...]
    has_others: bool

    @property
    def method(self) -> Method:
        """The method by which the enrollment is audited."""
        return method_of(self.enrollment)

    def status(self, on: date) -> EnrollmentStatus:
        """Return the status of the enrollment on a day."""
        return status_on(self.events, on)

    def attainments(self, mastery: Sequence[MasteryToAudit], *, at: datetime) -> tuple[Attainment, ...]:
        """What `attainments_of` reads at the instant `at`, without a query for most learners.

        `mastery` are all rows of the person.
        """
        method = self.method
        others = self.has_others and method is not Method.ONE
        bases = mastery_bases(self.records, mastery, at=at) if others else {}
        return (
            *attainments_of_mastery(mastery, method=method, bases=bases),
            *(milestone_as_attainment(row, method=method) for row in self.milestones if row.withdrawn_at is None),
            *(recognition_as_attainment(row, method=method) for row in self.recognitions if row.withdrawn_at is None),
        )


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
    records = _person_records(OuterRef("learner__same_as_id"), OuterRef("learner_id"))
    # One query deeper: a plain OuterRef would name the milestone's own learner there, and find everybody's.
    inside = _person_records(OuterRef(OuterRef("learner__same_as_id")), OuterRef(OuterRef("learner_id")))
    # Subqueries with arrays save a query each: one enrollment has only a handful of events, exceptions and decisions.
    events = EnrollmentEvent.objects.filter(enrollment=OuterRef("pk")).order_by("pk")
    decisions = ExceptionRow.objects.audited().filter(enrollment=OuterRef("pk")).order_by("pk")
    milestones = MilestoneReached.objects.filter(learner__in=inside.values("pk")).order_by("pk")
    recognitions = Recognition.objects.filter(learner__in=inside.values("pk")).order_by("pk")
    others = Evidence.objects.filter(learner__in=inside.values("pk")).exclude(basis=EvidenceBasis.ASSESSED)
    return rows.select_related(*RELATED).annotate(
        zone=awarding_time_zone("version"),
        records=ArraySubquery(records.order_by("pk").values("pk")),
        happened=ArraySubquery(events.values(fact=JSONObject(**EVENT))),
        decisions=ArraySubquery(decisions.values(fact=JSONObject(**DECISION))),
        milestones=ArraySubquery(milestones.values(fact=JSONObject(**MILESTONE))),
        recognitions=ArraySubquery(recognitions.values(fact=JSONObject(**RECOGNITION))),
        has_others=Exists(others),
    )


def _person_records(same_as: OuterRef, own: OuterRef) -> QuerySet[Learner]:
    """All records of the person to whom a record with these columns belongs."""
    return Learner.objects.alias(person=Coalesce("same_as_id", "id")).filter(person=Coalesce(same_as, own))


def _facts(row: Any) -> EnrollmentFacts:  # noqa: ANN401 - an enrollment with the columns of `_with_facts`
    return EnrollmentFacts(
        enrollment=row,
        zone=ZoneInfo(row.zone),
        records=tuple(row.records),
        events=tuple(_event(fact) for fact in row.happened),
        exceptions=tuple(_exception(fact, method_of(row)) for fact in row.decisions),
        milestones=tuple(_milestone(fact) for fact in row.milestones),
        recognitions=tuple(_recognition(fact) for fact in row.recognitions),
        has_others=row.has_others,
    )


def _event(fact: Mapping[str, Any]) -> Event:
    on = date.fromisoformat(fact["on"])
    return Event(fact["id"], EventKind(fact["kind"]), on, fact["corrects"], fact["version"])


def _exception(fact: Mapping[str, Any], method: Method) -> RequirementException:
    return RequirementException(
        id=fact["id"],
        kind=ExceptionKind(fact["kind"]),
        node=fact["node"],
        attainment=fact["attainment"],
        competency=fact["competency"] or "",
        starts_on=_day(fact["starts_on"]),
        ends_on=_day(fact["ends_on"]),
        approved=method is not Method.ONE and fact["approval"] is not None,
        pending=fact["batch"] is not None and fact["approval"] is None,
    )


def _milestone(fact: Mapping[str, Any]) -> MilestoneReached:
    return MilestoneReached(
        public_id=UUID(fact["id"]),
        milestone=Milestone(public_id=UUID(fact["milestone"]), title=fact["title"]),
        reached_on=date.fromisoformat(fact["on"]),
        quantity=_amount(fact["quantity"]),
        basis=fact["basis"],
        withdrawn_at=_instant(fact["withdrawn"]),
    )


def _recognition(fact: Mapping[str, Any]) -> Recognition:
    competency, organization, rank = fact["competency"], fact["organization"], fact["rank"]
    return Recognition(
        public_id=UUID(fact["id"]),
        basis=fact["basis"],
        organization=Organization(public_id=UUID(organization)) if organization else None,
        competency=Competency(
            public_id=UUID(competency),
            code=fact["code"],
            short_statement=fact["statement"],
            source_identifier=fact["source"],
        )
        if competency
        else None,
        level=_level(fact) if rank is not None else None,
        conversions=fact["conversions"],
        without_level=fact["without_level"],
        credits=_amount(fact["credits"]),
        achieved_on=date.fromisoformat(fact["on"]),
        valid_until=_day(fact["until"]),
        withdrawn_at=_instant(fact["withdrawn"]),
    )


def _level(fact: Mapping[str, Any]) -> ProficiencyLevel:
    scale = ProficiencyScale(public_id=UUID(fact["scale"]), title=fact["scale_title"])
    return ProficiencyLevel(rank=fact["rank"], title=fact["level"], scale=scale)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
