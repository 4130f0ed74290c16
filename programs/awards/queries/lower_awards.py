"""The awards below an award, at any depth, and the reviews that put their grounds in question."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from programs.models import Award, AwardConcern, ConcernKind
from programs.rules.attainments import Attainment, AttainmentKind


@dataclass(frozen=True, slots=True)
class LowerReviews:
    """Reviews of lower awards: the titles of those that are open, and whether one named another person's record."""

    open_titles: tuple[str, ...] = ()
    of_others_grounds: bool = False


def reviews_below(attainments: Iterable[Attainment], awards: Collection[Award]) -> LowerReviews:
    """Return the reviews of the awards among these attainments, and of all awards on which those rest.

    `awards` are all awards of the person. The review of a duplicate is left out: what a duplicate was granted on holds.
    One query, and none where there is no award below.
    """
    below = _below({it.id for it in attainments if it.kind is AttainmentKind.AWARD}, awards)
    if not below:
        return LowerReviews()
    rows = AwardConcern.objects.filter(award__public_id__in=below).exclude(kind=ConcernKind.TWO_STANDING)
    found = list(rows.order_by("pk").values_list("award__achievement_version__title", "kind", "settled_at"))
    open_titles = dict.fromkeys(title for title, _kind, settled_at in found if settled_at is None)
    return LowerReviews(tuple(open_titles), any(kind == ConcernKind.OTHERS_GROUNDS for _title, kind, _at in found))


def _below(names: Iterable[str], awards: Collection[Award]) -> set[UUID]:
    """Return the public ids of the awards with these names, such as `award:…`, and of all awards below them."""
    known = {f"{AttainmentKind.AWARD}:{row.public_id}": row for row in awards}
    below, waiting = set[str](), set(names)
    while waiting:
        below |= waiting
        decisions = (known[name].decision or {} for name in waiting if name in known)
        pieces = (piece["id"] for decision in decisions for piece in decision.get("attainments", ()))
        waiting = {name for name in pieces if name.startswith(f"{AttainmentKind.AWARD}:")} - below
    return {UUID(name.partition(":")[2]) for name in below}
