"""Audits of enrollments, computed now or as they were stored, and the states of enrollments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.text.canonical import digest
from programs.audit.formats.audit_json import read_assignment
from programs.audit.formats.audit_result_json import assignment_as_json, audit_as_json
from programs.audit.formats.stored_audit_json import audited_on, read_audit
from programs.audit.queries.attainments import attainments_of, awards_of, exceptions_of, with_awards
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.enrollment_facts import applying_tree_of, facts_for
from programs.audit.queries.trees import FIRST_CONTENT, audited_tree_of, content_format_of, programs_in
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import NEWEST, Context, Method
from programs.audit.rules.result import Audit
from programs.models import (
    Award,
    Enrollment,
    EnrollmentEvent,
    ProgramVersion,
    Progress,
)
from programs.rules import enrollment as rules
from programs.rules.attainments import Attainment, RequirementException

CONTEXTS = {method.value: Context(method=method) for method in Method}
"""The context of each method. A program node is met by a valid award only."""


def method_of(enrollment: Enrollment) -> Method:
    """Return the method by which an enrollment is audited: that of its progress; the newest one before its first audit.

    A query where the row was read without its progress.
    """
    row = getattr(enrollment, "progress", None)
    return NEWEST if row is None else Method(row.method)


def method_for(version: ProgramVersion, stored: str) -> Method:
    """Return the method that audits a version next: the stored one while it can read the version's content.

    An enrollment may change to a version with newer content, which `audit@1` cannot read.
    """
    method = Method(stored)
    return NEWEST if method is Method.ONE and content_format_of(version) != FIRST_CONTENT else method


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
    method: Method | None = None,
) -> Audit:
    """Return the audit of an enrollment on a civil date, with the facts known at the instant `at`.

    `attainments` (without awards, as `method` reads them), `exceptions` and `awards` are the learner's; None reads
    them. Awards are read only where the tree has programs. `method` is by default that of the enrollment.
    """
    method = method_of(enrollment) if method is None else method
    tree = audited_tree_of(enrollment.version, method)
    counting = attainments_of(enrollment.learner, at=at, method=method) if attainments is None else attainments
    if programs_in(tree):
        counting = with_awards(tree, counting, awards_of(enrollment.learner) if awards is None else awards)
    audited = audit(
        tree,
        counting,
        exceptions_of(enrollment, method=method) if exceptions is None else exceptions,
        context=CONTEXTS[method],
        on=on,
        facts=facts_for(tree, enrollment),
        previous=previous,
        solver=solver,
    )
    return _until_admission(audited, enrollment, on)


def _until_admission(audited: Audit, enrollment: Enrollment, on: date) -> Audit:
    """Let an audit before the day of admission hold until that day: nothing is awarded by rule before it."""
    admitted_on = enrollment.admitted_on
    if admitted_on <= on:
        return audited
    until = admitted_on if audited.holds_until is None else min(audited.holds_until, admitted_on)
    return replace(audited, holds_until=until)


def columns_of(audited: Audit, *, on: date, zone: ZoneInfo) -> dict[str, Any]:
    """Return an audit as columns of Progress; `zone` is where the day `holds_until` begins.

    Attainments that nothing in the tree asks for are left out: the stored answer must not change with them, because
    no audit follows a change of what the tree does not ask for.
    """
    as_json = _without_unasked(audit_as_json(audited, on=on))
    turns = audited.holds_until
    return {
        "status": audited.status.value,
        "percent": audited.percent,
        "distance": audited.today.distance,
        "proven": audited.today.proven,
        "audit": as_json,
        "assignment": assignment_as_json(audited.today.assignment),
        "digest": digest(_answer(as_json)),
        "holds_until": None if turns is None else clock.day_begins(turns, zone),
    }


def _without_unasked(as_json: dict[str, Any]) -> dict[str, Any]:
    outcomes = {}
    for name in ("today", "projected"):
        kept = [refusal for refusal in as_json[name]["left_out"] if refusal["reason"] != Reason.UNASKED]
        outcomes[name] = {**as_json[name], "left_out": kept}
    return {**as_json, **outcomes}


def _answer(as_json: dict[str, Any]) -> dict[str, Any]:
    """Return an audit without its day and without the way it was found, which depends on the audit before it."""
    found = ("engine", "contested")
    outcomes = {
        outcome: {name: value for name, value in as_json[outcome].items() if name not in found}
        for outcome in ("today", "projected")
    }
    return {**{name: value for name, value in as_json.items() if name != "on"}, **outcomes}


def kept_assignment(progress: Progress | None) -> Assignment | None:
    """Return the assignment that was stored with the row, None if there is none."""
    return read_assignment(progress.assignment) if progress is not None and progress.assignment else None


@dataclass(frozen=True, slots=True)
class LastAudit:
    """The last audit of an ended enrollment, and its civil date."""

    audit: Audit
    on: date


def last_audit(enrollment: Enrollment, progress: Progress | None) -> LastAudit | None:
    """Return the last audit of an ended enrollment: it keeps its result, whatever the learner does elsewhere later.

    None for an open enrollment, and where the stored audit has other nodes than the tree that applies today.
    """
    if enrollment.ended_on is None or progress is None or progress.stale_since is not None:
        return None
    audited = read_audit(progress.audit)
    tree = applying_tree_of(enrollment, Method(progress.method))
    same = {node.node for node in audited.today.nodes} == {node.id for node in tree.walk()}
    return LastAudit(audited, audited_on(progress.audit)) if same else None


@dataclass(frozen=True, slots=True)
class ShownAudit:
    """The audit for a page, its method and civil date, and whether its status is certain."""

    audit: Audit
    method: Method
    on: date
    settled: bool


def shown_audit(enrollment: Enrollment, *, at: datetime) -> ShownAudit:
    """Return the audit of now for a page; of an ended enrollment the last one that was stored.

    It uses bounds only, without the solver; a job may still find a better plan.
    """
    zone = zone_of(enrollment)
    on = clock.civil_date(at, zone)
    kept = Progress.objects.filter(enrollment=enrollment).first()
    method = NEWEST if kept is None else Method(kept.method)
    last = last_audit(enrollment, kept)
    if last is not None:
        return ShownAudit(last.audit, method, last.on, settled=True)
    audited = audit_of(enrollment, on=on, at=at, previous=kept_assignment(kept), method=method)
    return ShownAudit(audited, method, on, audited.today.proven or audited.today.status_proven)


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
        method=Method(row.method),
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
