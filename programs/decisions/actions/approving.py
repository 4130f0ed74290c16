"""Puts exceptions into force once a second registrar has approved them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions.approvals import SubjectNow, decide_approval
from accounts.actions.locked_learner import locked_learner
from accounts.actions.locking import lock_learners
from accounts.announcements import ApprovalGiven
from accounts.errors import ApprovalMissingError
from accounts.models import Approval, ApprovalAct, ApprovalOutcome, User
from programs.awards.actions.progress import reaudit_person
from programs.decisions.actions.exceptions import ask_for_approval
from programs.decisions.queries import batch_digest, request_of
from programs.errors import NothingPendingError
from programs.models import ExceptionBatch, RequirementException


@transaction.atomic
def approve_exceptions(batch: ExceptionBatch, *, approved: bool, by: User, at: datetime) -> Approval:
    """Approve or decline a batch of exceptions; what is approved counts from now on.

    If an exception is not what was asked any more, the approval is returned void. Raises ApprovalMissingError where
    nobody has asked, and the errors of `decide_approval`.
    """
    lock_learners(batch.exceptions.values_list("learner", flat=True))
    request = request_of(batch)
    if request is None:
        raise ApprovalMissingError
    return decide_approval(request, approved=approved, digest=batch_digest(batch), by=by, at=at)


@transaction.atomic
def ask_again(batch: ExceptionBatch, *, by: User, at: datetime) -> Approval:
    """Ask again after a request was declined or void. Raises NothingPendingError, ApprovalOpenError, OwnRecordError."""
    lock_learners(batch.exceptions.values_list("learner", flat=True))
    waiting = list(pending_of(batch))
    for row in waiting:
        locked_learner(row.learner, at=at).require_another(by)
    if not waiting:
        raise NothingPendingError
    return ask_for_approval(batch, waiting, by=by, at=at)


def locked_batch(public_id: UUID) -> SubjectNow:
    """Lock the learners of a batch with their linked records; return what its approval would put into force now."""
    batch = ExceptionBatch.objects.get(public_id=public_id)
    people = lock_learners(batch.exceptions.values_list("learner", flat=True))
    # Read under the locks: an exception may have been withdrawn, and an enrollment moved, since it was asked.
    accounts = frozenset(row.user_id for row in people if row.user_id is not None)
    # Where everything was withdrawn there is nothing to approve, so the request is void.
    return SubjectNow(batch_digest(batch) if pending_of(batch) else "", accounts)


def put_into_force(news: ApprovalGiven) -> None:
    """Let the exceptions of an approved batch count, wherever the approval was given.

    Where an enrollment has moved to another version since, the request is void and nobody comes here (`locked_batch`).
    Exceptions that were withdrawn meanwhile stay withdrawn.
    """
    approval = news.approval
    if approval.act != ApprovalAct.EXCEPT or approval.outcome != ApprovalOutcome.APPROVED:
        return
    batch = ExceptionBatch.objects.get(public_id=approval.subject_id)
    rows = list(pending_of(batch))
    RequirementException.objects.filter(pk__in=[row.pk for row in rows]).update(approval=approval)
    seen: set[int] = set()
    for row in rows:
        person = locked_learner(row.learner, at=news.at)
        if person.carrier.pk not in seen:
            seen.add(person.carrier.pk)
            reaudit_person(person)


def pending_of(batch: ExceptionBatch) -> list[RequirementException]:
    """Return the exceptions of a batch that wait for its approval, in the order of their learners."""
    rows = batch.exceptions.standing().filter(approval=None)
    return list(rows.select_related("learner", "enrollment__version__program").order_by("learner", "pk"))
