"""The base of every page of the desk about a model: read-only until it says otherwise, and never past an action."""

from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.functional import Promise

from core.desk.cells import columns_of, keys_among, labels_of, rows_of
from core.desk.history import History, event_model_of
from core.desk.inlines import ShownInlines
from core.desk.saving import Saving
from core.desk.search import PrivateSearch
from core.desk.verbs import Verbs
from core.desk.widgets import PlainWidgets


class DeskAdmin(Verbs, PrivateSearch, History, Saving, ShownInlines, PlainWidgets):
    """A list that answers a question, a record that can be read, verbs, a history.

    A subclass names `may_view`, and, where people write, `may_add`, `may_change` and `save_through`. Lists are paged by
    key: `ordering` names columns that are never null; columns are not sorted by clicking unless `sortable_by` says so.
    """

    actions = None
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    question: str | Promise = ""

    def get_urls(self) -> list[URLPattern]:
        """The routes of this page, without deleting and without the admin's old address of a record."""
        return [route for route in super().get_urls() if _is_kept(route)]

    def get_list_select_related(self, request: HttpRequest) -> Any:  # noqa: ANN401 - Django's
        """What the page says, or every key that a column shows: the admin's guess leaves out those that may be null."""
        return super().get_list_select_related(request) or keys_among(self.model, self.get_list_display(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with its verbs, labels and rows as plain values."""
        extra = {"verbs": self.verbs_for(request), "title": self.opts.verbose_name_plural, "question": self.question}
        answer = super().changelist_view(request, {**extra, **(extra_context or {})})
        listed = getattr(answer, "context_data", None)
        if listed and "cl" in listed:
            labels = labels_of(self, columns_of(listed["cl"]))
            listed["labels"] = labels
            listed["rows"] = list(rows_of(listed["cl"], labels))
        return answer

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - Django's
        """The page of a record, with its verbs and whether it has a history."""
        record: Model | None = kwargs.get("obj")
        context["verbs"] = self.verbs_for(request, record) if record is not None else []
        context["kept"] = event_model_of(self.model) is not None
        return super().render_change_form(request, context, *args, **kwargs)


def _is_kept(route: URLPattern) -> bool:
    return route.name is not None and not route.name.endswith("_delete")
