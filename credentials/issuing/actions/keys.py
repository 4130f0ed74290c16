"""Keys: the first one, rotation with a second pair of eyes, and what is done when one got out."""

import re
import uuid
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.history import change_context
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from accounts.queries import approval_for
from core.jobs import enqueue
from core.text.canonical import digest
from credentials import jobs
from credentials.badges.formats.multikey import multibase_of
from credentials.errors import KeyEndedError, KeyExistsError, OriginUnfitError
from credentials.issuing.actions.status_lists import publish_list
from credentials.issuing.queries.credentials import awards_without_paper
from credentials.issuing.queries.issuers import active_key_of, organizations_signed_for
from credentials.issuing.queries.signers import sealed_key
from credentials.models import Credential, Issuer, IssuerKey, KeyState
from credentials.models.issuers import ORIGIN


@transaction.atomic
def make_first_key(issuer: Issuer, *, by: User | None, at: datetime, reason: str = "") -> IssuerKey:
    """Make the issuer's first key and fix its origin for good; what was awarded before is then issued.

    Raises KeyExistsError, OriginUnfitError, NoKeySecretError.
    """
    locked = Issuer.objects.select_for_update().get(pk=issuer.pk)
    if locked.keys.exists():
        raise KeyExistsError
    if not re.fullmatch(ORIGIN, settings.CAIRN_ORIGIN):
        raise OriginUnfitError
    locked.origin = settings.CAIRN_ORIGIN
    with change_context(reason, by):
        locked.save(update_fields=["origin"])
        key = _made(locked, by=by, at=at)
    _issue_what_waits(locked)
    return key


@transaction.atomic
def ask_to_rotate(issuer: Issuer, *, reason: str, by: User, at: datetime) -> Approval:
    """Ask that another registrar agrees to a new key; raises NoActiveKeyError, ApprovalOpenError."""
    key = active_key_of(issuer)
    return ask_approval(
        ApprovalAct.ROTATE_KEY,
        kind=ApprovedKind.ISSUER_KEY,
        subject_id=key.public_id,
        digest=rotation_digest(key),
        role=Role.REGISTRAR,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def rotate_key(issuer: Issuer, *, by: User, at: datetime, reason: str = "") -> IssuerKey:
    """Sign with a new key from now on. The old one stays listed, and its private half is destroyed.

    What was prepared under the old key is prepared anew. Raises NoActiveKeyError, ApprovalMissingError.
    """
    locked = Issuer.objects.select_for_update().get(pk=issuer.pk)
    old = IssuerKey.objects.select_for_update().get(pk=active_key_of(locked).pk)
    approval_for(
        ApprovalAct.ROTATE_KEY, kind=ApprovedKind.ISSUER_KEY, subject_id=old.public_id, digest=rotation_digest(old)
    )
    with change_context(reason, by):
        _end(old, KeyState.RETIRED, at=at)
        key = _made(locked, by=by, at=at)
    _sign_lists_anew(locked)
    return key


@transaction.atomic
def report_compromise(key: IssuerKey, *, by: User, at: datetime, reason: str) -> IssuerKey:
    """Somebody else may hold the key: it is listed no more from now on, and what it signed is issued anew.

    Waits for nobody: each hour more is one in which a stranger signs as us. Returns the key that signs now; raises
    KeyEndedError when it was reported before.
    """
    issuer = Issuer.objects.select_for_update().get(pk=key.issuer_id)
    stolen = IssuerKey.objects.select_for_update().get(pk=key.pk)
    if stolen.state == KeyState.COMPROMISED:
        raise KeyEndedError
    signed_with = stolen.state == KeyState.ACTIVE
    with change_context(reason, by):
        _end(stolen, KeyState.COMPROMISED, at=at)
        new = _made(issuer, by=by, at=at) if signed_with else active_key_of(issuer)
    _sign_lists_anew(issuer)
    for credential_id in Credential.objects.signed().filter(key=stolen).order_by("pk").values_list("pk", flat=True):
        enqueue(jobs.REISSUE_UNDER_NEW_KEY, credential_id)
    return new


def rotation_digest(key: IssuerKey) -> str:
    """Of what is approved: that this very key is followed by another."""
    return digest({"act": ApprovalAct.ROTATE_KEY.value, "key": str(key.public_id), "state": key.state})


def _made(issuer: Issuer, *, by: User | None, at: datetime) -> IssuerKey:
    private, public_id = Ed25519PrivateKey.generate(), uuid.uuid4()
    return IssuerKey.objects.create(
        public_id=public_id,
        issuer=issuer,
        state=KeyState.ACTIVE,
        public_multibase=multibase_of(private),
        sealed=sealed_key(private, belongs_to=public_id),
        made_at=at,
        made_by=by,
        activated_at=at,
    )


def _end(key: IssuerKey, state: KeyState, *, at: datetime) -> None:
    key.state, key.sealed, key.ended_at = state, None, at
    key.save(update_fields=["state", "sealed", "ended_at"])


def _sign_lists_anew(issuer: Issuer) -> None:
    for status_list in issuer.status_lists.order_by("pk"):
        publish_list(status_list)


def _issue_what_waits(issuer: Issuer) -> None:
    waiting = awards_without_paper().filter(achievement__organization__in=organizations_signed_for(issuer))
    for award_id in waiting.order_by("pk").values_list("pk", flat=True):
        enqueue(jobs.ISSUE, award_id, unique=True)
