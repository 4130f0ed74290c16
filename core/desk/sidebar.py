"""The desk's sidebar: tasks, not tables. Every app adds its entries in `apps.ready`; people see those they may do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.utils.functional import Promise

from core.desk.rights import Predicate
from core.routes import address_of

Text = str | Promise


@dataclass(frozen=True)
class SidebarEntry:
    """One line of the sidebar.

    `badge` gives the rows that wait for a user, to be counted; 0 shows nothing. `place` orders groups and entries.
    """

    group: Text
    label: Text
    route: str
    may: Predicate
    badge: Callable[[Any], QuerySet[Any]] | None = None
    icon: str = "file"
    place: int = 50

    @property
    def url(self) -> str:
        """The address of the page that the entry leads to."""
        return address_of(self.route)


@dataclass(frozen=True)
class SidebarLine:
    """An entry as one person sees it on one page."""

    entry: SidebarEntry
    url: str
    waiting: int
    here: bool


_entries: dict[str, SidebarEntry] = {}


def add_sidebar_entry(entry: SidebarEntry) -> None:
    """Add `entry` to the sidebar; a second entry for the same route replaces the first."""
    _entries[entry.route] = entry


def sidebar(request: HttpRequest) -> list[tuple[str, list[SidebarLine]]]:
    """The groups and lines that the sender of this request may see; groups are in the order of their first entry.

    One query counts what waits for all lines together, because every page of the desk shows these numbers.
    """
    entries = sorted((entry for entry in _entries.values() if entry.may(request.user)), key=lambda entry: entry.place)
    counts = _counts([entry.badge(request.user) if entry.badge else None for entry in entries])
    groups: dict[str, list[SidebarLine]] = {}
    for entry, waiting in zip(entries, counts, strict=True):
        url = entry.url
        line = SidebarLine(entry, url, waiting, here=request.path.startswith(url))
        groups.setdefault(str(entry.group), []).append(line)
    return list(groups.items())


def _counts(several: Sequence[QuerySet[Any] | None]) -> list[int]:
    """How many rows each has; 0 for None."""
    counted = [
        rows.order_by()
        .annotate(line=Value(line))
        .values("line")
        .annotate(count=Count("pk"))
        .values_list("line", "count")
        for line, rows in enumerate(several)
        if rows is not None
    ]
    found: dict[int, int] = dict(counted[0].union(*counted[1:], all=True)) if counted else {}
    return [found.get(line, 0) for line in range(len(several))]
