"""How often a caller may ask, for views of the API."""

from datetime import datetime

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core import clock
from core.rates import Rate, wait_of


class RateThrottle(BaseThrottle):
    """Counts requests per caller; a subclass says at which rate, and who is asking."""

    rate: Rate
    seconds = 0

    def caller(self, request: Request) -> str:
        """Who is counted."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Whether the sender is within the rate."""
        self.seconds = wait_of(self.rate, self.caller(request), at=self.now())
        return self.seconds == 0

    def wait(self) -> float:
        """Seconds until the next request is allowed."""
        return self.seconds

    def now(self) -> datetime:
        """The instant of the request."""
        return clock.now()
