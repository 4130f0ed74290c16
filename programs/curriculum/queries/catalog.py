"""The list of versions in force for partners; it has no data about people."""

from django.db.models import Q

from core.rest.keyset import Key
from programs.models import ProgramVersion


def program_page(*, limit: int, after: Key | None) -> tuple[list[ProgramVersion], Key | None]:
    """Return a page of the versions in force, by time of publication, and the key of its last row if there are more."""
    rows = ProgramVersion.objects.published().select_related("program__organization").defer("content")
    if after is not None:
        later = Q(published_at=after.at, public_id__gt=after.public_id) | Q(published_at__gt=after.at)
        rows = rows.filter(later, published_at__gte=after.at)
    page = list(rows.order_by("published_at", "public_id")[: limit + 1])
    listed = page[:limit]
    last = listed[-1] if len(page) > limit else None
    return listed, Key(last.published_at, last.public_id) if last and last.published_at else None
