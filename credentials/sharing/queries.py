"""What partners and holders of links may read, and what a learner shares with whom."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import Disclosure, Learner, Organization, SharingGrant
from core.database.compiled import compiled
from core.rest.keyset import Key
from credentials.models import Credential, GrantItem


@dataclass(frozen=True)
class Page:
    """Some rows of a list in order, and the key of the last one when there are more."""

    items: Sequence[GrantItem]
    after: Key | None


def shared_page(
    organization: Organization,
    *,
    at: datetime,
    limit: int,
    after: Key | None = None,
    changed_since: datetime | None = None,
) -> Page:
    """The newest transcripts that learners share with this partner, by when they came; one index, whatever the page."""
    rows = (
        GrantItem.objects.shared_with(organization, at=at)
        .newest()
        .select_related("grant", "transcript__serial_row")
        .defer("transcript__content")
    )
    if changed_since is not None:
        rows = rows.filter(covered_at__gte=changed_since)
    if after is not None:
        later = Q(covered_at=after.at, public_id__gt=after.public_id) | Q(covered_at__gt=after.at)
        rows = rows.filter(later, covered_at__gte=after.at)
    found = list(rows.order_by("covered_at", "public_id")[: limit + 1])
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, Key(shown[-1].covered_at, shown[-1].public_id) if more else None)


def item_for(organization: Organization, transcript_id: uuid.UUID, *, at: datetime) -> GrantItem | None:
    """What opens this transcript to this partner: of several grants the one that lasts longest."""
    return next(iter(_opening(organization.pk, transcript_id, at)), None)


@compiled
def _opening(organization: int, transcript_id: uuid.UUID, at: datetime) -> QuerySet[GrantItem]:
    rows = GrantItem.objects.shared_with(Organization(pk=organization), at=at)
    opening = rows.filter(transcript__public_id=transcript_id).select_related("grant", "transcript")
    return opening.order_by("-grant__expires_at", "-pk")[:1]


def item_naming(organization: Organization, credential: Credential, *, at: datetime) -> GrantItem | None:
    """What opens this credential to this partner: a shared transcript that names it.

    A later paper of the same award, in another name perhaps, is open only when a shared transcript names that one.
    """
    rows = (
        GrantItem.objects.shared_with(organization, at=at)
        .of(credential.learner)
        .select_related("grant", "transcript", "learner")
        .order_by("-grant__expires_at", "-pk")
    )
    wanted = str(credential.public_id)
    named = (item for item in rows if any(award["credential"] == wanted for award in _awards(item)))
    return next(named, None)


def _awards(item: GrantItem) -> list[dict[str, Any]]:
    awards: list[dict[str, Any]] = (item.transcript.facts or {}).get("awards", [])
    return awards


def item_of_link(grant: SharingGrant) -> GrantItem | None:
    """The newest transcript that a link opens."""
    return (
        GrantItem.objects.filter(grant=grant)
        .newest()
        .select_related("grant", "transcript", "learner")
        .order_by("-pk")
        .first()
    )


def grants_of(learner: Learner) -> QuerySet[SharingGrant]:
    """Everything the learner ever shared, newest first, each with what it covers and its reads."""
    reads = Disclosure.objects.filter(grant=OuterRef("pk")).order_by().values("grant")
    items = GrantItem.objects.newest().select_related("transcript").order_by("pk")
    return (
        SharingGrant.objects.of(learner)
        .select_related("organization")
        .prefetch_related(Prefetch("items", items, to_attr="newest_items"))
        .annotate(
            read_count=Subquery(reads.annotate(count=Count("pk")).values("count")),
            read_at=Subquery(reads.annotate(last=Max("disclosed_at")).values("last")),
        )
        .order_by("-granted_at", "-pk")
    )


def reads_of(grant: SharingGrant) -> QuerySet[Disclosure]:
    """Each answer that somebody got under this grant, newest first."""
    return (
        Disclosure.objects.filter(grant=grant).select_related("organization", "client").order_by("-disclosed_at", "-pk")
    )
