"""The rate limit of API clients."""

from django.conf import settings
from rest_framework.request import Request

from core.rates import Rate
from core.rest.throttles import RateThrottle


class ProgramThrottle(RateThrottle):
    """Counts requests per client: a client with many addresses or tokens has one limit."""

    rate = Rate("api", settings.API_REQUESTS_PER_MINUTE)

    def caller(self, request: Request) -> str:
        """The primary key of the client."""
        return str(request.auth.pk)
