"""Withdrawing decisions, and the end of exceptions: awards that rest on them are listed for review."""

from datetime import datetime
from typing import TypeVar

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner, User
from accounts.queries.time_zones import learner_civil_date
from core import clock
from programs.awards.actions.concerns import raise_for_decision
from programs.awards.actions.progress import reaudit_person
from programs.decisions.actions.approving import unapproved_in, void_if_stale
from programs.errors import AlreadyWithdrawnError
from programs.models import AwardConcern, ConcernKind, MilestoneReached, Recognition, RequirementException

Decision = TypeVar("Decision", MilestoneReached, Recognition, RequirementException)


@transaction.atomic
def withdraw_decision(decision: Decision, *, by: User, at: datetime | None = None) -> Decision:
    """Withdraw a milestone, a recognition or an exception; the row stays.

    Awards in force that rest on it are listed for review. Raises AlreadyWithdrawnError, OwnRecordError.
    """
    person = locked_learner(decision.learner, at=at)
    person.require_another(by)
    # Read again under the learner's lock: somebody may have withdrawn it meanwhile.
    locked = type(decision).objects.get(pk=decision.pk)
    if locked.withdrawn_at is not None:
        raise AlreadyWithdrawnError
    locked.withdrawn_at, locked.withdrawn_by = person.at, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if isinstance(locked, RequirementException):
        _void_if_last(locked, by=by, at=person.at)
    raise_for_decision(person, locked.public_id, kind=ConcernKind.DECISION_WITHDRAWN)
    reaudit_person(person)
    return locked


def _void_if_last(exception: RequirementException, *, by: User, at: datetime) -> None:
    """Void the request for an exception that was withdrawn, if no other one waits for it.

    Else it stays: the approval is about the others, whose learners are not locked here.
    """
    batch = exception.batch
    if batch is not None and not unapproved_in(batch):
        void_if_stale(batch, by=by, at=at)


def learners_with_ended_exceptions(*, at: datetime) -> list[int]:
    """Return the records with exceptions that have ended by date and were not looked at yet; the lowest id first."""
    rows = RequirementException.objects.ended_unreviewed(learner_civil_date(at))
    return list(dict.fromkeys(rows.order_by("learner").values_list("learner", flat=True)))


@transaction.atomic
def raise_for_ended_exceptions(learner_id: int, *, at: datetime) -> list[AwardConcern]:
    """List the awards of a learner for review that rest on an exception that has ended by date.

    Nothing is taken away: the exception was in force when the award was granted, and a person decides what follows.
    """
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    concerns: list[AwardConcern] = []
    # Read under the lock: another job may have looked at these rows since this one was enqueued.
    rows = RequirementException.objects.ended_unreviewed(clock.civil_date(person.at, person.zone))
    for row in rows.filter(learner__in=person.records).order_by("pk"):
        concerns += raise_for_decision(person, row.public_id, kind=ConcernKind.EXCEPTION_ENDED)
        row.end_reviewed_at = person.at
        row.save(update_fields=["end_reviewed_at"])
    return concerns
