"""Asking for a second pair of eyes, and deciding."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts import tasks
from accounts.actions.refusals import refused_as
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
from accounts.permissions import holds
from accounts.queries import watching_addresses
from config.base.jobs import enqueue


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
    """Ask that somebody who holds `role` approves `act`; `digest` is of all that would be done.

    An open question about the same subject with another digest has become stale and is voided.
    Where nobody else holds the role, the people who watch are told: who asks can decide alone a day later.
    Raises ApprovalOpenError when exactly this is being asked already.
    """
    asked = Approval.objects.about(act, kind, subject_id).open().select_for_update().first()
    if asked is not None:
        if asked.digest == digest:
            raise ApprovalOpenError
        _close(asked, outcome=ApprovalOutcome.VOID, at=at)
    with refused_as({"approval_one_open_per_act_and_subject": ApprovalOpenError}):
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
    if not others_hold(role, by, at):
        for address in watching_addresses(at=at):
            enqueue(tasks.mail_approval_alone, address.pk, approval.pk)
    return approval


@transaction.atomic
def decide_approval(approval: Approval, *, approved: bool, digest: str, by: User, at: datetime) -> Approval:
    """Approve or decline; `digest` is of what would be done now, and where it differs the answer is a void approval.

    Who asked may decide only as the one person who holds the role, and then a day later.
    Raises ApprovalDecidedError, NotTheirsToDecideError, SecondPersonNeededError, TooEarlyAloneError.
    """
    locked = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if locked.decided_at is not None:
        raise ApprovalDecidedError
    if not holds(by, Role(locked.role), at=at):
        raise NotTheirsToDecideError
    if locked.digest != digest:
        return _close(locked, outcome=ApprovalOutcome.VOID, at=at)
    alone = by.pk == locked.asked_by_id
    if alone and others_hold(Role(locked.role), by, at):
        raise SecondPersonNeededError
    if alone and at < locked.asked_at + ALONE_WAITS:
        raise TooEarlyAloneError
    locked.single_person = alone
    outcome = ApprovalOutcome.APPROVED if approved else ApprovalOutcome.DECLINED
    return _close(locked, outcome=outcome, at=at, by=by)


def _close(approval: Approval, *, outcome: ApprovalOutcome, at: datetime, by: User | None = None) -> Approval:
    approval.outcome, approval.decided_at, approval.decided_by = outcome, at, by
    approval.save(update_fields=["outcome", "decided_at", "decided_by", "single_person"])
    return approval


def others_hold(role: Role, user: User, at: datetime) -> bool:
    """Whether anybody but `user`, who can sign in, holds `role` at the instant `at`."""
    assignments = RoleAssignment.objects.in_force(at).to(role).filter(user__is_active=True)
    return assignments.exclude(user=user).exists()
