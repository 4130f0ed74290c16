"""Searching a list without the term in any URL or log: it is posted, and kept in the session until it is cleared."""

from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from core.desk.paging import AFTER, BEFORE, KeysetChangeList
from core.desk.typed_admin import PlainAdmin
from core.text.letters import typed_line

SESSION_KEY = "desk.search"
MAX_TERM_LENGTH = 200
SEARCH = "q"


def _tidied(term: str) -> str:
    """The term without what no reader sees: it comes with pasted text, and would find nothing."""
    return typed_line(term).replace("\0", "").strip()[:MAX_TERM_LENGTH]


class SearchableList(KeysetChangeList):
    """The list as the session's term narrows it."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:  # noqa: ANN401 - Django's
        """The rows, with the term that the session keeps."""
        admin = cast("PrivateSearch", self.model_admin)
        if admin.private_search:
            self.query = admin.term_of(request)
        return super().get_queryset(request, exclude_parameters)


class PrivateSearch(PlainAdmin):
    """Private unless a subclass says that its terms name no person (`private_search = False`)."""

    private_search: ClassVar[bool] = True

    def get_urls(self) -> list[URLPattern]:
        """Django's routes and the one that takes a posted term."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_search"
        route = path("search/", self.admin_site.admin_view(require_POST(self.search_view)), name=name)
        return [route, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SearchableList]:  # noqa: ARG002, ANN401 - Django's
        """The list that reads its term from the session."""
        return SearchableList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; a term in the address moves to the session."""
        if self.private_search and SEARCH in request.GET:
            # Somebody typed or kept such an address: it works, but does not stay in the address bar.
            self._keep(request, request.GET[SEARCH])
            return redirect(self._list_url(request.GET))
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the posted term, none when it is empty, and show the list with the filters it had."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        self._keep(request, request.POST.get(SEARCH, ""))
        return redirect(self._list_url(request.GET))

    def term_of(self, request: HttpRequest) -> str:
        """What this person searches this list for."""
        return str(request.session.get(SESSION_KEY, {}).get(self.opts.label_lower, ""))

    def _keep(self, request: HttpRequest, term: str) -> None:
        terms = {**request.session.get(SESSION_KEY, {}), self.opts.label_lower: _tidied(term)}
        request.session[SESSION_KEY] = {label: kept for label, kept in terms.items() if kept}

    def _list_url(self, parameters: Any) -> str:  # noqa: ANN401 - a QueryDict
        address = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
        kept = [(name, value) for name, value in parameters.items() if name not in {SEARCH, AFTER, BEFORE}]
        return f"{address}?{urlencode(kept)}" if kept else address
