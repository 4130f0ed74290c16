"""The desk's sidebar: tasks, not tables. Every app adds its own in `apps.ready`; people see those they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from core.desk.rights import Predicate

Text = str | Promise


@dataclass(frozen=True)
class SidebarEntry:
    """One line of the sidebar; `badge` counts what waits and shows nothing for 0; `place` orders groups and tasks."""

    group: Text
    label: Text
    route: str
    may: Predicate
    badge: Callable[[Any], int] | None = None
    icon: str = "file"
    place: int = 50

    @property
    def url(self) -> str:
        return reverse(self.route)


@dataclass(frozen=True)
class Line:
    """A task as one person sees it on one page."""

    task: SidebarEntry
    waiting: int
    here: bool


_tasks: dict[str, SidebarEntry] = {}


def add_sidebar_entry(task: SidebarEntry) -> None:
    """Add `task` to the sidebar; a second task for the same route takes the place of the first."""
    _tasks[task.route] = task


def sidebar(request: HttpRequest) -> list[tuple[str, list[Line]]]:
    """The groups and lines that this request's sender may see; groups stand in the order of their first task."""
    groups: dict[str, list[Line]] = {}
    for task in sorted(_tasks.values(), key=lambda task: task.place):
        if task.may(request.user):
            waiting = task.badge(request.user) if task.badge else 0
            line = Line(task, waiting, here=request.path.startswith(task.url))
            groups.setdefault(str(task.group), []).append(line)
    return list(groups.items())
