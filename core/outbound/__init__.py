"""Guarded fetches of addresses that somebody else chose: public addresses only, with limits of size and time."""

from core.outbound.addresses import is_public
from core.outbound.errors import NotFetchedError, Why
from core.outbound.fetching import Fetched, Network, fetch

__all__ = ["Fetched", "Network", "NotFetchedError", "Why", "fetch", "is_public"]
