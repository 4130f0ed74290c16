"""Sharing transcripts, and every answer to an outsider: it is recorded as a disclosure, or it is not given."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from accounts.actions.locking import lock_learner
from accounts.actions.organizations import locked_kind
from accounts.actions.sharing_grants import (
    DisclosedPart,
    give_sharing_grant,
    record_disclosures,
    withdraw_sharing_grant,
)
from accounts.errors import GrantNotLiveError
from accounts.models import (
    DisclosedAct,
    DisclosedKind,
    Learner,
    Organization,
    OrganizationKind,
    PartnerClient,
    SharingGrant,
    SharingPurpose,
)
from accounts.queries.access import grant_of_token
from core.rest.keyset import Key
from credentials.errors import NotSharedError, NotTheirTranscriptError
from credentials.models import Credential, GrantItem, Transcript
from credentials.sharing.queries import SharedPage, grants_telling_of_others, item_naming, item_of_link, shared_page


@dataclass(frozen=True)
class Terms:
    """What a learner agrees to: purpose, end, limit of uses, and the words that the learner saw."""

    purpose: SharingPurpose
    words: str
    expires_at: datetime
    use_limit: int | None = None
    and_successors: bool = False


@transaction.atomic
def share_transcript(
    learner: Learner, *, transcript: Transcript, terms: Terms, at: datetime, organization: Organization | None = None
) -> tuple[SharingGrant, str]:
    """Let a partner, or the holder of a link, read a transcript; return the grant and the token of the link.

    The token is empty for a partner; only its digest is stored, so this is the one time that it is known. Raises
    NotTheirTranscriptError, also for a transcript that was replaced, and EndsBeforeItStartsError.
    """
    # Before the check: a transcript that is being replaced holds this lock, and carries over the grants that it finds.
    lock_learner(learner)
    shareable = Transcript.objects.of(learner).in_force().filter(pk=transcript.pk).exclude(content=None).exists()
    # The kind is locked too: an organization that is becoming part of this institution gets no sharing grant.
    if not shareable or (organization is not None and locked_kind(organization) != OrganizationKind.PARTNER):
        raise NotTheirTranscriptError
    grant, token = give_sharing_grant(
        learner,
        organization=organization,
        purpose=terms.purpose,
        consent=terms.words,
        at=at,
        expires_at=terms.expires_at,
        use_limit=terms.use_limit,
    )
    GrantItem.objects.create(
        learner=learner,
        grant=grant,
        organization=organization,
        transcript=transcript,
        and_successors=terms.and_successors,
        covered_at=at,
    )
    return grant, token


@transaction.atomic
def carry_sharing_over(transcript: Transcript, *, at: datetime) -> list[GrantItem]:
    """Add a transcript that corrects another to every grant that covers successors; return the new items.

    The action that makes the transcript calls this in its transaction.
    """
    if transcript.supersedes_id is None:
        return []
    # Also of withdrawn grants: an item opens nothing by itself, its grant does.
    agreed = GrantItem.objects.newest().filter(transcript_id=transcript.supersedes_id, and_successors=True)
    return GrantItem.objects.bulk_create(
        GrantItem(
            learner_id=item.learner_id,
            grant_id=item.grant_id,
            organization_id=item.organization_id,
            transcript=transcript,
            and_successors=True,
            follows=item,
            covered_at=at,
        )
        for item in agreed.order_by("pk")
    )


def end_sharing_of_others(learner: Learner, *, at: datetime) -> list[SharingGrant]:
    """End the grants over transcripts that tell of another person, and return them.

    After two records were parted, a transcript that was made before tells of both. The transcript stays, because a
    document never changes; nobody outside reads it any more. The caller holds the lock of the learner.
    """
    return [withdraw_sharing_grant(grant, at=at) for grant in grants_telling_of_others(learner, at=at)]


@transaction.atomic
def list_for_partner(
    client: PartnerClient, *, at: datetime, limit: int, after: Key | None, changed_since: datetime | None
) -> SharedPage:
    """A page of what is shared with the partner, each row recorded as a disclosure.

    A grant that was withdrawn since the page was read is left out, because its disclosure is refused.
    """
    page = shared_page(client.organization, at=at, limit=limit, after=after, changed_since=changed_since)
    disclosures = record_disclosures(
        [_part_of(item) for item in page.items],
        act=DisclosedAct.LIST,
        status=HTTPStatus.OK,
        at=at,
        organization=client.organization,
        client=client,
        leaving_out=True,
    )
    open_grants = {row.grant_id for row in disclosures}
    return SharedPage([item for item in page.items if item.grant_id in open_grants], page.after)


@transaction.atomic
def read_for_partner(
    client: PartnerClient, item: GrantItem, *, act: DisclosedAct, not_modified: bool, at: datetime
) -> GrantItem:
    """Record that the client reads this transcript; `not_modified` says that the client has it and gets 304.

    Raises NotSharedError if the grant was withdrawn since it was looked up; then nothing may be answered.
    """
    _disclose(_part_of(item), act=act, not_modified=not_modified, at=at, client=client)
    return item


@transaction.atomic
def read_credential_for_partner(
    client: PartnerClient, credential_id: uuid.UUID, *, has_digest: Callable[[str], bool], at: datetime
) -> tuple[Credential, bool]:
    """The credential that a shared transcript names, and whether the client has it already (304).

    `has_digest` says whether the request names this digest as one that the client has. Raises NotSharedError.
    """
    credential = Credential.objects.published().filter(public_id=credential_id).exclude(content=None).first()
    item = item_naming(client.organization, credential, at=at) if credential is not None else None
    if credential is None or item is None:
        raise NotSharedError
    not_modified = has_digest(credential.digest)
    part = DisclosedPart(
        credential.learner_id, item.grant_id, DisclosedKind.CREDENTIAL, credential.public_id, credential.digest
    )
    _disclose(part, act=DisclosedAct.READ, not_modified=not_modified, at=at, client=client)
    return credential, not_modified


@transaction.atomic
def read_by_link(token: str, *, act: DisclosedAct, at: datetime) -> GrantItem:
    """What a link opens, after the disclosure is recorded; this counts as one use. Raises NotSharedError."""
    grant = grant_of_token(token, at=at)
    item = item_of_link(grant) if grant is not None else None
    if item is None:
        raise NotSharedError
    _disclose(_part_of(item), act=act, not_modified=False, at=at, client=None)
    return item


def _part_of(item: GrantItem) -> DisclosedPart:
    transcript = item.transcript
    return DisclosedPart(
        item.learner_id, item.grant_id, DisclosedKind.TRANSCRIPT, transcript.public_id, transcript.digest
    )


def _disclose(
    part: DisclosedPart, *, act: DisclosedAct, not_modified: bool, at: datetime, client: PartnerClient | None
) -> None:
    try:
        record_disclosures(
            [part],
            act=act,
            status=HTTPStatus.NOT_MODIFIED if not_modified else HTTPStatus.OK,
            at=at,
            organization=client.organization if client else None,
            client=client,
        )
    except GrantNotLiveError:  # withdrawn between the look-up and this insert
        raise NotSharedError from None
