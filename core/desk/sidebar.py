"""The desk's sidebar: tasks, not tables. Every app adds its own in `apps.ready`; people see those they may do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from core.desk.rights import Predicate

Text = str | Promise


@dataclass(frozen=True)
class SidebarEntry:
    """One line of the sidebar; `badge` gives the rows that wait, to be counted; `place` orders groups and tasks."""

    group: Text
    label: Text
    route: str
    may: Predicate
    badge: Callable[[Any], QuerySet[Any]] | None = None
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
    """The groups and lines that this request's sender may see; groups stand in the order of their first task.

    One query counts what waits, for all lines together: it is asked with every page of the desk.
    """
    tasks = sorted((task for task in _tasks.values() if task.may(request.user)), key=lambda task: task.place)
    counts = _counts([task.badge(request.user) if task.badge else None for task in tasks])
    groups: dict[str, list[Line]] = {}
    for task, waiting in zip(tasks, counts, strict=True):
        line = Line(task, waiting, here=request.path.startswith(task.url))
        groups.setdefault(str(task.group), []).append(line)
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
