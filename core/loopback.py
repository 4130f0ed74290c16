"""Keeps the demo to its own machine, whatever address a server was told to listen on."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.translation import gettext as _


class LoopbackMiddleware:
    """Under CAIRN_DEMO refuses every request from elsewhere; otherwise not there at all.

    The system checks see the names a demo goes by, but not `gunicorn --bind 0.0.0.0` or `runserver 0.0.0.0:8000`; and
    the name in a request is the sender's to choose, its address is not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.CAIRN_DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _from_here(request.META.get("REMOTE_ADDR", "")):
            return HttpResponseForbidden(_("This is a demo. It answers to its own machine only."))
        return self.get_response(request)


def _from_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
