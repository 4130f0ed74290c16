"""Stores how far enrollments are; every write of Progress goes through here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    exceptions_of,
    mastered_among,
    milestones_and_recognitions,
    with_what_was_recorded,
)
from programs.audit.queries.audits import audit_of, columns_of, kept_assignment
from programs.audit.queries.awarding import zone_awarding
from programs.audit.queries.trees import named_in, programs_in, stacking, tree_of
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.requirements import ANYTHING
from programs.audit.rules.result import Audit
from programs.awards.actions.granting import Earned, Held, award_by_rule, award_inside
from programs.models import Award, Enrollment, Progress
from programs.models.enrollments import EnrollmentQuerySet
from programs.rules.attainments import Attainment, RequirementException

AUDITED = (
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
    """Audit an enrollment and store the answer. Without a solver a contested tree is marked stale and left to a job."""
    person = locked_learner(enrollment.learner, at=at)
    return _store(person, [_enrollments(person.records).get(pk=enrollment.pk)], solver)[0]


def reaudit_person(
    person: LockedLearner, *, touched: Iterable[int] | None = None, solver: Solver | None = None
) -> list[Progress]:
    """Audit the open enrollments of a locked person whose tree names a touched competency (None: all of them)."""
    studied = rows = _open(person.records)
    if not rows:
        return []
    mastery = mastery_to_audit(person.carrier, at=person.at)
    if touched is not None:
        known = {row.competency: str(row.competency_name) for row in mastery}
        names = {known[competency] for competency in touched}
        rows = [row for row in rows if (named := named_in(tree_of(row.version))) & names or ANYTHING in named]
    return _store(person, rows, solver, mastery, studied)


@transaction.atomic
def reaudit_if_due(learner_id: int, *, at: datetime) -> int:
    """Audit a person's enrollments whose answer may have turned by `at`; how many that were."""
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    due = Progress.objects.filter(learner__in=person.records).due(at).values("enrollment")
    rows = list(_enrollments(person.records).filter(pk__in=due, ended_on=None).order_by("pk"))
    _store(person, rows, None)
    # An ended enrollment keeps the answer it ended with.
    Progress.objects.filter(learner__in=person.records, enrollment__ended_on__isnull=False).due(at).update(
        holds_until=None
    )
    return len(rows)


def due_learners(*, at: datetime) -> list[int]:
    """The records with progress whose answer may have turned by `at`, those that wait longest first."""
    rows = Progress.objects.due(at).order_by("holds_until", "learner").values_list("learner", flat=True)
    return list(dict.fromkeys(rows))


def settle(enrollment_id: int, *, at: datetime, solver: Solver) -> Progress | None:
    """Work a stale row out with the solver; None when it is settled already."""
    row = Progress.objects.stale().filter(enrollment=enrollment_id).select_related("enrollment__learner").first()
    return None if row is None else reaudit(row.enrollment, at=at, solver=solver)


def _enrollments(records: tuple[int, ...]) -> EnrollmentQuerySet:
    rows = Enrollment.objects.select_related("version__program", "progress")
    rows = rows.defer("version__content", "progress__audit").annotate(awarding_zone=zone_awarding("version"))
    return with_what_was_recorded(rows, records)


@compiled
def _open(records: tuple[int, ...]) -> EnrollmentQuerySet:
    return _enrollments(records).filter(learner__in=records, ended_on=None).order_by("pk")


@dataclass(frozen=True)
class _AuditInputs:
    """What all audits of one person share; `competencies` are the ids of those mastered or not, by public id.

    `studied` are all open enrollments of the person where they are at hand.
    """

    person: LockedLearner
    brought: tuple[Attainment, ...]
    competencies: Mapping[str, int]
    held: Held
    studied: list[Enrollment] | None
    solver: Solver | None


