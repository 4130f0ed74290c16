"""Whether a package is a new state of a framework that is here, or another document that claims its identifier.

Identifiers ought to be unique, but test data and copied templates share them. Taking one document for another would
retire everything the first one holds; taking a renamed framework for a new one only leaves two where one was meant,
which is easily seen and mended. So a document counts as the same when its title is, or when it is newer and still holds
at least one of the items.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Claim:
    """What tells documents of one identifier apart."""

    title: str
    changed: str
    items: frozenset[str]


def same_document(held: Claim, offered: Claim) -> bool:
    """Whether `offered` is a state of the document `held`."""
    if _plain(held.title) == _plain(offered.title):
        return True
    before, after = _moment(held.changed), _moment(offered.changed)
    newer = before is None or after is None or after > before
    return newer and not held.items.isdisjoint(offered.items)


def best_match(held: Iterable[tuple[int, Claim]], offered: Claim) -> int | None:
    """The key of the framework that `offered` is a state of: one of its title first, then that with most in common."""
    fitting = [
        (_plain(claim.title) == _plain(offered.title), len(claim.items & offered.items), -key)
        for key, claim in held
        if same_document(claim, offered)
    ]
    return -max(fitting)[2] if fitting else None


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _moment(text: str) -> datetime | None:
    """A moment of any ISO form, in UTC where it names no zone; None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
