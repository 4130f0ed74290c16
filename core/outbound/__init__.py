"""Fetching what others publish, where somebody else chose the address: guarded, small and quick, or not at all."""

from core.outbound.addresses import is_public
from core.outbound.errors import NotFetchedError, Why
from core.outbound.fetching import Fetched, Network, fetch

__all__ = ["Fetched", "Network", "NotFetchedError", "Why", "fetch", "is_public"]
