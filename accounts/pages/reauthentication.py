"""Reauthentication before sensitive acts: issuing, revoking, keys, and changes of the own account.

    @access(registrars)
    @recently_signed_in
    def rotate_key(request): ...

Inside a view or a desk action, `require_recent_sign_in(request)` does the same. Afterwards the user returns to the same
page, and a submitted form is submitted again.
"""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.pages import factors

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def was_recent(request: HttpRequest) -> bool:
    """Whether the user has authenticated within ACCOUNT_REAUTHENTICATION_TIMEOUT, by any method.

    If the account has a second factor, the session must have shown it.
    """
    if not isinstance(request.user, User):
        return False
    if factors.has_factor(request.user) and not factors.was_shown(request):
        return False
    shown = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(shown) and time.time() - max(shown) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def require_recent_sign_in(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired unless the sign-in is recent; allauth's middleware then asks for it."""
    if not was_recent(request):
        raise ReauthenticationRequired


def recently_signed_in(view: View[P]) -> View[P]:
    """Require a recent sign-in for all methods of `view`."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require_recent_sign_in(request)
        return view(request, *args, **kwargs)

    return wrapper


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address behind TRUSTED_PROXY_COUNT proxies; used only for the user's own list of sessions."""
    address: str | None = get_client_ip(request)
    return address
