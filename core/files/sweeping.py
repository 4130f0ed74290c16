"""Removes files that no row names: left by transactions that failed after the file was kept."""

import time
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from itertools import islice

from core.files.storage import forget, forget_unfinished, keys_older_than

GRACE = timedelta(days=1)
AT_ONCE = 500

Holder = Callable[[Collection[str]], Collection[str]]

_holders: dict[str, Holder] = {}


def register_holder(name: str, holder: Holder) -> None:
    """Make known who names files: `holder` answers which of the given keys its rows name. Called in `apps.ready`."""
    _holders[name] = holder


def sweep_orphans(*, now: float | None = None) -> int:
    """Forget what is older than GRACE and named by nobody; how many there were. Nothing while nobody is registered."""
    if not _holders:
        return 0
    at = time.time() if now is None else now
    forgotten = forget_unfinished(GRACE.total_seconds(), now=at)
    for keys in _portions(keys_older_than(GRACE.total_seconds(), now=at)):
        named = {key for holder in _holders.values() for key in holder(keys)}
        for key in keys:
            if key not in named:
                forget(key)
                forgotten += 1
    return forgotten


def _portions(keys: Iterator[str]) -> Iterator[list[str]]:
    while portion := list(islice(keys, AT_ONCE)):
        yield portion
