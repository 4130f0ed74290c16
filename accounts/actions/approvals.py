"""Requests for approval by a second person, and their decisions."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import jobs
from accounts.actions.constraint_errors import constraint_errors
from accounts.announcements import ApprovalDecided, approval_decided
from accounts.errors import (
    ApprovalDecidedError,
    ApprovalOpenError,
    NotTheirsToDecideError,
    OwnRecordError,
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
from accounts.queries.addresses import deciding_addresses, verified_address_of, watching_addresses
from core.jobs import enqueue


@dataclass(frozen=True, slots=True)
class SubjectNow:
    """What an act would do now: its digest, and the accounts of the people whose records it is about."""

    digest: str
    accounts: frozenset[int]


# Takes the public id of the subject, and locks the learners whom the act is about before it reads anything.
SubjectLock = Callable[[uuid.UUID], SubjectNow]
_LOCKS: dict[str, SubjectLock] = {}


def add_subject_lock(kind: ApprovedKind, lock: SubjectLock) -> None:
    """Add what reads the subjects of one kind as they are now. Called once, when apps are ready.

    A kind whose approval puts something into force about learners needs one: every writer locks learners before it
    locks an approval, so that two of them cannot wait for each other.
    """
    _LOCKS[kind.value] = lock


def _locked_subject(kind: str, subject_id: uuid.UUID) -> SubjectNow | None:
    lock = _LOCKS.get(kind)
    return None if lock is None else lock(subject_id)


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
    now = _locked_subject(kind, subject_id)
    concerned = frozenset() if now is None else now.accounts
    # The lock keeps somebody from deciding the old request while this one voids it.
    open_request = Approval.objects.about(act, kind, subject_id).open().select_for_update().first()
    if open_request is not None:
        if open_request.digest == digest:
            raise ApprovalOpenError
        _tell_asker(_record_outcome(open_request, outcome=ApprovalOutcome.VOID, at=at), by=by)
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
    if another_user_decides(approval, by, at, concerned):
        for address in deciding_addresses(role, at=at).exclude(user__in={by.pk, *concerned}).select_related("user"):
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

    If it differs from the one in the request, or the app that owns the subject says that its digest is another one now,
    the approval is returned void. Nobody decides about a record of their own. The person who asked hears of the
    decision of somebody else by mail. They may decide themselves only if nobody else holds the role over its subject,
    and not before a day has passed.
    Raises ApprovalDecidedError, NotTheirsToDecideError, OwnRecordError, SecondPersonNeededError, TooEarlyAloneError.
    """
    # Learners before the approval, as everybody who writes about them: see `add_subject_lock`.
    now = _locked_subject(approval.subject_kind, approval.subject_id)
    concerned = frozenset() if now is None else now.accounts
    # `of` limits the lock to the approval. It also keeps two deciders apart: the second one finds the decision.
    locked = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if locked.decided_at is not None:
        raise ApprovalDecidedError
    if not (holds(by, Role(locked.role), at=at) and decides_approval(by, locked)):
        raise NotTheirsToDecideError
    if by.pk in concerned:
        raise OwnRecordError
    if locked.digest != digest or (now is not None and locked.digest != now.digest):
        return _decided(_record_outcome(locked, outcome=ApprovalOutcome.VOID, at=at), by=by, at=at)
    decides_alone = by.pk == locked.asked_by_id
    if decides_alone and another_user_decides(locked, by, at, concerned):
        raise SecondPersonNeededError
    if decides_alone and at < locked.asked_at + ALONE_WAITS:
        raise TooEarlyAloneError
    locked.single_person = decides_alone
    outcome = ApprovalOutcome.APPROVED if approved else ApprovalOutcome.DECLINED
    return _decided(_record_outcome(locked, outcome=outcome, at=at, by=by), by=by, at=at)


@transaction.atomic
def void_stale_request(
    act: ApprovalAct, *, kind: ApprovedKind, subject_id: uuid.UUID, digest: str, by: User | None, at: datetime
) -> Approval | None:
    """Void the open request about a subject if it asks for something else than `digest`; return it if it was voided.

    For whoever has just changed the subject: nobody is left with a request that can no longer be approved. The caller
    holds the locks of the learners whom the act is about, see `add_subject_lock`.
    """
    request = Approval.objects.about(act, kind, subject_id).open().select_for_update().first()
    if request is None or request.digest == digest:
        return None
    return _decided(_record_outcome(request, outcome=ApprovalOutcome.VOID, at=at), by=by, at=at)


def _decided(approval: Approval, *, by: User | None, at: datetime) -> Approval:
    """Let the apps above act on the decision: some acts are put into force by the approval itself."""
    approval_decided.send(ApprovalDecided(approval, at))
    return _tell_asker(approval, by=by)


def _tell_asker(approval: Approval, *, by: User | None) -> Approval:
    """Let the person who asked hear of the decision, unless it is their own act."""
    if by is None or approval.asked_by_id != by.pk:
        address = verified_address_of(approval.asked_by)
        if address is not None:
            enqueue(jobs.MAIL_APPROVAL_DECIDED, address.pk, approval.pk)
    return approval


def _record_outcome(approval: Approval, *, outcome: ApprovalOutcome, at: datetime, by: User | None = None) -> Approval:
    approval.outcome, approval.decided_at, approval.decided_by = outcome, at, by
    approval.save(update_fields=["outcome", "decided_at", "decided_by", "single_person"])
    return approval


def another_user_decides(
    approval: Approval, user: User, at: datetime, concerned: Collection[int] = frozenset()
) -> bool:
    """Whether a user other than `user` can sign in and holds the role that decides, over the subject, at `at`.

    `concerned` are the ids of users whom the act is about: they do not decide it.
    """
    # A registrar of another branch cannot decide: if nobody but them is left, the person who asked may decide alone.
    assignments = RoleAssignment.objects.in_force(at).to(Role(approval.role)).filter(user__is_active=True)
    others = User.objects.filter(pk__in=assignments.exclude(user__in={user.pk, *concerned}).values("user")).order_by(
        "pk"
    )
    return any(decides_approval(other, approval) for other in others)
