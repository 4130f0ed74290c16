"""Writes events of enrollments and folds them into the stored columns. Events are only added (invariant 1)."""

from datetime import date

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner
from accounts.models import User
from core.database.ledger import new_salt
from programs.audit.queries.audits import events_of
from programs.errors import AlreadyCorrectedError, AlreadyEnrolledError, OutOfTurnEventError
from programs.models import Enrollment, EnrollmentEvent, EnrollmentEventBody, EventReason, ProgramVersion
from programs.rules.enrollment import EventKind, OutOfTurnError, events_in_force, status_on


def write_event(
    person: LockedLearner,
    enrollment: Enrollment,
    kind: EventKind,
    *,
    on: date,
    reason: EventReason,
    by: User | None,
    words: str = "",
    to_version: ProgramVersion | None = None,
    corrects: EnrollmentEvent | None = None,
) -> EnrollmentEvent:
    """Add an event to a locked learner's enrollment, with its note. Raises AlreadyCorrectedError."""
    # The unique constraint decides where two people correct the same event at once.
    with constraint_errors({"programs_enrollmentevent_corrects_id_key": AlreadyCorrectedError}):
        event = EnrollmentEvent.objects.create(
            learner=enrollment.learner,
            enrollment=enrollment,
            kind=kind.value,
            effective_on=on,
            reason=reason,
            recorded_at=person.at,
            recorded_by=by,
            to_version=to_version,
            corrects=corrects,
        )
    if words.strip():
        EnrollmentEventBody.objects.create(event=event, content=words.strip(), salt=new_salt())
    return event


def fold(enrollment: Enrollment) -> None:
    """Check that all events are possible in their order, and store their result on the enrollment.

    Raises OutOfTurnEventError, AlreadyEnrolledError.
    """
    events = events_of(enrollment)
    try:
        standing = status_on(events, None)
    except OutOfTurnError as error:
        raise OutOfTurnEventError from error
    if standing.since is None or standing.version is None:
        raise OutOfTurnEventError
    enrollment.ended_on = standing.since if standing.ended else None
    enrollment.admitted_on = events_in_force(events)[0].effective_on
    if enrollment.version_id != standing.version:
        enrollment.version = ProgramVersion.objects.select_related("program__organization").get(pk=standing.version)
    with constraint_errors({"enrollment_one_open_per_program": AlreadyEnrolledError}):
        enrollment.save(update_fields=["ended_on", "admitted_on", "version"])
