"""Staff pages ask for a second factor."""

import ipaddress
from collections.abc import Callable
from typing import Any, TypeGuard

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pages import factors
from config.base.access import anyone, rule_of

# Where people set up factors, confirm addresses and sign out.
ACCOUNT_PAGES = "accounts/"


class StaffFactorMiddleware:
    """Sends staff whose session has shown no second factor for a day's work to show or set one up.

    Public pages and those of their own account stay open to them.

    Rights are read anew on each request, so a role given or taken away counts from the next page on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.CAIRN_DEMO and not _is_from_here(request):
            return HttpResponseForbidden("The demo answers the machine that it runs on, and no other.\n", "text/plain")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        route = request.resolver_match.route if request.resolver_match else ""
        if rule_of(view) is anyone or route.startswith(ACCOUNT_PAGES) or not needs_factor(request.user):
            return None
        if not factors.has_factor(request.user):
            messages.warning(request, _("Your role needs a second way to sign in. Set one up to go on."))
            return redirect("mfa_index")
        if factors.was_shown_today(request):
            return None
        return redirect_to_login(request.path, reverse("mfa_reauthenticate"))


def needs_factor(user: User | AnonymousUser) -> TypeGuard[User]:
    """Whether `user` works with other people's records: a stolen password must not be enough."""
    return isinstance(user, User) and user.is_staff and not excused(user)


def excused(user: User) -> bool:
    """The accounts that `make demo` made, and only while it is the demo that runs."""
    return settings.CAIRN_DEMO and user.email.endswith(f"@{settings.CAIRN_DEMO_DOMAIN}")


def _is_from_here(request: HttpRequest) -> bool:
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
