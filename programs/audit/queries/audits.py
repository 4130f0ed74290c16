"""Audits of enrollments: asked anew, or as they were stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Learner
from core import clock
from core.text.canonical import digest
from programs.audit.formats.audit_json import read_assignment
from programs.audit.formats.audit_result_json import assignment_as_json, audit_as_json
from programs.audit.queries.attainments import attainments_of, awards_of, exceptions_of, with_awards
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.trees import programs_in, tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Context
from programs.audit.rules.result import Audit
from programs.models import (
    Award,
    Enrollment,
    EnrollmentEvent,
    Program,
    Progress,
)
from programs.rules import enrollment as rules
from programs.rules.attainments import Attainment, RequirementException

CONTEXT = Context()
"""A program node is met by a standing award only."""


def audit_of(  # noqa: PLR0913 - what an audit is given, by name
    enrollment: Enrollment,
    *,
    on: date,
    at: datetime,
    attainments: Sequence[Attainment] | None = None,
    exceptions: Sequence[RequirementException] | None = None,
    awards: Iterable[Award] | None = None,
    previous: Assignment | None = None,
    solver: Solver | None = None,
) -> Audit:
    """The audit of an enrollment on a civil date, with what is known at the instant `at`.

    `attainments` (without awards), `exceptions` and `awards` are the person's; what is not given is read. Awards are
    asked for only where the tree holds programs.
    """
    tree = tree_of(enrollment.version)
    brought = attainments_of(enrollment.learner, at=at) if attainments is None else attainments
    if programs_in(tree):
        brought = with_awards(tree, brought, awards_of(enrollment.learner) if awards is None else awards)
    return audit(
        tree,
        brought,
        exceptions_of(enrollment) if exceptions is None else exceptions,
        context=CONTEXT,
        on=on,
        previous=previous,
        solver=solver,
    )


def columns_of(found: Audit, *, on: date, zone: ZoneInfo) -> dict[str, Any]:
    """An audit as the columns of Progress that keep it."""
    told = audit_as_json(found, on=on)
    turns = found.holds_until
    return {
        "status": found.status.value,
        "percent": found.percent,
        "distance": found.today.distance,
        "proven": found.today.proven,
        "audit": told,
        "assignment": assignment_as_json(found.today.assignment),
        "digest": digest({name: value for name, value in told.items() if name != "on"}),
        "holds_until": None if turns is None else clock.day_begins(turns, zone),
    }


def kept_assignment(progress: Progress | None) -> Assignment | None:
    """What counted for what when the row was stored."""
    return read_assignment(progress.assignment) if progress is not None and progress.assignment else None


@dataclass(frozen=True, slots=True)
class Shown:
    """The audit to show, and whether what is known has been worked out to the end."""

    audit: Audit
    on: date
    settled: bool


def shown_audit(enrollment: Enrollment, *, at: datetime) -> Shown:
    """The audit for a page: always as of now, never a stored row past its time. Bounds only; a job may still refine."""
    zone = zone_of(enrollment)
    on = clock.civil_date(at, zone)
    kept = Progress.objects.filter(enrollment=enrollment).first()
    found = audit_of(enrollment, on=on, at=at, previous=kept_assignment(kept))
    return Shown(found, on, found.today.proven or found.today.status_proven)


def progress_of(learner: Learner, program: Program, *, at: datetime) -> Progress | None:
    """How far a person is in a program, as stored; worked out for the reader where the row is past its time or stale.

    What was worked out is not stored here: the sweep does that. None without an open enrollment or without a row.
    """
    row = (
        Progress.objects.of(learner)
        .filter(enrollment__program=program, enrollment__ended_on=None)
        .select_related("enrollment__version__program__organization", "enrollment__learner")
        .order_by("learner", "pk")
        .first()
    )
    if row is not None and (row.stale_since is not None or (row.holds_until is not None and row.holds_until <= at)):
        refresh(row, at=at)
    return row


def refresh(  # noqa: PLR0913 - what an audit is given, by name
    row: Progress,
    *,
    at: datetime,
    zone: ZoneInfo | None = None,
    attainments: Sequence[Attainment] | None = None,
    exceptions: Sequence[RequirementException] | None = None,
    awards: Iterable[Award] | None = None,
) -> None:
    """Set the columns of a row in memory to what the audit says now; what is not given is read, as by `audit_of`."""
    zone = zone or zone_of(row.enrollment)
    on = clock.civil_date(at, zone)
    found = audit_of(
        row.enrollment,
        on=on,
        at=at,
        attainments=attainments,
        exceptions=exceptions,
        awards=awards,
        previous=kept_assignment(row),
    )
    for name, value in columns_of(found, on=on, zone=zone).items():
        setattr(row, name, value)


def events_of(enrollment: Enrollment) -> list[rules.Event]:
    """All that happened to an enrollment, as the fold takes it."""
    return [as_event(row) for row in enrollment.events.order_by("pk")]


def as_event(row: EnrollmentEvent) -> rules.Event:
    """A row of the ledger as the rules take it."""
    return rules.Event(row.pk, rules.EventKind(row.kind), row.effective_on, row.corrects_id, row.to_version_id)


def standing_of(enrollment: Enrollment, *, on: date) -> rules.EnrollmentStatus:
    """The state of an enrollment on a day."""
    return rules.standing_on(events_of(enrollment), on)


def standings_of(enrollments: Iterable[Enrollment], *, on: date) -> dict[int, rules.EnrollmentStatus]:
    """`standing_of` of several, by id, in one query."""
    wanted = [enrollment.pk for enrollment in enrollments]
    events: dict[int, list[rules.Event]] = {pk: [] for pk in wanted}
    for row in EnrollmentEvent.objects.filter(enrollment__in=wanted).order_by("pk"):
        events[row.enrollment_id].append(as_event(row))
    return {pk: rules.standing_on(happened, on) for pk, happened in events.items()}
