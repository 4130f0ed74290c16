"""Requests for approval by a second person, and their decisions."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts import jobs
from accounts.actions.constraint_errors import constraint_errors
from accounts.announcements import ApprovalGiven, approval_given
from accounts.errors import (
    ApprovalDecidedError,
    ApprovalOpenError,
    NotTheirsToDecideError,
    SecondPersonNeededError,
    TooEarlyAloneError,
)
from accounts.models import (
    ALONE_WAITS,
    Approval,
    ApprovalAct,
    ApprovalOutcome,
    ApprovedKind,
    Role,
    RoleAssignment,
    User,
)
from accounts.permissions import decides_approval, holds, may_read_approvals
from accounts.queries import deciding_addresses, verified_address_of, watching_addresses
from core.jobs import enqueue


@transaction.atomic
def ask_approval(
    act: ApprovalAct,
    *,
    kind: ApprovedKind,
    subject_id: uuid.UUID,
    digest: str,
    role: Role,
    reason: str,
    by: User,
    at: datetime,
) -> Approval:
    """Request that a holder of `role` approves `act`; `digest` covers everything that the act would do.

    An open request about the same subject with another digest is stale: it is voided.
    All others who can decide it get a mail. If nobody else can, registrars and inspectors get one, because the person
    who asks may then decide alone a day later. Raises ApprovalOpenError if the same request with the same digest is
    open already.
    """
    # The lock keeps somebody from deciding the old request while this one voids it.
    open_request = Approval.objects.about(act, kind, subject_id).open().select_for_update().first()
    if open_request is not None:
        if open_request.digest == digest:
            raise ApprovalOpenError
        _decided(_record_outcome(open_request, outcome=ApprovalOutcome.VOID, at=at), by=by)
    # Two people can ask at the same time, and neither sees the other's row yet: the constraint refuses the second one.
    with constraint_errors({"approval_one_open_per_act_and_subject": ApprovalOpenError}):
        approval = Approval.objects.create(
            act=act,
            subject_kind=kind,
            subject_id=subject_id,
            digest=digest,
            role=role,
            reason=reason,
            asked_by=by,
            asked_at=at,
        )
    if another_user_decides(approval, by, at):
        for address in deciding_addresses(role, at=at).exclude(user=by).select_related("user"):
            if decides_approval(address.user, approval):
                enqueue(jobs.MAIL_APPROVAL_ASKED, address.pk, approval.pk)
    else:
        for address in watching_addresses(at=at).select_related("user"):
            if may_read_approvals(address.user, approval):
                enqueue(jobs.MAIL_APPROVAL_ALONE, address.pk, approval.pk)
    return approval


@transaction.atomic
def decide_approval(approval: Approval, *, approved: bool, digest: str, by: User, at: datetime) -> Approval:
    """Approve or decline a request; `digest` covers what the act would do now.

    If the digest differs from the one in the request, the approval is returned void. The person who asked hears of the
    decision of somebody else by mail. They may decide themselves only if nobody else holds the role over its subject,
    and not before a day has passed.
    Raises ApprovalDecidedError, NotTheirsToDecideError, SecondPersonNeededError, TooEarlyAloneError.
    """
    # `of` limits the lock to the approval. It also keeps two deciders apart: the second one finds the decision.
    locked = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if locked.decided_at is not None:
        raise ApprovalDecidedError
    if not (holds(by, Role(locked.role), at=at) and decides_approval(by, locked)):
        raise NotTheirsToDecideError
    if locked.digest != digest:
        return _decided(_record_outcome(locked, outcome=ApprovalOutcome.VOID, at=at), by=by)
    decides_alone = by.pk == locked.asked_by_id
    if decides_alone and another_user_decides(locked, by, at):
        raise SecondPersonNeededError
    if decides_alone and at < locked.asked_at + ALONE_WAITS:
        raise TooEarlyAloneError
    locked.single_person = decides_alone
    outcome = ApprovalOutcome.APPROVED if approved else ApprovalOutcome.DECLINED
    decided = _record_outcome(locked, outcome=outcome, at=at, by=by)
    if approved:
        # Some acts are put into force by the approval itself, in this transaction.
        approval_given.send(ApprovalGiven(decided, at))
    return _decided(decided, by=by)


@transaction.atomic
def decide_by_page(approval: Approval, *, approved: bool, by: User, at: datetime) -> Approval:
    """Decide a request where only its kind is known; what the act would do now is asked of the app of that kind.

    Raises as `decide_approval`.
    """
    # First: what is locked for the act is locked before the request, on every road that leads to a decision.
    reader = _DIGESTS.get(approval.subject_kind)
    digest = reader(approval.subject_id) if reader is not None else approval.digest
    return decide_approval(approval, approved=approved, digest=digest, by=by, at=at)


def add_digest_reader(kind: ApprovedKind, reader: Callable[[uuid.UUID], str]) -> None:
    """Add the function that locks the subject of requests of one kind and returns today's digest of the act.

    For acts that the approval itself puts into force. Called once, when apps are ready.
    """
    _DIGESTS[kind.value] = reader


_DIGESTS: dict[str, Callable[[uuid.UUID], str]] = {}


def _decided(approval: Approval, *, by: User) -> Approval:
    """Let the person who asked hear of the decision, unless it is their own act."""
    if approval.asked_by_id != by.pk:
        address = verified_address_of(approval.asked_by)
        if address is not None:
            enqueue(jobs.MAIL_APPROVAL_DECIDED, address.pk, approval.pk)
    return approval


def _record_outcome(approval: Approval, *, outcome: ApprovalOutcome, at: datetime, by: User | None = None) -> Approval:
    approval.outcome, approval.decided_at, approval.decided_by = outcome, at, by
    approval.save(update_fields=["outcome", "decided_at", "decided_by", "single_person"])
    return approval


def another_user_decides(approval: Approval, user: User, at: datetime) -> bool:
    """Whether a user other than `user` can sign in and holds the role that decides, over the subject, at `at`."""
    # A registrar of another branch cannot decide: if nobody but them is left, the person who asked may decide alone.
    assignments = RoleAssignment.objects.in_force(at).to(Role(approval.role)).filter(user__is_active=True)
    others = User.objects.filter(pk__in=assignments.exclude(user=user).values("user")).order_by("pk")
    return any(decides_approval(other, approval) for other in others)
