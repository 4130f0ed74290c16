"""Sharing transcripts: giving, withdrawing, and every answer to somebody outside, written down or not given."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from accounts.actions.sharing import DisclosedPart, give_sharing_grant, record_disclosures
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
from accounts.queries import grant_of_token
from core.rest.keyset import Key
from credentials.errors import NotSharedError, NotTheirTranscriptError
from credentials.models import Credential, GrantItem, Transcript
from credentials.sharing.queries import Page, item_naming, item_of_link, shared_page


@dataclass(frozen=True)
class Terms:
    """What a learner agrees to: for what, until when, how often, and the words that said so."""

    purpose: SharingPurpose
    words: str
    expires_at: datetime
    use_limit: int | None = None
    and_successors: bool = False


@transaction.atomic
def share_transcript(
    learner: Learner, *, transcript: Transcript, terms: Terms, at: datetime, organization: Organization | None = None
) -> tuple[SharingGrant, str]:
    """Let a partner read a transcript, or whoever holds a link; the second value is the link's token, known once.

    A transcript that a later one took the place of is given no more. Raises NotTheirTranscriptError,
    EndsBeforeItStartsError.
    """
    theirs = Transcript.objects.of(learner).in_force().filter(pk=transcript.pk).exclude(content=None).exists()
    if not theirs or (organization is not None and organization.kind != OrganizationKind.PARTNER):
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
    """A transcript that corrects another is covered by every grant that said so; called by the action that makes it."""
    if transcript.supersedes_id is None:
        return []
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


@transaction.atomic
def list_for_partner(
    client: PartnerClient, *, at: datetime, limit: int, after: Key | None, changed_since: datetime | None
) -> Page:
    """A page of what is shared with the partner, each row a disclosure; what was just withdrawn is left out."""
    page = shared_page(client.organization, at=at, limit=limit, after=after, changed_since=changed_since)
    shown = [_shown(item) for item in page.items]
    written = record_disclosures(
        shown,
        act=DisclosedAct.LIST,
        status=HTTPStatus.OK,
        at=at,
        organization=client.organization,
        client=client,
        leaving_out=True,
    )
    open_grants = {row.grant_id for row in written}
    return Page([item for item in page.items if item.grant_id in open_grants], page.after)


@transaction.atomic
def read_for_partner(
    client: PartnerClient, item: GrantItem, *, act: DisclosedAct, held: bool, at: datetime
) -> GrantItem:
    """Write down that the client reads this transcript; `held` says that the caller has it and gets 304.

    Raises NotSharedError when it was withdrawn since it was looked up; then nothing may be answered.
    """
    _write_down(_shown(item), act=act, held=held, at=at, client=client)
    return item


@transaction.atomic
def read_credential_for_partner(
    client: PartnerClient, credential_id: uuid.UUID, *, is_held: Callable[[str], bool], at: datetime
) -> tuple[Credential, bool]:
    """The credential that a shared transcript names, and whether the caller holds it. Raises NotSharedError."""
    credential = Credential.objects.published().filter(public_id=credential_id).exclude(content=None).first()
    item = item_naming(client.organization, credential, at=at) if credential is not None else None
    if credential is None or item is None:
        raise NotSharedError
    held = is_held(credential.digest)
    shown = DisclosedPart(
        credential.learner_id, item.grant_id, DisclosedKind.CREDENTIAL, credential.public_id, credential.digest
    )
    _write_down(shown, act=DisclosedAct.READ, held=held, at=at, client=client)
    return credential, held


@transaction.atomic
def read_by_link(token: str, *, act: DisclosedAct, at: datetime) -> GrantItem:
    """What a link opens, once the disclosure is written; it counts as one use. Raises NotSharedError."""
    grant = grant_of_token(token, at=at)
    item = item_of_link(grant) if grant is not None else None
    if item is None:
        raise NotSharedError
    _write_down(_shown(item), act=act, held=False, at=at, client=None)
    return item


def _shown(item: GrantItem) -> DisclosedPart:
    transcript = item.transcript
    return DisclosedPart(
        item.learner_id, item.grant_id, DisclosedKind.TRANSCRIPT, transcript.public_id, transcript.digest
    )


def _write_down(
    shown: DisclosedPart, *, act: DisclosedAct, held: bool, at: datetime, client: PartnerClient | None
) -> None:
    try:
        record_disclosures(
            [shown],
            act=act,
            status=HTTPStatus.NOT_MODIFIED if held else HTTPStatus.OK,
            at=at,
            organization=client.organization if client else None,
            client=client,
        )
    except GrantNotLiveError:  # withdrawn a moment ago
        raise NotSharedError from None
