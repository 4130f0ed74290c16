"""What a request for the list of documents may ask: limit, offset, sort, orderBy, filter and fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from competencies.formats.dialect import Dialect, Shape
from competencies.rules.selection import Filter, SelectionError, filter_of, is_selected, only_fields, sorted_by

# A larger limit is reduced and not refused: clients page on with X-Total-Count or Link.
MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100
# The standard has int32; more would also be too much for the database.
_LARGEST = 2**31 - 1
_PARAMETERS = frozenset({"limit", "offset", "sort", "orderBy", "filter", "fields"})
_LINK_MEMBERS = ("title", "identifier", "uri")

INVALID_SORT = "invalid_sort_field"
INVALID_SELECTION = "invalid_selection_field"


class RefusedSelectionError(Exception):
    """The request asks for what the list cannot do; `minor` is the code of the standard."""

    def __init__(self, description: str, *, minor: str = INVALID_SELECTION) -> None:
        self.description = description
        self.minor = minor
        super().__init__(description)


@dataclass(frozen=True)
class Selection:
    """A request for a part of the list."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    sort: str = ""
    descending: bool = False
    filter: Filter = ()
    fields: frozenset[str] = frozenset()

    @property
    def of_all(self) -> bool:
        """Whether all documents have to be read to know which ones are wanted."""
        return bool(self.sort or self.filter)

    def applied_to(self, trees: Sequence[Any]) -> list[Any]:
        """The documents that are wanted, in order; not yet a page of them."""
        found = [tree for tree in trees if not self.filter or is_selected(tree, self.filter)]
        return sorted_by(found, self.sort, descending=self.descending) if self.sort else found

    def page_of(self, documents: Any) -> list[Any]:  # noqa: ANN401 - a list or a query, which is cut the same way
        """One page of the wanted documents."""
        return list(documents[self.offset : self.offset + self.limit])

    def with_fields(self, tree: Any) -> Any:  # noqa: ANN401 - a JSON object
        """A document with the wanted members alone."""
        return only_fields(tree, self.fields) if self.fields else tree


def selection_of(parameters: QueryDict, dialect: Dialect) -> Selection:
    """Parse the query of a request. Raises RefusedSelectionError.

    A parameter or member that does not exist is refused: to ignore it would return what was not asked for.
    """
    unknown = min(set(parameters) - _PARAMETERS, default="")
    if unknown:
        raise RefusedSelectionError(_("The list has no parameter %(name)s.") % {"name": unknown[:60]})
    paths = frozenset(_paths(dialect))
    sort, order, wanted = (parameters.get(name) for name in ("sort", "orderBy", "filter"))
    if sort is not None and sort not in paths:
        raise RefusedSelectionError(_no_member("sort", sort), minor=INVALID_SORT)
    if order not in {None, "asc", "desc"}:
        raise RefusedSelectionError(_("orderBy is asc or desc."), minor=INVALID_SORT)
    return Selection(
        limit=min(_number(parameters, "limit", DEFAULT_LIMIT, least=1), MAX_LIMIT),
        offset=_number(parameters, "offset", 0, least=0),
        sort=sort or "",
        descending=order == "desc",
        filter=() if wanted is None else _filter(wanted, paths),
        fields=_fields(parameters.getlist("fields"), paths) if "fields" in parameters else frozenset(),
    )


def page_links(address: str, parameters: QueryDict, selection: Selection, *, total: int) -> str:
    """The header Link (RFC 8288) with the first, previous, next and last page; empty for an empty list."""
    last = max(total - 1, 0) // selection.limit * selection.limit
    starts = {"first": 0, "last": last}
    if selection.offset > 0:
        starts["prev"] = max(selection.offset - selection.limit, 0)
    if selection.offset + selection.limit < total:
        starts["next"] = selection.offset + selection.limit
    query = parameters.copy()
    links = []
    for relation, start in starts.items():
        query["limit"], query["offset"] = str(selection.limit), str(start)
        links.append(f'<{address}?{query.urlencode()}>; rel="{relation}"')
    return ", ".join(links) if total else ""


def _paths(dialect: Dialect) -> Iterator[str]:
    """What a document can be sorted and filtered by: its members, and the members of its links."""
    for name, member in dialect.document.items():
        yield name
        if member.shape in {Shape.LINK, Shape.LINKS}:
            yield from (f"{name}.{part}" for part in _LINK_MEMBERS)
    if dialect.names_version:
        yield "caseVersion"


def _number(parameters: QueryDict, name: str, default: int, *, least: int) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    # int() alone would also take "1_000", blanks and digits of other scripts.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST)) and least <= int(text) <= _LARGEST):
        message = _("%(name)s is a whole number from %(least)s on.")
        raise RefusedSelectionError(message % {"name": name, "least": least})
    return int(text)


def _filter(text: str, paths: frozenset[str]) -> Filter:
    try:
        return filter_of(text, names=paths)
    except SelectionError as error:
        message = _("The filter is not understood at “%(place)s”; an example: title~'bread' AND language='en'.")
        raise RefusedSelectionError(message % {"place": error.name}) from None


def _fields(texts: Sequence[str], paths: frozenset[str]) -> frozenset[str]:
    """The wanted members: separated by commas, or the parameter once for each."""
    names = frozenset(name.strip() for text in texts for name in text.split(","))
    unknown = min(names - {path for path in paths if "." not in path}, default=None)
    if unknown is not None:
        raise RefusedSelectionError(_no_member("fields", unknown))
    return names


def _no_member(parameter: str, name: str) -> str:
    message = _("%(parameter)s: a document has no member “%(name)s”.")
    return message % {"parameter": parameter, "name": name[:60]}
