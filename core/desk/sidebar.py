"""The desk's sidebar: tasks, not tables. Every app adds its entries in `apps.ready`; people see those they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from core.desk.rights import Predicate
from core.routes import address_of

Text = str | Promise


@dataclass(frozen=True)
class SidebarEntry:
    """One line of the sidebar.

    `badge` counts what waits for a user; 0 shows nothing. `place` orders groups and entries.
    """

    group: Text
    label: Text
    route: str
    may: Predicate
    badge: Callable[[Any], int] | None = None
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
    """The groups and lines that the sender of this request may see; groups are in the order of their first entry."""
    groups: dict[str, list[SidebarLine]] = {}
    for entry in sorted(_entries.values(), key=lambda entry: entry.place):
        if entry.may(request.user):
            waiting = entry.badge(request.user) if entry.badge else 0
            url = entry.url
            line = SidebarLine(entry, url, waiting, here=request.path.startswith(url))
            groups.setdefault(str(entry.group), []).append(line)
    return list(groups.items())