def _store(
    person: LockedLearner,
    rows: list[Enrollment],
    solver: Solver | None,
    mastery: list[MasteryToAudit] | None = None,
    studied: list[Enrollment] | None = None,
) -> list[Progress]:
    """Audit from the inside outwards: what is awarded below is there when the programs around it are audited."""
    if not rows:
        return []
    if mastery is None:
        mastery = mastery_to_audit(person.carrier, at=person.at)
    recorded = milestones_and_recognitions(person.carrier) if _beside(rows[0]).has_recorded else ()
    inputs = _AuditInputs(
        person,
        brought=(*mastered_among(mastery), *recorded),
        competencies={str(row.competency_name): row.competency for row in mastery},
        held=Held(person),
        studied=studied,
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
    """The person's other open enrollments whose tree holds a program that was just awarded."""
    names = {str(award.program_version.program.public_id) for award in granted if award.program_version}
    studied = _open(inputs.person.records) if inputs.studied is None else inputs.studied
    return [row for row in studied if row != enrollment and programs_in(tree_of(row.version)) & names]


def _audited(inputs: _AuditInputs, enrollment: Enrollment) -> tuple[Progress, list[Award]]:
    """The stored answer, and the awards that it brought at once, in the order in which they were granted."""
    person, brought, held, solver = inputs.person, inputs.brought, inputs.held, inputs.solver
    granted: list[Award] = []
    row = getattr(enrollment, "progress", None) or Progress(enrollment=enrollment, learner_id=enrollment.learner_id)
    decisions = exceptions_of(enrollment) if _beside(enrollment).has_decisions else ()
    while True:
        found, anew = _audit_once(inputs, row, decisions)
        if found is None or enrollment.ended_on is not None:
            return row, granted
        inside = award_inside(
            person,
            enrollment,
            found.today,
            brought=brought,
            competencies=inputs.competencies,
            held=held,
            solver=solver,
        )
        if not inside:
            break
        granted += inside
    if found.today.met:
        earned = Earned(
            enrollment.version,
            enrollment,
            brought,
            decisions,
            previous=found.today.assignment,
            anew=anew,
            audited=found.today,
            on=clock.civil_date(person.at, _beside(enrollment).zone),
            competencies=inputs.competencies,
        )
        award = award_by_rule(person, earned, held=held, solver=solver)
        granted += [award] if award is not None else []
    return row, granted


def _audit_once(
    inputs: _AuditInputs, row: Progress, decisions: tuple[RequirementException, ...]
) -> tuple[Audit | None, bool]:
    """Store the audit in `row`; the audit where it says something new, and whether the requirements are met anew."""
    enrollment, at = row.enrollment, inputs.person.at
    zone = _beside(enrollment).zone
    on = clock.civil_date(at, zone)
    awards = inputs.held.standing if programs_in(tree_of(enrollment.version)) else ()
    found = audit_of(
        enrollment,
        on=on,
        at=at,
        attainments=inputs.brought,
        exceptions=decisions,
        awards=awards,
        previous=kept_assignment(row),
        solver=inputs.solver,
    )
    columns = columns_of(found, on=on, zone=zone)
    # What bounds leave open waits for a solver; what a solver leaves open is the best that is known.
    open_still = inputs.solver is None and not found.today.proven
    stale_since = (row.stale_since or at) if open_still else None
    if row.pk and (row.digest, row.holds_until, row.stale_since) == (
        columns["digest"],
        columns["holds_until"],
        stale_since,
    ):
        return None, False
    anew = row.met_on is None
    for name, value in columns.items():
        setattr(row, name, value)
    row.met_on = (row.met_on or on) if row.status == "met" else None
    row.stale_since, row.audited_at = stale_since, at
    if row.pk:
        update_columns([row], AUDITED)
    else:
        row.save()
    if open_still:
        enqueue(jobs.SETTLE_PROGRESS, enrollment.pk, unique=True)
    return found, anew


@dataclass(frozen=True, slots=True)
class _Beside:
    """What `_enrollments` asks beside a row: where its civil dates are made, and what there is to ask further."""

    zone: ZoneInfo
    has_decisions: bool
    has_recorded: bool


def _beside(enrollment: Enrollment) -> _Beside:
    seen = vars(enrollment)
    return _Beside(ZoneInfo(seen["awarding_zone"]), seen["has_decisions"], seen["has_recorded"])
