"""Letting somebody outside read, ending that, and writing down what they were shown."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import F

from accounts.actions.locking import lock_learner
from accounts.errors import AlreadyEndedError, EndsBeforeItStartsError, GrantNotLiveError
from accounts.models import (
    DisclosedAct,
    DisclosedKind,
    Disclosure,
    Learner,
    Organization,
    PartnerClient,
    SharingGrant,
    SharingLink,
    SharingPurpose,
)
from accounts.models.sharing import GrantState
from config.base import canonical


@dataclass(frozen=True)
class Shown:
    """One learner's part of an answer: under which grant, what, and the digest of its bytes where it had any."""

    learner_id: int
    grant_id: int
    kind: DisclosedKind
    subject_id: uuid.UUID
    content_digest: str = ""


@transaction.atomic
def give_sharing_grant(
    learner: Learner,
    *,
    purpose: SharingPurpose,
    consent: str,
    at: datetime,
    expires_at: datetime,
    organization: Organization | None = None,
    use_limit: int | None = None,
) -> tuple[SharingGrant, str]:
    """Let a partner read, or whoever holds a link; the second value is the link's token, which exists nowhere else.

    `consent` is the text that the learner agreed to: its digest, with all the grant says, is the proof.
    Raises EndsBeforeItStartsError.
    """
    if expires_at <= at:
        raise EndsBeforeItStartsError
    lock_learner(learner)
    grant = SharingGrant(
        learner=learner,
        organization=organization,
        purpose=purpose,
        granted_at=at,
        expires_at=expires_at,
        use_limit=use_limit,
    )
    grant.consent_digest = _proof(grant, consent)
    grant.save(force_insert=True)
    return grant, "" if organization else _make_link(grant)


@transaction.atomic
def withdraw_sharing_grant(grant: SharingGrant, *, at: datetime) -> SharingGrant:
    """End a grant at once: the next request finds nothing; answers under way come wholly before.

    Raises AlreadyEndedError.
    """
    locked = SharingGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if locked.withdrawn_at is not None:
        raise AlreadyEndedError
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    return locked


@transaction.atomic
def record_disclosures(
    shown: Sequence[Shown],
    *,
    act: DisclosedAct,
    status: int,
    at: datetime,
    organization: Organization | None = None,
    client: PartnerClient | None = None,
    leaving_out: bool = False,
) -> list[Disclosure]:
    """Write down one answer to somebody outside: a row per learner in it; runs in the transaction of the answer.

    A read that answers with content counts as one use of each grant; lists, and answers that the caller holds already,
    do not. Raises GrantNotLiveError when one of the grants is not live, and then there is no answer; with
    `leaving_out` what such a grant would show is left out of the answer instead.
    """
    counted = act != DisclosedAct.LIST and status == HTTPStatus.OK
    recipient = organization.pk if organization else None
    grants = _locked(sorted({part.grant_id for part in shown}), counted=counted)
    live = {grant.pk for grant in grants if _opens(grant, at, recipient)}
    told = [part for part in shown if part.grant_id in live]
    if len(told) < len(shown) and not leaving_out:
        raise GrantNotLiveError
    if counted:
        SharingGrant.objects.filter(pk__in=live).update(use_count=F("use_count") + 1)
    return Disclosure.objects.bulk_create(
        Disclosure(
            learner_id=part.learner_id,
            grant_id=part.grant_id,
            organization=organization,
            client=client,
            act=act,
            subject_kind=part.kind,
            subject_id=part.subject_id,
            status=status,
            content_digest=part.content_digest,
            disclosed_at=at,
        )
        for part in told
    )


def _locked(grant_ids: list[int], *, counted: bool) -> list[SharingGrant]:
    """The grants, locked in id order, so that two lists queue instead of waiting for each other.

    Where nothing is counted the lock is shared: readers do not queue, and a withdrawal still waits for them.
    """
    if counted:
        rows = SharingGrant.objects.filter(pk__in=grant_ids).order_by("pk").select_for_update(of=("self",))
        return list(rows)
    table = SharingGrant._meta.db_table
    shared = f"SELECT * FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE"  # noqa: S608 - a name of ours
    return list(SharingGrant.objects.raw(shared, [grant_ids]))


def _proof(grant: SharingGrant, consent: str) -> str:
    """The digest of the words agreed to, together with everything that the grant says."""
    return canonical.digest(
        {
            "consent": consent,
            "grant": str(grant.public_id),
            "learner": str(grant.learner.public_id),
            "organization": str(grant.organization.public_id) if grant.organization else None,
            "purpose": str(grant.purpose),
            "granted_at": grant.granted_at.isoformat(),
            "expires_at": grant.expires_at.isoformat(),
            "use_limit": grant.use_limit,
        }
    )


def _make_link(grant: SharingGrant) -> str:
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    SharingLink.objects.create(learner_id=grant.learner_id, grant=grant, token_digest=digest)
    return token


def _opens(grant: SharingGrant, at: datetime, organization_id: int | None) -> bool:
    for_them = grant.organization_id is None or grant.organization_id == organization_id
    return for_them and grant.state_at(at) is GrantState.OPEN
