"""Reads of status lists: which bits are set, computed from the documents, and how full the newest list is."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.database.compiled import compiled
from core.database.prepared import prepared_cursor
from credentials.models import Document, Issuer, StatusEntry, StatusList


@dataclass(frozen=True, slots=True)
class StatusListUsage:
    """A status list, without its signed bytes, and how many of its bits are in use."""

    status_list: StatusList
    entry_count: int


def indexes_set_in(status_list: StatusList) -> set[int]:
    """The bits of the documents of this list that were replaced or revoked."""
    ended = Document.objects.ended().filter(status_entry__status_list=status_list)
    return set(ended.values_list("status_entry__index", flat=True))


def newest_list_of(issuer: Issuer) -> StatusListUsage | None:
    """The issuer's newest status list; None before its first."""
    for row in _newest(issuer.pk):
        row.issuer = issuer  # saves the query that `url` would need
        return StatusListUsage(row, vars(row)["entry_count"])
    return None


# One text for any number of bits: the server plans it once, and Django does not build a list of fifty parameters.
TAKEN = 'SELECT "index" FROM credentials_statusentry WHERE status_list_id = %s AND "index" = ANY(%s)'


def taken_among(status_list: StatusList, indexes: Collection[int]) -> set[int]:
    """Those of these bits that belong to a document already."""
    with prepared_cursor(StatusEntry.objects.db) as cursor:
        cursor.execute(TAKEN, [status_list.pk, list(indexes)])
        return {index for (index,) in cursor.fetchall()}


@compiled
def _newest(issuer: int) -> QuerySet[StatusList]:
    # A subquery and not a join with GROUP BY, which would group by the columns of the list.
    entries = StatusEntry.objects.filter(status_list=OuterRef("pk")).order_by().values("status_list")
    count = Subquery(entries.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    rows = StatusList.objects.filter(issuer=issuer).annotate(entry_count=Coalesce(count, 0))
    return rows.defer("content").order_by("-pk")[:1]
