"""Reads of status lists: which bits are set, computed from the documents, and how full the newest list is."""

from collections.abc import Collection

from django.db.models import QuerySet

from core.database.compiled import compiled
from core.database.prepared import prepared_cursor
from credentials.models import Document, Issuer, StatusEntry, StatusList


def indexes_set_in(status_list: StatusList) -> set[int]:
    """The bits of the documents of this list that were replaced or revoked."""
    ended = Document.objects.ended().filter(status_entry__status_list=status_list)
    return set(ended.values_list("status_entry__index", flat=True))


def newest_list_of(issuer: Issuer) -> StatusList | None:
    """The issuer's newest status list, without its signed bytes; None before its first."""
    for row in _newest(issuer.pk):
        row.issuer = issuer  # saves the query that `url` would need
        return row
    return None


def entry_count_of(status_list: StatusList) -> int:
    """How many bits of this list are in use. It reads them all: ask only when a sample says that they may be many."""
    return StatusEntry.objects.filter(status_list=status_list).count()


# One text for any number of bits: the server plans it once, and Django does not build a list of fifty parameters.
TAKEN = 'SELECT "index" FROM credentials_statusentry WHERE status_list_id = %s AND "index" = ANY(%s)'


def taken_among(status_list: StatusList, indexes: Collection[int]) -> set[int]:
    """Those of these bits that belong to a document already."""
    with prepared_cursor(StatusEntry.objects.db) as cursor:
        cursor.execute(TAKEN, [status_list.pk, list(indexes)])
        return {index for (index,) in cursor.fetchall()}


@compiled
def _newest(issuer: int) -> QuerySet[StatusList]:
    return StatusList.objects.filter(issuer=issuer).defer("content").order_by("-pk")[:1]
