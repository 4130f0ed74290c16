"""Completing enrollments: by a person where the requirements are met, and by rule where the award is in force."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner
from core import clock
from core.jobs import enqueue
from programs import jobs
from programs.audit.queries.audits import events_of, shown_audit
from programs.audit.queries.awarding import zone_of
from programs.enrollment.actions.events import fold, write_event
from programs.errors import RequirementsNotMetError, StillAuditedError
from programs.models import Award, Enrollment, EnrollmentEvent, EventReason
from programs.rules.enrollment import EventKind, events_in_force

BATCH = 500


def require_completable(enrollment: Enrollment, *, at: datetime) -> None:
    """Refuse to complete an enrollment of which neither the requirements are met nor the award is in force.

    Where they are not met, *force complete* with the approval of a second registrar is the way. Raises
    RequirementsNotMetError, and StillAuditedError while a job is working out whether they are met.
    """
    if _awards_in_force(enrollment).exists():
        return
    shown = shown_audit(enrollment, at=at)
    if not shown.settled:
        raise StillAuditedError
    if not shown.audit.today.met:
        raise RequirementsNotMetError


@transaction.atomic
def enqueue_completions(after: int) -> int:
    """Enqueue a job for each of the next learners with an enrollment to complete; return their number.

    `after` is the last id of the batch before. A full batch enqueues the next one: those whom `complete_awarded` leaves
    alone for now do not keep it from the others.
    """
    learners = learners_to_complete(after=after, limit=BATCH)
    for learner_id in learners:
        enqueue(jobs.COMPLETE_LEARNER, learner_id, unique=True)
    if len(learners) == BATCH:
        enqueue(jobs.COMPLETE_LEARNERS, learners[-1], unique=True)
    return len(learners)


def learners_to_complete(*, after: int = 0, limit: int) -> list[int]:
    """Return the records with open enrollments of which the award is in force, the lowest id after `after` first."""
    rows = _to_complete().filter(learner__gt=after)
    return list(rows.order_by("learner").values_list("learner", flat=True).distinct()[:limit])


@transaction.atomic
def complete_awarded(learner_id: int, *, at: datetime) -> list[Enrollment]:
    """Complete the open enrollments of a learner of which the award is in force; return them.

    The day is that of the award, or of a later event. An enrollment that was completed before is left to people: they
    have taken that back. One with an event of a later day, such as a pause, waits for that day.
    """
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    rows = _to_complete().filter(learner__in=person.records)
    completed = []
    for enrollment in rows.select_related("version__program__organization", "learner").order_by("pk"):
        today = clock.civil_date(person.at, zone_of(enrollment))
        last = max(event.effective_on for event in events_in_force(events_of(enrollment)))
        awarded_on = _awards_in_force(enrollment).values_list("awarded_on", flat=True).first()
        day = max(last, awarded_on or today)
        if day > today:
            continue
        # No event follows, so an open enrollment can be completed on that day.
        write_event(person, enrollment, EventKind.COMPLETE, on=day, reason=EventReason.REQUIREMENTS_MET, by=None)
        fold(enrollment)
        completed.append(enrollment)
    return completed


def _awards_in_force(enrollment: Enrollment) -> QuerySet[Award]:
    """Return the awards in force of exactly this enrollment and its version, the first granted first."""
    rows = Award.objects.standing().filter(enrollment=enrollment, program_version=enrollment.version_id)
    return rows.order_by("awarded_on", "pk")


def _to_complete() -> QuerySet[Enrollment]:
    """Return the open enrollments with an award in force of their version, without an earlier completion."""
    awards = Award.objects.standing().filter(enrollment=OuterRef("pk"), program_version=OuterRef("version"))
    completions = EnrollmentEvent.objects.filter(enrollment=OuterRef("pk"), kind=EventKind.COMPLETE.value)
    return Enrollment.objects.open().filter(Exists(awards)).exclude(Exists(completions))
