"""Puts exceptions into force once a second registrar has approved them, and audits when they are declined."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions.approvals import SubjectNow, decide_approval, void_stale_request
from accounts.actions.locked_learner import locked_learner
from accounts.actions.locking import lock_learners
from accounts.announcements import ApprovalDecided
from accounts.errors import ApprovalMissingError
from accounts.models import Approval, ApprovalAct, ApprovalOutcome, ApprovedKind, User
from programs.awards.actions.progress import reaudit_person
from programs.decisions.actions.exceptions import ask_for_approval
from programs.decisions.queries import batch_digest, request_of
from programs.errors import NothingPendingError
from programs.models import Enrollment, ExceptionBatch, RequirementException


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
    """Ask again after a request was declined or void: the exceptions are projected again.

    Raises NothingPendingError, ApprovalOpenError, OwnRecordError.
    """
    lock_learners(batch.exceptions.values_list("learner", flat=True))
    rows = unapproved_in(batch)
    for row in rows:
        locked_learner(row.learner, at=at).require_another(by)
    if not rows:
        raise NothingPendingError
    request = ask_for_approval(batch, rows, by=by, at=at)
    _reaudit_people(rows, at=at)
    return request


def locked_batch(public_id: UUID) -> SubjectNow:
    """Lock the learners of a batch with their linked records; return what its approval would put into force now."""
    batch = ExceptionBatch.objects.get(public_id=public_id)
    people = lock_learners(batch.exceptions.values_list("learner", flat=True))
    # Read under the locks: an exception may have been withdrawn, and an enrollment moved, since it was asked.
    accounts = frozenset(row.user_id for row in people if row.user_id is not None)
    return SubjectNow(_digest_now(batch), accounts)


def _digest_now(batch: ExceptionBatch) -> str:
    # Where everything was withdrawn there is nothing to approve, so the request is void.
    return batch_digest(batch) if unapproved_in(batch) else ""


def void_if_stale(batch: ExceptionBatch, *, by: User | None, at: datetime) -> None:
    """Void the open request about a batch if its exceptions are not what was asked any more.

    The learners of the batch with unapproved exceptions are audited, so the caller holds their locks.
    """
    void_stale_request(
        ApprovalAct.EXCEPT,
        kind=ApprovedKind.EXCEPTION_BATCH,
        subject_id=batch.public_id,
        digest=_digest_now(batch),
        by=by,
        at=at,
    )


def batches_asked_about(enrollment: Enrollment) -> list[ExceptionBatch]:
    """Lock all learners of the batches in which an enrollment waits for an approval; return these batches.

    For whoever is about to lock the enrollment's learner and to change what was asked: locks are taken in order of id.
    """
    waiting = RequirementException.objects.audited().filter(enrollment=enrollment, batch__isnull=False, approval=None)
    batches = list(ExceptionBatch.objects.filter(exceptions__in=waiting).distinct().order_by("pk"))
    together = RequirementException.objects.filter(batch__in=batches)
    lock_learners([enrollment.learner_id, *together.values_list("learner", flat=True)])
    return batches


def carry_out_decision(news: ApprovalDecided) -> None:
    """Let the exceptions of an approved batch count, wherever the approval was given.

    Where they are declined, or void because an enrollment has moved to another version since (`locked_batch`), they are
    no longer projected. Exceptions that were withdrawn meanwhile stay withdrawn.
    """
    approval = news.approval
    if approval.act != ApprovalAct.EXCEPT:
        return
    rows = unapproved_in(ExceptionBatch.objects.get(public_id=approval.subject_id))
    if approval.outcome == ApprovalOutcome.APPROVED:
        RequirementException.objects.filter(pk__in=[row.pk for row in rows]).update(approval=approval)
    _reaudit_people(rows, at=news.at)


def _reaudit_people(rows: Iterable[RequirementException], *, at: datetime) -> None:
    """Audit each person of these exceptions once; their learners are locked already, in order of id."""
    seen: set[int] = set()
    for row in rows:
        person = locked_learner(row.learner, at=at)
        if person.carrier.pk not in seen:
            seen.add(person.carrier.pk)
            reaudit_person(person)


def unapproved_in(batch: ExceptionBatch) -> list[RequirementException]:
    """Return the exceptions of a batch that lack its approval, in the order of their learners."""
    rows = batch.exceptions.standing().filter(approval=None)
    return list(rows.select_related("learner", "enrollment__version__program").order_by("learner", "pk"))
