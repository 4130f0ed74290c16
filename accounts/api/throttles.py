"""How often a partner's program may ask."""

from django.conf import settings
from rest_framework.request import Request

from config.base.rates import Rate
from config.base.rest.throttles import RateThrottle


class ProgramThrottle(RateThrottle):
    """Counts per client, whatever its addresses and tokens."""

    rate = Rate("api", settings.API_REQUESTS_PER_MINUTE)

    def caller(self, request: Request) -> str:
        return str(request.auth.pk)
