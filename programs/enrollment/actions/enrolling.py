"""Actions on enrollments: admission, events, corrections. Events are only added (invariant 1).

Nobody decides about an enrollment of their own (OwnRecordError); learners pause and resume theirs.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.actions.mails import enqueue_learner_mail
from accounts.models import Learner, Organization, User
from assessments.mastery.actions.recomputing import track_all
from assessments.models import MasteryPolicyVersion
from core import clock
from core.jobs import enqueue
from programs import jobs
from programs.audit.queries.awarding import awarding_date, zone_of
from programs.awards.actions.progress import reaudit
from programs.decisions.actions.approving import batches_asked_about, void_if_stale
from programs.decisions.queries import exceptions_to_decide_again
from programs.enrollment.actions.completing import require_completable
from programs.enrollment.actions.events import fold, write_event
from programs.errors import (
    AlreadyCorrectedError,
    AlreadyEnrolledError,
    AnotherProgramError,
    ClosedToEntryError,
    CohortElsewhereError,
    ExceptionsOfVersionError,
    NotPublishedError,
    OutOfTurnEventError,
)
from programs.models import (
    Cohort,
    Enrollment,
    EnrollmentEvent,
    EventReason,
    ExceptionBatch,
    ProgramVersion,
    Progress,
    Requirement,
)
from programs.rules.enrollment import EventKind

OF_LEARNERS = frozenset({EventKind.PAUSE, EventKind.RESUME})
"""What learners record about their own enrollments."""


@transaction.atomic
def enroll(
    learner: Learner,
    *,
    version: ProgramVersion,
    on: date,
    by: User | None,
    at: datetime | None = None,
    organization: Organization | None = None,
    cohort: Cohort | None = None,
    reason: EventReason = EventReason.APPLICATION,
    started: bool = True,
) -> Enrollment:
    """Admit a learner to a published version from the day `on`, and begin to track mastery for its leaves.

    `started` also records that they begin that day. Raises NotPublishedError, ClosedToEntryError,
    CohortElsewhereError, AlreadyEnrolledError.
    """
    person = locked_learner(learner, at=at)
    person.require_another(by)
    # NO KEY UPDATE: nobody closes or retires the version meanwhile. Others who enroll in it wait for this transaction.
    locked = (
        ProgramVersion.objects.select_related("program__organization")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=version.pk)
    )
    if not locked.published:
        raise NotPublishedError
    if locked.closed_to_entry_on is not None and on >= locked.closed_to_entry_on:
        raise ClosedToEntryError
    locked_cohort = None if cohort is None else _locked_cohort(cohort, locked)
    # All linked records are one person. The constraint below sees one record only, so the lock on the person is needed.
    running = Enrollment.objects.filter(learner__in=person.records, program=locked.program_id)
    if running.filter(Q(ended_on=None) | Q(ended_on__gt=on)).exists():
        raise AlreadyEnrolledError
    with constraint_errors({"enrollment_one_open_per_program": AlreadyEnrolledError}):
        enrollment = Enrollment.objects.create(
            learner=person.record,
            program=locked.program,
            version=locked,
            organization=organization or locked.program.organization,
            cohort=locked_cohort,
            admitted_on=on,
            enrolled_at=person.at,
        )
    write_event(person, enrollment, EventKind.ADMIT, on=on, reason=reason, by=by, to_version=locked)
    if started:
        write_event(person, enrollment, EventKind.START, on=on, reason=reason, by=by)
    track_leaves(enrollment, at=person.at)
    reaudit(enrollment, at=person.at)
    enqueue_learner_mail(jobs.MAIL_ENROLLED, enrollment.pk, person=person)
    return enrollment


@transaction.atomic
def record_event(
    enrollment: Enrollment,
    *,
    kind: EventKind,
    on: date,
    reason: EventReason,
    by: User | None,
    at: datetime | None = None,
    words: str = "",
) -> EnrollmentEvent:
    """Record an event of an enrollment from the day `on`, which may be past or future.

    Admission, change of version and correction have actions of their own. Raises OutOfTurnEventError when the event is
    not possible at its place among the others, and what `require_completable` raises for a completion.
    """
    if kind in {EventKind.ADMIT, EventKind.CHANGE_VERSION, EventKind.CORRECT}:
        raise OutOfTurnEventError
    person, locked = _locked(enrollment, at)
    if kind not in OF_LEARNERS:
        person.require_another(by)
    if kind is EventKind.READMIT and _others_open(person, locked):
        raise AlreadyEnrolledError
    if kind is EventKind.COMPLETE:
        require_completable(locked, at=person.at)
    event = write_event(person, locked, kind, on=on, reason=reason, by=by, words=words)
    was_ended = locked.ended_on is not None
    fold(locked)
    if locked.ended_on is None:
        reaudit(locked, at=person.at)
        _move_if_older(locked, was_ended=was_ended)
    return event


@transaction.atomic
def change_version(
    enrollment: Enrollment,
    *,
    version: ProgramVersion,
    by: User | None,
    at: datetime | None = None,
    reason: EventReason = EventReason.NEW_VERSION,
) -> EnrollmentEvent:
    """Move a learner to another published version of the same program, from today on.

    Raises AnotherProgramError, NotPublishedError, OutOfTurnEventError, and ExceptionsOfVersionError where an exception
    needs an approval in that version: it was decided about the other one.
    """
    batches = batches_asked_about(enrollment)
    person, locked = _locked(enrollment, at)
    person.require_another(by)
    if version.program_id != locked.program_id:
        raise AnotherProgramError
    # Locked, so that the version cannot be retired between this check and the event.
    if not ProgramVersion.objects.published().filter(pk=version.pk).select_for_update(no_key=True).exists():
        raise NotPublishedError
    on = awarding_date(version, person.at)
    event = write_event(person, locked, EventKind.CHANGE_VERSION, on=on, reason=reason, by=by, to_version=version)
    fold(locked)
    _leave_exceptions_behind(locked, batches, by=by, at=person.at)
    track_leaves(locked, at=person.at)
    reaudit(locked, at=person.at)
    return event


def _leave_exceptions_behind(
    enrollment: Enrollment, batches: Iterable[ExceptionBatch], *, by: User | None, at: datetime
) -> None:
    """Void what was asked about another version than the present one of an enrollment.

    Raises ExceptionsOfVersionError for exceptions that would count in this version without their approval.
    """
    rows = Enrollment.objects.select_related("version__program", "organization", "cohort", "learner")
    again = exceptions_to_decide_again(rows.get(pk=enrollment.pk), at=at)
    if again:
        raise ExceptionsOfVersionError([str(row) for row in again])
    for batch in batches:
        void_if_stale(batch, by=by, at=at)


@transaction.atomic
def correct_event(
    event: EnrollmentEvent, *, by: User | None, at: datetime | None = None, words: str = ""
) -> EnrollmentEvent:
    """Void an event by a correction; the remaining events must be possible without it.

    Raises AlreadyCorrectedError, and OutOfTurnEventError when later events need it (all events need the admission).
    """
    batches = batches_asked_about(event.enrollment)
    person, locked = _locked(event.enrollment, at)
    person.require_another(by)
    if event.kind == EventKind.CORRECT:
        raise OutOfTurnEventError  # to undo a correction, the event is recorded again
    if EnrollmentEvent.objects.filter(corrects=event).exists():
        raise AlreadyCorrectedError
    on = clock.civil_date(person.at, zone_of(locked))
    correction = write_event(
        person, locked, EventKind.CORRECT, on=on, reason=EventReason.MISTAKE, by=by, words=words, corrects=event
    )
    if _others_open(person, locked):
        raise AlreadyEnrolledError
    was_ended, before = locked.ended_on is not None, locked.version_id
    fold(locked)
    if locked.version_id != before:
        _leave_exceptions_behind(locked, batches, by=by, at=person.at)
    reaudit(locked, at=person.at)
    _move_if_older(locked, was_ended=was_ended)
    return correction


def track_leaves(enrollment: Enrollment, *, at: datetime) -> None:
    """Begin to track mastery for each leaf of the version and its stacked programs, by the frozen policies."""
    versions = {enrollment.version_id}
    frontier = versions
    while frontier:  # one query for each level of stacking; it ends, because a program cannot contain itself
        inner = Requirement.objects.filter(version__in=frontier, nested_version__isnull=False)
        frontier = set(inner.values_list("nested_version", flat=True)) - versions
        versions |= frontier
    leaves = Requirement.objects.filter(version__in=versions, policy_in_force__isnull=False).select_related(
        "policy_in_force__scale"
    )
    wanted: dict[tuple[int, int], tuple[int, MasteryPolicyVersion]] = {}
    for leaf in leaves.order_by("competency", "policy_in_force"):
        if leaf.competency_id is not None and leaf.policy_in_force is not None:
            wanted[leaf.competency_id, leaf.policy_in_force.pk] = (leaf.competency_id, leaf.policy_in_force)
    track_all(enrollment.learner, subscriptions=wanted.values(), at=at)


def _locked_cohort(cohort: Cohort, version: ProgramVersion) -> Cohort:
    """Lock the cohort of a version. Raises CohortElsewhereError.

    The audit of the new enrollment reads its title and day: `save_cohort` waits for this lock, and finds the enrollment
    then. The foreign key alone locks the row only when the transaction ends.
    """
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if locked.version_id != version.pk:
        raise CohortElsewhereError
    return locked


def _locked(enrollment: Enrollment, at: datetime | None) -> tuple[LockedLearner, Enrollment]:
    person = locked_learner(enrollment.learner, at=at)
    row = Enrollment.objects.select_related("version__program__organization", "learner").get(pk=enrollment.pk)
    return person, row


def _move_if_older(enrollment: Enrollment, *, was_ended: bool) -> None:
    """Promise that an enrollment that is open again comes to the newest method, with its figures before and after."""
    if was_ended and Progress.objects.by_older_methods().filter(enrollment=enrollment).exists():
        enqueue(jobs.MOVE_LEARNER, enrollment.learner_id, unique=True)


def _others_open(person: LockedLearner, enrollment: Enrollment) -> bool:
    same = Enrollment.objects.open().filter(learner__in=person.records, program=enrollment.program_id)
    return same.exclude(pk=enrollment.pk).exists()
