"""Audits of enrollments, computed now or as they were stored, and the states of enrollments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Learner
from core import clock
from core.text.canonical import digest
from programs.audit.formats.audit_json import read_assignment
from programs.audit.formats.audit_result_json import assignment_as_json, audit_as_json
from programs.audit.queries.attainments import attainments_of, awards_of, exceptions_of, with_awards
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.enrollment_facts import facts_for
from programs.audit.queries.trees import programs_in, tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.numbered_tree import DECIDED_BY_AUDIT_2
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import MAX_CACHED_TREES, Kind, Requirement
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
"""A program node is met by a valid award only."""
NEWER = Context(method=Method.TWO)


@lru_cache(maxsize=MAX_CACHED_TREES)
def context_of(tree: Requirement) -> Context:
    """Return the context of audits of a tree: that of `audit@2` where only this method decides what the tree says."""
    # Cached by tree, which is immutable.
    return NEWER if any(_decided_by_audit_2(node) for node in tree.walk()) else CONTEXT


def _decided_by_audit_2(node: Requirement) -> bool:
    newer = any(getattr(node, name) for name in DECIDED_BY_AUDIT_2)
    return newer or node.kind is Kind.IF or node.exclusive or bool(node.share_caps)


def audit_of(  # noqa: PLR0913 - the inputs of an audit, by name
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
    """Return the audit of an enrollment on a civil date, with the facts known at the instant `at`.

    `attainments` (without awards), `exceptions` and `awards` are the learner's; None reads them. Awards are read only
    where the tree has programs.
    """
    tree = tree_of(enrollment.version)
    counting = attainments_of(enrollment.learner, at=at) if attainments is None else attainments
    if programs_in(tree):
        counting = with_awards(tree, counting, awards_of(enrollment.learner) if awards is None else awards)
    return audit(
        tree,
        counting,
        exceptions_of(enrollment) if exceptions is None else exceptions,
        context=context_of(tree),
        on=on,
        facts=facts_for(tree, enrollment),
        previous=previous,
        solver=solver,
    )


def columns_of(audited: Audit, *, on: date, zone: ZoneInfo) -> dict[str, Any]:
    """Return an audit as columns of Progress; `zone` is where the day `holds_until` begins."""
    as_json = audit_as_json(audited, on=on)
    turns = audited.holds_until
    return {
        "status": audited.status.value,
        "percent": audited.percent,
        "distance": audited.today.distance,
        "proven": audited.today.proven,
        "audit": as_json,
        "assignment": assignment_as_json(audited.today.assignment),
        "digest": digest({name: value for name, value in as_json.items() if name != "on"}),
        "holds_until": None if turns is None else clock.day_begins(turns, zone),
    }


def kept_assignment(progress: Progress | None) -> Assignment | None:
    """Return the assignment that was stored with the row, None if there is none."""
    return read_assignment(progress.assignment) if progress is not None and progress.assignment else None


@dataclass(frozen=True, slots=True)
class ShownAudit:
    """The audit for a page, its civil date, and whether its status is certain."""

    audit: Audit
    on: date
    settled: bool


def shown_audit(enrollment: Enrollment, *, at: datetime) -> ShownAudit:
    """Return the audit of now for a page.

    It uses bounds only, without the solver; a job may still find a better plan.
    """
    zone = zone_of(enrollment)
    on = clock.civil_date(at, zone)
    kept = Progress.objects.filter(enrollment=enrollment).first()
    audited = audit_of(enrollment, on=on, at=at, previous=kept_assignment(kept))
    return ShownAudit(audited, on, audited.today.proven or audited.today.status_proven)


def progress_of(learner: Learner, program: Program, *, at: datetime) -> Progress | None:
    """Return the stored progress of a learner in a program; a stale or outdated row is recomputed in memory.

    The recomputed values are not stored here; the sweep stores them. None without an open enrollment or without a row.
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
    """Set the columns of a row in memory to the result of an audit now; nothing is stored.

    Inputs that are None are read from the database, as `audit_of` does.
    """
    zone = zone or zone_of(row.enrollment)
    on = clock.civil_date(at, zone)
    audited = audit_of(
        row.enrollment,
        on=on,
        at=at,
        attainments=attainments,
        exceptions=exceptions,
        awards=awards,
        previous=kept_assignment(row),
    )
    for name, value in columns_of(audited, on=on, zone=zone).items():
        setattr(row, name, value)


def events_of(enrollment: Enrollment) -> list[rules.Event]:
    """Return all events of an enrollment as the rules take them."""
    return [as_event(row) for row in enrollment.events.order_by("pk")]


def as_event(row: EnrollmentEvent) -> rules.Event:
    """Return an event row as the rules take it."""
    return rules.Event(row.pk, rules.EventKind(row.kind), row.effective_on, row.corrects_id, row.to_version_id)


def status_of(enrollment: Enrollment, *, on: date) -> rules.EnrollmentStatus:
    """Return the status of an enrollment on a day."""
    return rules.status_on(events_of(enrollment), on)


def statuses_of(enrollments: Iterable[Enrollment], *, on: date) -> dict[int, rules.EnrollmentStatus]:
    """Return `status_of` of several enrollments by id, in one query."""
    wanted = [enrollment.pk for enrollment in enrollments]
    events: dict[int, list[rules.Event]] = {pk: [] for pk in wanted}
    for row in EnrollmentEvent.objects.filter(enrollment__in=wanted).order_by("pk"):
        events[row.enrollment_id].append(as_event(row))
    return {pk: rules.status_on(happened, on) for pk, happened in events.items()}
