"""Pages of a list that cost the same wherever they are: the next page starts after a row, not at a number.

The address names that row by its key alone; what it is sorted by can be a person's name, and stays out of URLs.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

AFTER = "after"
BEFORE = "before"


@dataclass(frozen=True)
class Page:
    """Some rows in order, and whether there are others on either side."""

    rows: list[Any]
    earlier: bool
    later: bool


def page_of(rows: QuerySet[Any], *, size: int, after: Model | None = None, before: Model | None = None) -> Page:
    """At most `size` of `rows`, following `after` or preceding `before` in the rows' own order.

    The order must be total, of columns that are never null, and written as field names.
    """
    if before is not None:
        found = list(_beyond(rows.reverse(), before, _reversed(_order(rows)))[: size + 1])
        return Page(found[:size][::-1], earlier=len(found) > size, later=True)
    found = list((rows if after is None else _beyond(rows, after, _order(rows)))[: size + 1])
    return Page(found[:size], earlier=after is not None, later=len(found) > size)


def _order(rows: QuerySet[Any]) -> list[tuple[str, bool]]:
    return [(str(name).lstrip("-"), str(name).startswith("-")) for name in rows.query.order_by]


def _reversed(order: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    return [(name, not downwards) for name, downwards in order]


def _beyond(rows: QuerySet[Any], anchor: Model, order: list[tuple[str, bool]]) -> QuerySet[Any]:
    values = type(anchor)._default_manager.filter(pk=anchor.pk).values_list(*[name for name, _ in order]).get()
    beyond = Q()
    level: dict[str, Any] = {}
    for (name, downwards), value in zip(order, values, strict=True):
        beyond |= Q(**level, **{f"{name}__{'lt' if downwards else 'gt'}": value})
        level[name] = value
    # The first column's bound says nothing new, but it is what an index can start from.
    (first, downwards), value = order[0], values[0]
    return rows.filter(beyond, **{f"{first}__{'lte' if downwards else 'gte'}": value})


class KeysetChangeList(ChangeList):
    """The admin's list without its COUNT and OFFSET."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        kept = super().get_filters_params(params)
        return {name: value for name, value in kept.items() if name not in {AFTER, BEFORE}}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:  # noqa: ANN401 - Django's
        """Addresses of other filters and pages start from the front, unless they name a row themselves."""
        return super().get_query_string(new_params, [*(remove or []), AFTER, BEFORE])

    def get_results(self, request: HttpRequest) -> None:
        after, before = self._row(request, AFTER), self._row(request, BEFORE)
        page = page_of(self.queryset, size=self.list_per_page, after=after, before=before)
        self.page = page
        self.result_list = page.rows
        self.result_count = len(page.rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = page.earlier or page.later
        self.paginator = None

    def _row(self, request: HttpRequest, parameter: str) -> Model | None:
        key = request.GET.get(parameter)
        if key is None:
            return None
        try:
            row: Model | None = self.root_queryset.filter(pk=key).first()
        except (ValueError, ValidationError):
            return None
        return row

    @property
    def earlier_url(self) -> str:
        """The address of the page before this one, or nothing."""
        return self._url(BEFORE, self.result_list[0]) if self.page.earlier and self.result_list else ""

    @property
    def later_url(self) -> str:
        """The address of the page after this one, or nothing."""
        return self._url(AFTER, self.result_list[-1]) if self.page.later and self.result_list else ""

    def _url(self, parameter: str, row: Model) -> str:
        return self.get_query_string({parameter: row.pk})
