"""Fetching what others publish, where somebody else chose the address: guarded, small and quick, or not at all."""

from config.base.outbound.addresses import is_public
from config.base.outbound.errors import NotFetchedError, Why
from config.base.outbound.fetching import Fetched, Network, fetch

__all__ = ["Fetched", "Network", "NotFetchedError", "Why", "fetch", "is_public"]
