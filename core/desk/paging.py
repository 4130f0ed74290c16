"""Pages of a list that cost the same wherever they are: the next page starts after a row, not at a number.

The address names that row by its key alone; what it is sorted by can be a person's name, and stays out of URLs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import JSONField, Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

NUL = "\x00"
AFTER = "after"
BEFORE = "before"


@dataclass(frozen=True)
class Page:
    """Some rows in order, and whether there are others on either side."""

    rows: list[Any]
    earlier: bool
    later: bool


def page_of(
    rows: QuerySet[Any],
    *,
    size: int,
    after: Any = None,  # noqa: ANN401 - a key
    before: Any = None,  # noqa: ANN401 - a key
    among: QuerySet[Any] | None = None,
) -> Page:
    """At most `size` of `rows`, in their own order, following the row of the key `after` or preceding that of `before`.

    The order must be total, of columns that are never null in `rows`, written as field names. The keys name rows of
    `among`, which by default is `rows`; a key of no such row starts in front.
    """
    order, places = _order(rows), rows if among is None else among
    if before is not None and (values := _values(places, before, order)):
        backwards = [(name, not downwards) for name, downwards in order]
        found = list(_beyond(rows.reverse(), values, backwards)[: size + 1])
        return Page(found[:size][::-1], earlier=len(found) > size, later=True)
    values = _values(places, after, order) if after is not None else None
    found = list((_beyond(rows, values, order) if values else rows)[: size + 1])
    return Page(found[:size], earlier=values is not None, later=len(found) > size)


def _order(rows: QuerySet[Any]) -> list[tuple[str, bool]]:
    """The columns up to the first that is unique by itself, and whether each runs downwards."""
    columns: dict[str, bool] = {}
    for name in map(str, rows.query.order_by):
        columns.setdefault(name.lstrip("-"), name.startswith("-"))
        if name.lstrip("-") in {"pk", rows.model._meta.pk.name}:
            break
    return list(columns.items())


def _values(places: QuerySet[Any], key: Any, order: list[tuple[str, bool]]) -> tuple[Any, ...] | None:  # noqa: ANN401
    # Never from all rows of the model: where a row out of reach would stand in the list must not be told either, and
    # a row that the list leaves out may have no value in a column of the order.
    return places.order_by().filter(pk=key).values_list(*[name for name, _ in order]).first()


def _beyond(rows: QuerySet[Any], values: tuple[Any, ...], order: list[tuple[str, bool]]) -> QuerySet[Any]:
    beyond = Q()
    level: dict[str, Any] = {}
    for (name, downwards), value in zip(order, values, strict=True):
        beyond |= Q(**level, **{f"{name}__{'lt' if downwards else 'gt'}": value})
        level[name] = value
    # The first column's bound says nothing new, but it is what an index can start from.
    (first, downwards), value = order[0], values[0]
    return rows.filter(beyond, **{f"{first}__{'lte' if downwards else 'gte'}": value})


def _documents(model: type[Model], joined: dict[str, Any], path: str = "") -> list[str]:
    """The JSON columns of the records that `joined` (as in `query.select_related`) reads with the rows of `model`."""
    found: list[str] = []
    for name, further in joined.items():
        related: Any = model._meta.get_field(name).related_model
        below = f"{path}{name}__"
        found += [below + field.name for field in related._meta.concrete_fields if isinstance(field, JSONField)]
        found += _documents(related, further, below)
    return found


class KeysetChangeList(ChangeList):
    """The admin's list without its COUNT and OFFSET."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The filters in the address, without the place in the list."""
        kept = super().get_filters_params(params)
        entered = (value for values in kept.values() for value in (values if isinstance(values, list) else [values]))
        if any(NUL in str(value) for value in entered):  # the database would refuse it
            raise IncorrectLookupParameters
        return {name: value for name, value in kept.items() if name not in {AFTER, BEFORE}}

    def get_filters(self, request: HttpRequest) -> tuple[list[Any], bool, dict[str, Any], bool, bool]:
        """The filters of the list; a parameter that none of them takes is refused.

        Django would look up any column of the model and every relation of one step, the tables of the history among
        them. That answers yes or no about rows that the person may not read.
        """
        filters: tuple[list[Any], bool, dict[str, Any], bool, bool] = super().get_filters(request)
        _specs, _any, undeclared, _duplicates, _active = filters
        if undeclared:
            raise IncorrectLookupParameters
        return filters

    def get_ordering_field(self, field_name: str | Callable[..., Any]) -> Any:  # noqa: ANN401 - Django's
        """The column by which an address may sort; None for those that `sortable_by` leaves out.

        Django leaves out only the links: `?o=` sorts by any column of the list, also by one that can be null.
        """
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:  # noqa: ANN401 - Django's
        """Addresses of other filters and pages start from the front, unless they name a row themselves."""
        return super().get_query_string(new_params, [*(remove or []), AFTER, BEFORE])

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        """The records that the rows name are read with them, but without their JSON documents.

        Lists show what such a record is called; a whole program, decoded again for each row, is most of a page's time.
        """
        rows = super().apply_select_related(qs)
        joined = rows.query.select_related
        return rows.defer(*_documents(rows.model, joined)) if isinstance(joined, dict) and joined else rows

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, without COUNT and OFFSET."""
        after, before = self._key(request, AFTER), self._key(request, BEFORE)
        # Among all rows of the person: one that has left the filter since still says where the next page starts.
        page = page_of(self.queryset, size=self.list_per_page, after=after, before=before, among=self.root_queryset)
        self.page = page
        self.result_list = page.rows
        self.result_count = len(page.rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = page.earlier or page.later
        self.paginator = None

    def url_for_result(self, result: Model) -> str:
        """The address of the record's page; for keys that need no quoting it is worked out once for the list."""
        if not isinstance(result.pk, int | UUID):
            return super().url_for_result(result)
        start, end = self._around_the_key
        return f"{start}{result.pk}{end}"

    @cached_property
    def _around_the_key(self) -> tuple[str, str]:
        stand_in = UUID(int=0)
        route = f"{self.model_admin.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        start, end = reverse(route, args=[stand_in]).split(str(stand_in))
        return start, end

    def _key(self, request: HttpRequest, parameter: str) -> object:
        sent = request.GET.get(parameter)
        try:
            return None if sent is None else self.model._meta.pk.to_python(sent)
        except ValidationError:
            return None

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
