"""Addresses of routes without arguments, worked out once: every page shows those of the header and of the sidebar."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse


def address_of(route: str) -> str:
    """What `reverse` answers for a route without arguments. Raises NoReverseMatch."""
    return _address(route, get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)


# Key: all that such an address depends on. It stays valid for the life of the process, as the URL configuration does.
# The bound is far above the number of routes that entries and links name.
@lru_cache(maxsize=256)
def _address(route: str, _script_prefix: str, urlconf: str) -> str:
    return reverse(route, urlconf=urlconf)
