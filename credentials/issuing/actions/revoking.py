"""Revoking credentials: one with a public class and the approval of a second person, or all of a rescinded award."""

from datetime import datetime

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.locked_learner import locked_learner
from accounts.actions.locking import database_now, lock_learner
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from accounts.queries.access import approval_for
from core.jobs import enqueue
from core.text.canonical import digest
from credentials import jobs
from credentials.errors import NotInForceError
from credentials.models import Credential, DocumentState, RevocationBody, RevocationClass
from programs.models import Award

# The classes that a person can choose; the system sets the others, because it knows their cause.
SELECTABLE_CLASSES = (RevocationClass.ISSUED_IN_ERROR, RevocationClass.HOLDERS_WISH)


@transaction.atomic
def ask_to_revoke(credential: Credential, *, why: RevocationClass, reason: str, by: User, at: datetime) -> Approval:
    """Ask another registrar to approve the revocation; raises NotInForceError, ApprovalOpenError, OwnRecordError."""
    locked_learner(credential.learner, at=at).require_another(by)
    # As the caller read it: `revoke` checks it again.
    if credential.state != DocumentState.SIGNED:
        raise NotInForceError
    return ask_approval(
        ApprovalAct.REVOKE,
        kind=ApprovedKind.CREDENTIAL,
        subject_id=credential.public_id,
        digest=revocation_digest(credential, why),
        role=Role.REGISTRAR,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def revoke(credential: Credential, *, why: RevocationClass, reason: str, by: User) -> Credential:
    """Revoke a credential for good; the award stays. `reason` is private to the office.

    Raises NotInForceError, ApprovalMissingError, OwnRecordError.
    """
    locked_learner(credential.learner, at=None).require_another(by)
    locked = Credential.objects.select_for_update(of=("self",)).select_related("status_entry").get(pk=credential.pk)
    if locked.state != DocumentState.SIGNED:
        raise NotInForceError
    approval_for(
        ApprovalAct.REVOKE,
        kind=ApprovedKind.CREDENTIAL,
        subject_id=locked.public_id,
        digest=revocation_digest(locked, why),
    )
    _end(locked, why, by=by)
    enqueue(jobs.MAIL_REVOKED, locked.pk)
    # A row of its own, because the reason can be erased while the revocation stays.
    if reason.strip():
        RevocationBody.objects.create(document=locked, content=reason.strip())
    return locked


@transaction.atomic
def revoke_rescinded(award: Award) -> int:
    """Revoke every credential of an award that was rescinded, replaced ones too; return how many were revoked.

    Credentials that wait for their signature are voided. Does nothing for an award that is not rescinded.
    """
    lock_learner(award.learner)
    fresh = Award.objects.get(pk=award.pk)  # its state under the lock, not as the caller read it
    if fresh.state != "rescinded":
        return 0
    # Only the rows themselves: FOR UPDATE of the joined status entries would lock rows that nobody changes.
    credentials = Credential.objects.select_for_update(of=("self",)).select_related("status_entry")
    ended = 0
    for credential in credentials.filter(learner=fresh.learner_id, award=fresh).order_by("pk"):
        if credential.state == DocumentState.PREPARED:
            credential.state, credential.prepared = DocumentState.VOIDED, None
            credential.save(update_fields=["state", "prepared"])
        elif credential.state in {DocumentState.SIGNED, DocumentState.SUPERSEDED}:
            _end(credential, RevocationClass.RESCINDED, by=fresh.ended_by)
            ended += 1
    return ended


def revocation_digest(credential: Credential, why: RevocationClass) -> str:
    """The digest of what is approved: the revocation of exactly this document with this class."""
    act = {"act": ApprovalAct.REVOKE.value, "credential": credential.digest, "why": RevocationClass(why).value}
    return digest(act)


def _end(credential: Credential, why: RevocationClass, *, by: User | None) -> None:
    credential.state, credential.revoked_at = DocumentState.REVOKED, database_now()
    credential.revocation_class, credential.revoked_by = why, by
    credential.save(update_fields=["state", "revoked_at", "revocation_class", "revoked_by"])
    # One job for a list however many bits change: the job signs the list as it is when it runs.
    enqueue(jobs.PUBLISH, credential.status_entry.status_list_id, unique=True)
