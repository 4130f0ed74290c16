"""Who changed what, and why: ties the rows that django-pghistory writes in a request to the person who sent it."""

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponseBase

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class HistoryMiddleware:
    """Opens a history context with the user's id; addresses and URLs are left out, they can hold personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in READING:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk):
            return self.get_response(request)
