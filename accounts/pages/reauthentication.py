"""Pages that ask again who is there: issuing, revoking, keys, and one's own password, factors and addresses.

    @access(registrars)
    @recently_signed_in
    def rotate_key(request): ...

Inside a view or a desk action, `require_recent_sign_in(request)` does the same. After answering, people land on the
page they came from; what they had sent is sent again.
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
    """Whether this person showed who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT, by any means they have."""
    if not isinstance(request.user, User):
        return False
    if factors.has_factor(request.user) and not factors.was_shown(request):
        return False
    shown = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(shown) and time.time() - max(shown) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def require_recent_sign_in(request: HttpRequest) -> None:
    """Go on if the sign-in is recent; else allauth's middleware asks again and comes back."""
    if not was_recent(request):
        raise ReauthenticationRequired


def recently_signed_in(view: View[P]) -> View[P]:
    """Declare that `view` needs a recent sign-in, on every method."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require_recent_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def client_address(request: HttpRequest) -> str | None:
    """The client's network address, read past TRUSTED_PROXY_COUNT proxies; for its own session list only."""
    address: str | None = get_client_ip(request)
    return address
