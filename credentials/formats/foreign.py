"""Checks a credential of anybody's: did:key and did:web issuers, embedded proofs, published status lists.

Nothing is fetched but through the `fetch` that is handed in, which guards against redirects and private addresses.
"""

from collections.abc import Callable
from datetime import datetime

from credentials.rules.checks import Check

Fetch = Callable[[str], bytes]


class NotFetchedError(Exception):
    """What a fetcher raises for an address that it did not read: refused, too large, too slow, or not there."""


def verify(content: bytes, fetch: Fetch, *, at: datetime) -> list[Check]:
    """Every check of the credential in `content` at the instant `at`, in the order of CheckName.

    `fetch` reads an https address whole, or raises NotFetchedError. What cannot be looked at, because an earlier check
    failed, has passed None. It is valid when all have passed.
    """
    raise NotImplementedError
