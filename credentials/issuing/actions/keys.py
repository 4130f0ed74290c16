"""Signing keys: the first one, rotation with an approval, and the answer to a compromised key."""

import re
import uuid
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.history import change_context
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from accounts.queries.access import approval_for
from core.jobs import enqueue
from core.text.canonical import digest
from credentials import jobs
from credentials.badges.formats.multikey import multibase_of
from credentials.errors import KeyEndedError, KeyExistsError, OriginUnfitError
from credentials.issuing.actions.status_lists import publish_list
from credentials.issuing.queries.credentials import awards_without_credential
from credentials.issuing.queries.issuers import active_key_of, organizations_signed_for
from credentials.issuing.queries.signers import sealed_key
from credentials.models import Credential, Issuer, IssuerKey, KeyState
from credentials.models.issuers import ORIGIN


@transaction.atomic
def make_first_key(issuer: Issuer, *, by: User | None, at: datetime, reason: str = "") -> IssuerKey:
    """Make the issuer's first key and fix its origin for good; enqueue the credentials of earlier awards.

    Raises KeyExistsError, OriginUnfitError, NoKeySecretError.
    """
    locked = Issuer.objects.select_for_update().get(pk=issuer.pk)
    if locked.keys.exists():
        raise KeyExistsError
    if not re.fullmatch(ORIGIN, settings.CAIRN_ORIGIN):
        raise OriginUnfitError
    # Fixed with the first key: every signed document will name it.
    locked.origin = settings.CAIRN_ORIGIN
    with change_context(reason, by):
        locked.save(update_fields=["origin"])
        key = _new_key(locked, by=by, at=at)
    _enqueue_waiting_awards(locked)
    return key


@transaction.atomic
def ask_to_rotate(issuer: Issuer, *, reason: str, by: User, at: datetime) -> Approval:
    """Ask another registrar to approve a new key; raises NoActiveKeyError, ApprovalOpenError."""
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
    """Replace the key that signs. The old one stays listed, and its private half is destroyed.

    Credentials that were prepared under the old key are prepared again. Raises NoActiveKeyError, ApprovalMissingError.
    """
    locked = Issuer.objects.select_for_update().get(pk=issuer.pk)
    old = IssuerKey.objects.select_for_update().get(pk=active_key_of(locked).pk)
    approval_for(
        ApprovalAct.ROTATE_KEY, kind=ApprovedKind.ISSUER_KEY, subject_id=old.public_id, digest=rotation_digest(old)
    )
    # In this order: a constraint lets an issuer have one active key.
    with change_context(reason, by):
        _end(old, KeyState.RETIRED, at=at)
        key = _new_key(locked, by=by, at=at)
    _publish_lists(locked)
    return key


@transaction.atomic
def report_compromise(key: IssuerKey, *, by: User, at: datetime, reason: str) -> IssuerKey:
    """Stop listing a key that somebody else may have, and issue again what it signed; return the key that signs now.

    Needs no approval, because a stranger could sign in our name until it comes. Raises KeyEndedError for a key that
    was reported before.
    """
    # The issuer first, as rotate_key does: two acts about keys of one issuer queue and cannot deadlock.
    issuer = Issuer.objects.select_for_update().get(pk=key.issuer_id)
    reported = IssuerKey.objects.select_for_update().get(pk=key.pk)
    if reported.state == KeyState.COMPROMISED:
        raise KeyEndedError
    was_active = reported.state == KeyState.ACTIVE
    with change_context(reason, by):
        _end(reported, KeyState.COMPROMISED, at=at)
        new = _new_key(issuer, by=by, at=at) if was_active else active_key_of(issuer)
    _publish_lists(issuer)
    for credential_id in Credential.objects.signed().filter(key=reported).order_by("pk").values_list("pk", flat=True):
        # One job each, in the bulk lane: there may be thousands, and others must be signed meanwhile.
        enqueue(jobs.REISSUE_UNDER_NEW_KEY, credential_id)
    return new


def rotation_digest(key: IssuerKey) -> str:
    """The digest of what is approved: the rotation of exactly this key."""
    return digest({"act": ApprovalAct.ROTATE_KEY.value, "key": str(key.public_id), "state": key.state})


def _new_key(issuer: Issuer, *, by: User | None, at: datetime) -> IssuerKey:
    # The id is drawn first, because the sealed bytes are bound to it.
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
    # The private half is destroyed: what does not exist cannot get out.
    key.state, key.sealed, key.ended_at = state, None, at
    key.save(update_fields=["state", "sealed", "ended_at"])


def _publish_lists(issuer: Issuer) -> None:
    for status_list in issuer.status_lists.order_by("pk"):
        publish_list(status_list)


def _enqueue_waiting_awards(issuer: Issuer) -> None:
    waiting = awards_without_credential().filter(achievement__organization__in=organizations_signed_for(issuer))
    for award_id in waiting.order_by("pk").values_list("pk", flat=True):
        enqueue(jobs.ISSUE, award_id, unique=True)
