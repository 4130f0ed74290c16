"""The desk as a whole: who gets in, what can be registered, which of the admin's own pages stay closed."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from core.desk.model_admin import DeskAdmin
from core.desk.sidebar import sidebar

# Names searched for through URLs, tables listed by app, passwords changed elsewhere: the desk has no use for them.
LEFT_OUT = frozenset({"autocomplete", "app_list", "jsi18n", "password_change", "password_change_done", "view_on_site"})


class DeskSite(AdminSite):
    """Shows what is built on DeskAdmin; what packages register for themselves is left out, unasked."""

    index_title = _("To do")
    final_catch_all_view = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:  # noqa: ANN401 - Django's
        """Register the model when its page is built on DeskAdmin; ignore it otherwise."""
        if admin_class is not None and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def unregister(self, model_or_iterable: Iterable[type[Model]] | type[Model]) -> None:
        """Nothing to take back from those who were never let in."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().unregister([model for model in models if self.is_registered(model)])

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's routes without those in LEFT_OUT."""
        return [route for route in super().get_urls() if getattr(route, "name", None) not in LEFT_OUT]

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may enter the desk at all."""
        return bool(request.user.is_active and request.user.is_staff)

    def login(self, request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Hand over to the accounts' sign-in; people who are signed in and have no role are told so."""
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        # A line end or a control character cannot stand in the header that redirects.
        target = wanted if safe and wanted.isprintable() else reverse("admin:index")
        if self.has_permission(request):
            # Not `redirect`, which takes a word without a slash for the name of a view and fails.
            return HttpResponseRedirect(target)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(target)

    def logout(self, _request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Hand over to the accounts' sign-out."""
        return redirect("account_logout")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's context with the sidebar."""
        context: dict[str, Any] = super().each_context(request)
        return {**context, "sidebar": sidebar(request) if self.has_permission(request) else []}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The cards that settings.DESK_START_PAGE gives for this person: core does not know what can wait."""
        cards_for = import_string(settings.DESK_START_PAGE)
        context = {**(extra_context or {}), "cards": cards_for(request.user), "is_start": True}
        return super().index(request, context)

    def get_app_list(self, _request: HttpRequest, _app_label: str | None = None) -> list[Any]:
        """Nothing: the sidebar lists tasks, not tables."""
        return []
