"""The history of a record: who changed it, when, why, each field before and after; written down by the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from core.desk.cells import instant
from core.desk.field_labels import label_of
from core.desk.typed_admin import PlainAdmin
from core.history import READING, WHO, WHY

PAGE_SIZE = 25
NOTHING = "—"


@dataclass(frozen=True)
class Change:
    """One field of one entry; `before` is None where the record began."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Entry:
    """One moment in the life of a record."""

    at: datetime
    who: str
    why: str
    began: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Chapter:
    """Some entries, newest first; `older` is the key that the next chapter starts after, or None."""

    entries: list[Entry]
    older: int | None

    @property
    def older_query(self) -> str:
        """The query string of the next chapter."""
        return f"?before={self.older}"


def event_model_of(model: type[Model]) -> Any | None:  # noqa: ANN401 - pghistory makes these classes at run time
    """The table in which the database writes down changes of `model`, or None when it does not."""
    kinds = set(getattr(model, "pgh_event_models", {}).values())
    return next(iter(kinds), None)


def chapter_of(row: Model, *, before: int | None = None, size: int = PAGE_SIZE) -> Chapter:
    """The `size` newest entries of `row`'s history before the event `before`, each compared with the one it follows."""
    model = event_model_of(type(row))
    if model is None:
        return Chapter([], None)
    events = model.objects.filter(pgh_obj_id=row.pk).select_related("pgh_context").order_by("-pgh_id")
    if before is not None:
        events = events.filter(pgh_id__lt=before)
    found = list(events[: size + 1])
    shown = found[:size]
    reader = _Reader(_tracked_fields(model), found)
    # The page's last event is compared with the first one of the next page, or it is where the record began.
    entries = [
        reader.entry(event, found[place + 1] if place + 1 < len(found) else None) for place, event in enumerate(shown)
    ]
    return Chapter(
        [entry for entry in entries if entry.began or entry.changes], shown[-1].pgh_id if len(found) > size else None
    )


def _tracked_fields(model: Any) -> "list[Field[Any, Any]]":  # noqa: ANN401 - as event_model_of
    return [field for field in model._meta.concrete_fields if not field.name.startswith("pgh_")]


class _Reader:
    """Turns stored values into words; looks up the people and records that a page of events names, once each."""

    def __init__(self, fields: "list[Field[Any, Any]]", events: list[Any]) -> None:
        # Identifiers for machines say nothing to whoever reads the history.
        self.fields = [field for field in fields if not field.primary_key and field.name not in {"id", "public_id"}]
        self.people = _named(get_user_model()._default_manager.all(), {_said(event, WHO) for event in events})
        self.related = {
            field.attname: _named(
                field.related_model._base_manager.all(),
                {getattr(event, field.attname) for event in events},
            )
            for field in self.fields
            if isinstance(field, ForeignKey)
        }

    def entry(self, event: Any, previous: Any | None) -> Entry:  # noqa: ANN401 - an event
        return Entry(
            at=event.pgh_created_at,
            who=self._who(event),
            why=str(_said(event, WHY) or ""),
            began=previous is None,
            changes=tuple(self._changes(event, previous)),
        )

    def _who(self, event: Any) -> str:  # noqa: ANN401 - an event
        key = _said(event, WHO)
        return self.people.get(key, str(_("an account that is gone"))) if key else str(_("Cairn itself"))

    def _changes(self, event: Any, previous: Any | None) -> list[Change]:  # noqa: ANN401 - events
        found = []
        for field in self.fields:
            after = getattr(event, field.attname)
            before = None if previous is None else getattr(previous, field.attname)
            if previous is None and after in (None, "", []):
                continue
            if previous is None or before != after:
                words = None if previous is None else self._words(field, before)
                found.append(Change(str(label_of(field)), words, self._words(field, after)))
        return found

    def _words(self, field: "Field[Any, Any]", value: Any) -> str:  # noqa: ANN401 - any column's value
        if value in (None, "", []):
            return NOTHING
        if field.attname in self.related:
            return self.related[field.attname].get(value, str(value))
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        return _plainly(value)


def _plainly(value: Any) -> str:  # noqa: ANN401 - any column's value
    if isinstance(value, list):
        return ", ".join(_plainly(part) for part in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return instant(value)
    return str(formats.localize(value))


def _said(event: Any, key: str) -> Any:  # noqa: ANN401 - JSON
    return (event.pgh_context.metadata if event.pgh_context else {}).get(key)


def _named(rows: QuerySet[Any], keys: set[Any]) -> dict[Any, str]:
    wanted = keys - {None}
    return {key: str(row) for key, row in rows.in_bulk(wanted).items()} if wanted else {}


class History(PlainAdmin):
    """Puts the database's history in the place of the admin's own log; nothing can be reverted from here."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the history; there is nothing to send here."""
        if request.method not in READING:
            return HttpResponseNotAllowed(sorted(READING))
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        start = request.GET.get("before", "")
        back = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "original": row,
            "chapter": chapter_of(row, before=int(start) if start.isdecimal() else None),
            "kept": event_model_of(self.model) is not None,
            "back_url": reverse(back, args=[row.pk]),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "desk/history.html", context)
