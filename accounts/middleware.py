"""Staff pages ask for a second factor."""

import ipaddress
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from config.base.access import anyone, rule_of

# Where people set up factors, confirm addresses and sign out.
ACCOUNT_PAGES = "accounts/"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class StaffFactorMiddleware:
    """Sends staff without a second factor to set one up, from every page but the public ones and their account's.

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
        if rule_of(view) is anyone or route.startswith(ACCOUNT_PAGES) or not lacks_factor(request.user):
            return None
        messages.warning(request, _("Your role needs a second way to sign in. Set one up to go on."))
        return redirect("mfa_index")


def lacks_factor(user: Any) -> bool:  # noqa: ANN401 - a User or Django's AnonymousUser
    """Whether `user` works here but could sign in with a stolen password alone."""
    if not isinstance(user, User) or not user.is_staff or excused(user):
        return False
    return not Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def excused(user: User) -> bool:
    """The accounts that `make demo` made, and only while it is the demo that runs."""
    return settings.CAIRN_DEMO and user.email.endswith(f"@{settings.CAIRN_DEMO_DOMAIN}")


def _is_from_here(request: HttpRequest) -> bool:
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
