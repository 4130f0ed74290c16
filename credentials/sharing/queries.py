"""Reads of sharing: what partners and holders of links may read, and what a learner shares or could share."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import Disclosure, Learner, Organization, SharingGrant
from core.database.compiled import compiled
from core.rest.keyset import Key
from credentials.models import Credential, GrantItem, NameComparison, Transcript
from programs.models import Award, Enrollment


@dataclass(frozen=True)
class SharedPage:
    """A page of shared transcripts in order; `after` is the key of the last one if more follow."""

    items: Sequence[GrantItem]
    after: Key | None


def shared_page(
    organization: Organization,
    *,
    at: datetime,
    limit: int,
    after: Key | None = None,
    changed_since: datetime | None = None,
) -> SharedPage:
    """The newest transcripts that learners share with this partner, by the instant from which each is covered.

    Every page reads one range of the index grant_item_of_partner, however far down the list it is.
    """
    rows = (
        GrantItem.objects.shared_with(organization, at=at)
        .newest()
        .select_related("grant", "transcript__code_row")
        .defer("transcript__content")
    )
    if changed_since is not None:
        rows = rows.filter(covered_at__gte=changed_since)
    if after is not None:
        # The condition repeats the lower bound alone, so that PostgreSQL starts there in the index.
        later = Q(covered_at=after.at, public_id__gt=after.public_id) | Q(covered_at__gt=after.at)
        rows = rows.filter(later, covered_at__gte=after.at)
    # One row more than the page shows whether another page follows.
    found = list(rows.order_by("covered_at", "public_id")[: limit + 1])
    shown = found[:limit]
    more = len(found) > limit
    return SharedPage(shown, Key(shown[-1].covered_at, shown[-1].public_id) if more else None)


def item_for(organization: Organization, transcript_id: uuid.UUID, *, at: datetime) -> GrantItem | None:
    """The item that opens this transcript to this partner: of several grants the one that lasts longest."""
    return next(iter(_opening(organization.pk, transcript_id, at)), None)


@compiled
def _opening(organization: int, transcript_id: uuid.UUID, at: datetime) -> QuerySet[GrantItem]:
    rows = GrantItem.objects.shared_with(Organization(pk=organization), at=at)
    opening = rows.filter(transcript__public_id=transcript_id).select_related("grant", "transcript")
    return opening.order_by("-grant__expires_at", "-pk")[:1]


def item_naming(organization: Organization, credential: Credential, *, at: datetime) -> GrantItem | None:
    """The item that opens this credential to this partner: a shared transcript that names it.

    A later credential of the same award, for example in a new name, is open only if a shared transcript names it too.
    """
    rows = (
        GrantItem.objects.shared_with(organization, at=at)
        .of(credential.learner)
        .select_related("grant", "transcript", "learner")
        .order_by("-grant__expires_at", "-pk")
    )
    # In Python and not in SQL: `content` is bytes, and a learner shares few transcripts with one partner.
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
    """Every grant of the learner, the newest first, each with its transcripts and the number and time of its reads."""
    # Subqueries, because a join with both items and disclosures would multiply the counts.
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


def name_comparisons_of(learner: Learner) -> QuerySet[NameComparison]:
    """Each comparison of a name with one on a document of the learner, the newest first."""
    rows = NameComparison.objects.of(learner).select_related(
        "document__code_row", "document__award__achievement_version"
    )
    large = ("document__content", "document__prepared", "document__award__decision")
    return rows.defer(*large, "document__award__achievement_version__content").order_by("-compared_at", "-pk")


def grant_of(learner: Learner, public_id: uuid.UUID) -> SharingGrant | None:
    """The grant of this learner with this id; None for one of somebody else, as for one that does not exist."""
    return grants_of(learner).filter(public_id=public_id).first()


def shareable_transcripts(learner: Learner) -> QuerySet[Transcript]:
    """The transcripts that the learner can share: not replaced and within their retention, the newest first."""
    rows = Transcript.objects.of(learner).in_force().exclude(content=None).select_related("code_row")
    return rows.order_by("-issued_at", "-pk")


def only_shareable_transcript(learner: Learner) -> uuid.UUID | None:
    """The id of the transcript that the learner can share, if there is exactly one."""
    public_ids = list(shareable_transcripts(learner).values_list("public_id", flat=True)[:2])
    return public_ids[0] if len(public_ids) == 1 else None


def partners_with_access() -> QuerySet[Organization]:
    """The partners that have a client of the API in use, by name."""
    partners = Organization.objects.partners().filter(partner_clients__ended_at=None, partner_clients__isnull=False)
    # A partner with two clients is joined twice: the subquery lists it once.
    return Organization.objects.filter(pk__in=partners.values("pk")).order_by("name", "pk")


def reads_of(grant: SharingGrant) -> QuerySet[Disclosure]:
    """Every disclosure under this grant, the newest first."""
    return (
        Disclosure.objects.filter(grant=grant).select_related("organization", "client").order_by("-disclosed_at", "-pk")
    )


def grants_telling_of_others(learner: Learner, *, at: datetime) -> list[SharingGrant]:
    """Return the learner's live grants over transcripts that name an award or enrollment of somebody else."""
    live = GrantItem.objects.of(learner).filter(grant__in=SharingGrant.objects.live(at))
    items = list(live.exclude(transcript__content=None).select_related("grant", "transcript"))
    named = {item.pk: set(_rows_named(item.transcript.facts or {})) for item in items}
    records = set(Learner.objects.of(learner).values_list("pk", flat=True))
    ids = set().union(*named.values())
    rows = (model.objects.filter(public_id__in=ids) for model in (Award, Enrollment))
    owners = (row.exclude(learner__in=records).values_list("public_id", flat=True) for row in rows)
    others = {str(public_id) for found in owners for public_id in found}
    telling = {item.grant_id: item.grant for item in items if named[item.pk] & others}
    return [telling[pk] for pk in sorted(telling)]


def _rows_named(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the public ids of the enrollments and awards that a transcript tells of."""
    yield from (program["enrollment"] for program in content.get("programs", ()) if program["enrollment"])
    yield from (award["award"] for award in content.get("awards", ()))
