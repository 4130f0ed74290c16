"""Stores the audits of enrollments. No other module writes Progress."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner
from assessments.mastery.queries.standings import MasteryToAudit, mastery_to_audit
from core import clock
from core.database.compiled import compiled
from core.database.storing import update_columns
from core.jobs import enqueue
from programs import jobs
from programs.audit.queries.attainments import (
    attainments_of_mastery,
    exceptions_of,
    milestones_and_recognitions,
    with_recorded_flags,
)
from programs.audit.queries.audits import audit_of, columns_of, kept_assignment, method_for
from programs.audit.queries.awarding import awarding_time_zone
from programs.audit.queries.mastery_bases import mastery_bases
from programs.audit.queries.trees import named_in, programs_in, stacking, tree_of
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import NEWEST, Method
from programs.audit.rules.requirements import ANYTHING
from programs.audit.rules.result import Audit
from programs.awards.actions.granting import AwardInputs, LearnerAwards, award_by_rule, award_inside
from programs.models import Award, Enrollment, Progress
from programs.models.enrollments import EnrollmentQuerySet
from programs.rules.attainments import Attainment, RequirementException

AUDITED = (
    "method",
    "status",
    "percent",
    "distance",
    "proven",
    "met_on",
    "audit",
    "assignment",
    "digest",
    "holds_until",
    "stale_since",
    "audited_at",
)


@transaction.atomic
def reaudit(enrollment: Enrollment, *, at: datetime | None = None, solver: Solver | None = None) -> Progress:
    """Audit an enrollment and store the result. Without a solver, a contested result is marked stale for a job."""
    person = locked_learner(enrollment.learner, at=at)
    return _store(person, [_enrollments(person.records).get(pk=enrollment.pk)], solver)[0]


def reaudit_person(
    person: LockedLearner, *, touched: Iterable[int] | None = None, solver: Solver | None = None
) -> list[Progress]:
    """Audit the open enrollments of a locked learner with trees that name a touched competency; None means all."""
    open_enrollments = rows = _open(person.records)
    if not rows:
        return []
    mastery = mastery_to_audit(person.carrier, at=person.at)
    if touched is not None:
        known = {row.competency: str(row.competency_name) for row in mastery}
        names = {known[competency] for competency in touched}
        rows = [row for row in rows if _asks_for(row, names)]
    return _store(person, rows, solver, mastery, open_enrollments)


def _asks_for(enrollment: Enrollment, names: set[str]) -> bool:
    """Return whether mastery of one of these competencies may change the audit of an enrollment."""
    named = named_in(tree_of(enrollment.version))
    # An exception can let a competency count that the tree does not name.
    return bool(named & names) or ANYTHING in named or _annotations(enrollment).has_decisions


@transaction.atomic
def reaudit_if_due(learner_id: int, *, at: datetime) -> int:
    """Audit the enrollments of a learner that need a new audit by `at`; return their number."""
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    # Read under the lock: another job may have audited these rows since this one was enqueued.
    due = Progress.objects.filter(learner__in=person.records).due(at).values("enrollment")
    rows = list(_enrollments(person.records).filter(pk__in=due, ended_on=None).order_by("pk"))
    _store(person, rows, None)
    # An ended enrollment keeps its last result, so it must not be due again.
    Progress.objects.filter(learner__in=person.records, enrollment__ended_on__isnull=False).due(at).update(
        holds_until=None
    )
    return len(rows)


def due_learners(*, at: datetime) -> list[int]:
    """Return the records with progress that needs a new audit by `at`, the longest overdue first."""
    rows = Progress.objects.due(at).order_by("holds_until", "learner").values_list("learner", flat=True)
    return list(dict.fromkeys(rows))


def settle(enrollment_id: int, *, at: datetime, solver: Solver) -> Progress | None:
    """Audit the enrollment of a stale row with the solver; None when the row is no longer stale."""
    row = Progress.objects.stale().filter(enrollment=enrollment_id).select_related("enrollment__learner").first()
    return None if row is None else reaudit(row.enrollment, at=at, solver=solver)


def _enrollments(records: tuple[int, ...]) -> EnrollmentQuerySet:
    rows = Enrollment.objects.select_related("version__program", "progress")
    # Both columns are large JSON and not needed: trees are cached by digest, and the audit is written, not read.
    rows = rows.defer("version__content", "progress__audit").annotate(awarding_zone=awarding_time_zone("version"))
    return with_recorded_flags(rows, records)


@compiled
def _open(records: tuple[int, ...]) -> EnrollmentQuerySet:
    return _enrollments(records).filter(learner__in=records, ended_on=None).order_by("pk")


@dataclass(frozen=True)
class _AuditInputs:
    """The inputs that all audits of one learner share; `competencies` are the ids of assessed ones, by public id.

    `open_enrollments` are all open enrollments of the learner; None reads them when they are needed.
    """

    person: LockedLearner
    mastery: list[MasteryToAudit]
    has_recorded: bool
    has_others: bool
    competencies: Mapping[str, int]
    learner_awards: LearnerAwards
    open_enrollments: list[Enrollment] | None
    solver: Solver | None
    by_method: dict[Method, tuple[Attainment, ...]] = field(default_factory=dict)

    def attainments(self, method: Method) -> tuple[Attainment, ...]:
        """Return the learner's attainments as a method reads them; they are read once for each method."""
        if method not in self.by_method:
            person = self.person
            others = self.has_others and method is not Method.ONE
            bases = mastery_bases(person.records, self.mastery, at=person.at) if others else {}
            recorded = milestones_and_recognitions(person.carrier, method=method) if self.has_recorded else ()
            mastery = attainments_of_mastery(self.mastery, method=method, bases=bases)
            self.by_method[method] = (*mastery, *recorded)
        return self.by_method[method]


