"""One line per request: who (an id), which route (not which path), how it ended, how long it took."""

import time
from typing import Any, cast

import structlog
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django_structlog import signals
from django_structlog.middlewares import RequestMiddleware

NO_ROUTE = "(no route)"


def route_of(request: HttpRequest) -> str:
    """The pattern that the path matched, as written in the URL configuration."""
    return request.resolver_match.route if request.resolver_match else NO_ROUTE


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's middleware, saying the route where it would say path and query string.

    It stands first, so that errors of the other middlewares have their line and request id too.
    """

    def prepare(self, request: HttpRequest) -> None:
        """Note the time at which the request began."""
        request.began_at = time.perf_counter()  # type: ignore[attr-defined]  # read back below
        super().prepare(request)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = cast("HttpResponse", super().__call__(request))
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]  # set by _remember
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """What django-structlog logs as `request`."""
        return f"{request.method} {route_of(request)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """The id of the person, if the view asked who it is: logging alone must not read a session."""
        user = getattr(request, "_cached_user", None)
        structlog.contextvars.bind_contextvars(user_id=user.pk if user else None)


@receiver(signals.bind_extra_request_metadata)
def _remember(request: HttpRequest, log_kwargs: dict[str, Any], **_signal: object) -> None:
    request.request_id = structlog.contextvars.get_contextvars()["request_id"]  # type: ignore[attr-defined]  # shown
    log_kwargs.pop("user_agent", None)


@receiver(signals.bind_extra_request_finished_metadata)
def _time(request: HttpRequest, log_kwargs: dict[str, Any], **_signal: object) -> None:
    log_kwargs["took_ms"] = round((time.perf_counter() - request.began_at) * 1000)  # type: ignore[attr-defined]
