"""Sharing grants and disclosures: granting access to outsiders, withdrawing it, recording what they received."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import QuerySet

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
from accounts.models.sharing_grants import GrantState
from core.database.compiled import compiled
from core.database.storing import insert_rows, update_columns
from core.text import canonical


@dataclass(frozen=True)
class DisclosedPart:
    """One learner's part of a response: the grant, the subject, and the digest of the content if there was content."""

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
    """Grant read access to a partner, or to everybody who has the link if no organization is named.

    Returns the grant and the token of the link. The token is stored only as a hash; it is empty for a partner.
    `consent` is the text that the learner agreed to. Its digest, together with the terms of the grant, is the proof.
    Raises EndsBeforeItStartsError.
    """
    if expires_at <= at:
        raise EndsBeforeItStartsError
    # A link of records or an erasure may be running for this learner: both hold this lock.
    lock_learner(learner)
    grant = SharingGrant(
        learner=learner,
        organization=organization,
        purpose=purpose,
        granted_at=at,
        expires_at=expires_at,
        use_limit=use_limit,
    )
    grant.consent_digest = _consent_digest(grant, consent)
    grant.save(force_insert=True)
    return grant, "" if organization else _create_link(grant)


@transaction.atomic
def withdraw_sharing_grant(grant: SharingGrant, *, at: datetime) -> SharingGrant:
    """End a grant at once. Responses that are being made finish first, because they hold a lock on the grant.

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
    shown: Sequence[DisclosedPart],
    *,
    act: DisclosedAct,
    status: int,
    at: datetime,
    organization: Organization | None = None,
    client: PartnerClient | None = None,
    leaving_out: bool = False,
) -> list[Disclosure]:
    """Record one response to an outsider, one row per learner in it; runs in the transaction of the response.

    A read with content counts as one use of each grant. Lists and "304 Not Modified" do not count.
    Raises GrantNotLiveError if one of the grants is not live; the response must not be sent then. With `leaving_out`
    the parts of such grants are left out instead.
    """
    # Only content is consumed. A list shows that something exists, and 304 repeats what the client has.
    counts_as_use = act != DisclosedAct.LIST and status == HTTPStatus.OK
    recipient_id = organization.pk if organization else None
    grants = _locked_grants(sorted({part.grant_id for part in shown}), counts_as_use=counts_as_use)
    # The grants are checked after the lock: a withdrawal that came first is visible now.
    live = {grant.pk for grant in grants if _is_live_for(grant, at, recipient_id)}
    disclosed = [part for part in shown if part.grant_id in live]
    if len(disclosed) < len(shown) and not leaving_out:
        raise GrantNotLiveError
    if counts_as_use:
        used = [grant for grant in grants if grant.pk in live]
        for grant in used:
            grant.use_count += 1  # the rows are locked: no other response counts at the same time
        update_columns(used, ("use_count",))
    disclosures = [
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
        for part in disclosed
    ]
    insert_rows(disclosures)
    return disclosures


def _locked_grants(grant_ids: list[int], *, counts_as_use: bool) -> list[SharingGrant]:
    """The grants, locked in id order, so that two responses with several grants cannot deadlock.

    If the response does not count as a use, the lock is shared: readers do not wait for each other, but a withdrawal
    still waits for them.
    """
    if counts_as_use:
        return _for_counting(tuple(grant_ids))
    table = SharingGrant._meta.db_table
    query = f"SELECT * FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE"  # noqa: S608 - a name of ours
    return list(SharingGrant.objects.raw(query, [grant_ids]))


@compiled
def _for_counting(grant_ids: tuple[int, ...]) -> QuerySet[SharingGrant]:
    return SharingGrant.objects.filter(pk__in=grant_ids).order_by("pk").select_for_update(of=("self",))


def _consent_digest(grant: SharingGrant, consent: str) -> str:
    """The digest of the consent text together with all terms of the grant."""
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


def _create_link(grant: SharingGrant) -> str:
    """Create the link of a grant and return its token."""
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    SharingLink.objects.create(learner_id=grant.learner_id, grant=grant, token_digest=digest)
    return token


def _is_live_for(grant: SharingGrant, at: datetime, organization_id: int | None) -> bool:
    """Whether a locked grant, which no withdrawal can change any more, lets this organization read."""
    for_them = grant.organization_id is None or grant.organization_id == organization_id
    return for_them and grant.state_at(at) is GrantState.OPEN
