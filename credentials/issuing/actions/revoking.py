"""Taking papers back: with a public class and a private reason, agreed to by a second person; or with their award."""

from datetime import datetime

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.locking import database_now, lock_learner
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from accounts.queries import approval_for
from core.jobs import enqueue
from core.text.canonical import digest
from credentials import jobs
from credentials.errors import NotInForceError
from credentials.models import Credential, CredentialState, RevocationBody, RevocationClass
from programs.models import Award

# What a person can choose: the other classes are set by what causes them.
CHOSEN = (RevocationClass.ISSUED_IN_ERROR, RevocationClass.HOLDERS_WISH)


@transaction.atomic
def ask_to_revoke(credential: Credential, *, why: RevocationClass, reason: str, by: User, at: datetime) -> Approval:
    """Ask that another registrar agrees; raises NotInForceError, ApprovalOpenError."""
    if credential.state != CredentialState.SIGNED:
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
    """Take a paper back for good; the award stays. `reason` is for those who keep the records.

    Raises NotInForceError, ApprovalMissingError.
    """
    lock_learner(credential.learner)
    locked = Credential.objects.select_for_update(of=("self",)).select_related("status_entry").get(pk=credential.pk)
    if locked.state != CredentialState.SIGNED:
        raise NotInForceError
    approval_for(
        ApprovalAct.REVOKE,
        kind=ApprovedKind.CREDENTIAL,
        subject_id=locked.public_id,
        digest=revocation_digest(locked, why),
    )
    _end(locked, why, by=by)
    if reason.strip():
        RevocationBody.objects.create(credential=locked, content=reason.strip())
    return locked


@transaction.atomic
def revoke_rescinded(award: Award) -> int:
    """Take back every paper of an award that was rescinded, replaced ones too; returns how many."""
    lock_learner(award.learner)
    fresh = Award.objects.get(pk=award.pk)
    if fresh.state != "rescinded":
        return 0
    papers = Credential.objects.select_for_update(of=("self",)).select_related("status_entry")
    ended = 0
    for paper in papers.filter(learner=fresh.learner_id, award=fresh).order_by("pk"):
        if paper.state == CredentialState.PREPARED:
            paper.state, paper.prepared = CredentialState.VOIDED, None
            paper.save(update_fields=["state", "prepared"])
        elif paper.state in {CredentialState.SIGNED, CredentialState.SUPERSEDED}:
            _end(paper, RevocationClass.RESCINDED, by=fresh.ended_by)
            ended += 1
    return ended


def revocation_digest(credential: Credential, why: RevocationClass) -> str:
    """Of what is approved: that this very document is taken back for this reason."""
    said = {"act": ApprovalAct.REVOKE.value, "credential": credential.digest, "why": RevocationClass(why).value}
    return digest(said)


def _end(credential: Credential, why: RevocationClass, *, by: User | None) -> None:
    credential.state, credential.revoked_at = CredentialState.REVOKED, database_now()
    credential.revocation_class, credential.revoked_by = why, by
    credential.save(update_fields=["state", "revoked_at", "revocation_class", "revoked_by"])
    enqueue(jobs.PUBLISH, credential.status_entry.status_list_id, unique=True)
