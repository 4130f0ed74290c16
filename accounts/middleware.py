"""Requires a second factor for staff."""

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
from core.access import anyone, rule_of

# These pages set up factors, confirm addresses and sign out. They must work without a second factor.
ACCOUNT_PAGES = "accounts/"


class StaffFactorMiddleware:
    """Redirects staff to show or set up a second factor if their session has not shown one lately.

    Public pages and the pages of their own account stay open. Roles are read from the database on each request, so that
    a change takes effect on the next page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.CAIRN_DEMO and not _is_local(request):
            return HttpResponseForbidden("The demo answers the machine that it runs on, and no other.\n", "text/plain")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """None to go on, or a redirect."""
        route = request.resolver_match.route if request.resolver_match else ""
        # The cheap conditions come first: the last one reads the roles from the database.
        if rule_of(view) is anyone or route.startswith(ACCOUNT_PAGES) or not needs_factor(request.user):
            return None
        if not factors.has_factor(request.user):
            messages.warning(request, _("Your role needs a second way to sign in. Set one up to go on."))
            return redirect("mfa_index")
        if factors.was_shown_today(request):
            return None
        return redirect_to_login(request.path, reverse("mfa_reauthenticate"))


def needs_factor(user: User | AnonymousUser) -> TypeGuard[User]:
    """Whether `user` can see records of others: a stolen password must not be enough for that."""
    return isinstance(user, User) and user.is_staff and not is_demo_account(user)


def is_demo_account(user: User) -> bool:
    """Whether `make demo` created this account; False unless the demo is running."""
    return settings.CAIRN_DEMO and user.email.endswith(f"@{settings.CAIRN_DEMO_DOMAIN}")


def _is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine. REMOTE_ADDR cannot be forged as a forwarding header can."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