def _store(
    person: LockedLearner,
    rows: list[Enrollment],
    solver: Solver | None,
    mastery: list[MasteryToAudit] | None = None,
    open_enrollments: list[Enrollment] | None = None,
) -> list[Progress]:
    """Audit inner programs first, so that their awards exist when the programs around them are audited."""
    if not rows:
        return []
    if mastery is None:
        mastery = mastery_to_audit(person.carrier, at=person.at)
    inputs = _AuditInputs(
        person,
        mastery=mastery,
        has_recorded=_annotations(rows[0]).has_recorded,
        has_others=_annotations(rows[0]).has_others,
        competencies={str(row.competency_name): row.competency for row in mastery},
        learner_awards=LearnerAwards(person),
        open_enrollments=open_enrollments,
        solver=solver,
    )
    done: dict[int, Progress] = {}
    waiting = sorted(rows, key=_inside_first)
    while waiting:
        enrollment = waiting.pop(0)
        done[enrollment.pk], granted = _audited(inputs, enrollment)
        if granted:
            waiting = sorted({*waiting, *_around(inputs, granted, enrollment)}, key=_inside_first)
    return [done[row.pk] for row in rows]


def _inside_first(enrollment: Enrollment) -> tuple[int, int]:
    return stacking(tree_of(enrollment.version)), enrollment.pk


def _around(inputs: _AuditInputs, granted: Iterable[Award], enrollment: Enrollment) -> list[Enrollment]:
    """Return the learner's other open enrollments with trees that contain a program that was just awarded."""
    names = {str(award.program_version.program.public_id) for award in granted if award.program_version}
    open_enrollments = _open(inputs.person.records) if inputs.open_enrollments is None else inputs.open_enrollments
    return [row for row in open_enrollments if row != enrollment and programs_in(tree_of(row.version)) & names]


def _audited(inputs: _AuditInputs, enrollment: Enrollment) -> tuple[Progress, list[Award]]:
    """Store the audit and return it, with the awards that were granted because of it, in their order."""
    person, learner_awards, solver = inputs.person, inputs.learner_awards, inputs.solver
    granted: list[Award] = []
    row = getattr(enrollment, "progress", None) or Progress(
        enrollment=enrollment, learner_id=enrollment.learner_id, method=NEWEST
    )
    # An enrollment that has changed to a version with newer content is audited by the method that can read it.
    row.method = method = method_for(enrollment.version, row.method)
    attainments = inputs.attainments(method)
    decisions = exceptions_of(enrollment, method=method) if _annotations(enrollment).has_decisions else ()
    while True:
        audited, newly_met = _audit_once(inputs, row, decisions)
        if audited is None or enrollment.ended_on is not None:
            return row, granted
        inside = award_inside(
            person,
            enrollment,
            audited.today,
            method=method,
            attainments=attainments,
            competencies=inputs.competencies,
            learner_awards=learner_awards,
            solver=solver,
        )
        if not inside:
            break
        granted += inside
    if audited.today.met:
        award_inputs = AwardInputs(
            enrollment.version,
            enrollment,
            method,
            attainments,
            decisions,
            previous=audited.today.assignment,
            newly_met=newly_met,
            audited=audited.today,
            on=clock.civil_date(person.at, _annotations(enrollment).zone),
            competencies=inputs.competencies,
        )
        award = award_by_rule(person, award_inputs, learner_awards=learner_awards, solver=solver)
        granted += [award] if award is not None else []
    return row, granted


def _audit_once(
    inputs: _AuditInputs, row: Progress, decisions: tuple[RequirementException, ...]
) -> tuple[Audit | None, bool]:
    """Store an audit in `row`; return it if it differs from the stored one, and whether it was not met before."""
    enrollment, at, method = row.enrollment, inputs.person.at, Method(row.method)
    zone = _annotations(enrollment).zone
    on = clock.civil_date(at, zone)
    awards = inputs.learner_awards.valid if programs_in(tree_of(enrollment.version)) else ()
    audited = audit_of(
        enrollment,
        on=on,
        at=at,
        attainments=inputs.attainments(method),
        exceptions=decisions,
        awards=awards,
        previous=kept_assignment(row),
        solver=inputs.solver,
        method=method,
    )
    columns = columns_of(audited, on=on, zone=zone)
    # What the bounds do not decide waits for a job with a solver; what a solver does not decide is final.
    undecided = inputs.solver is None and not audited.today.proven
    stale_since = (row.stale_since or at) if undecided else None
    if row.pk and (row.digest, row.holds_until, row.stale_since) == (
        columns["digest"],
        columns["holds_until"],
        stale_since,
    ):
        return None, False
    newly_met = row.met_on is None
    for name, value in columns.items():
        setattr(row, name, value)
    row.met_on = (row.met_on or on) if row.status == "met" else None
    row.stale_since, row.audited_at = stale_since, at
    if row.pk:
        update_columns([row], AUDITED)
    else:
        row.save()
    if undecided:
        # Enqueued in this transaction, once for each row: the job exists exactly if the stale row does.
        enqueue(jobs.SETTLE_PROGRESS, enrollment.pk, unique=True)
    return audited, newly_met


@dataclass(frozen=True, slots=True)
class _Annotations:
    """The annotations of `_enrollments`: the time zone of civil dates, and which further queries are needed."""

    zone: ZoneInfo
    has_decisions: bool
    has_recorded: bool
    has_others: bool


def _annotations(enrollment: Enrollment) -> _Annotations:
    seen = vars(enrollment)
    return _Annotations(
        ZoneInfo(seen["awarding_zone"]), seen["has_decisions"], seen["has_recorded"], seen["has_others"]
    )
