"""Who changed what, and why: ties the rows that django-pghistory writes to the person who acted and to their reason."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponseBase

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
WHO = "user"
WHY = "why"


class HistoryMiddleware:
    """Opens a history context with the user's id; addresses and URLs are left out, they can hold personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in READING:
            return self.get_response(request)
        with pghistory.context(**{WHO: request.user.pk}):
            return self.get_response(request)


def because(reason: str, *, by: int | None = None) -> Any:  # noqa: ANN401 - pghistory's context is untyped
    """A context in which every change is written down with this reason; `by` names a user outside of a request.

    An empty reason adds nothing, so that a form without a reason leaves none behind.
    """
    context: dict[str, object] = {WHY: reason.strip()} if reason.strip() else {}
    return pghistory.context(**context, **({WHO: by} if by is not None else {}))
