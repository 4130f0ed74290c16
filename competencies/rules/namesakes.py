"""Whether a package is a new version of an existing framework, or another document with the same identifier.

Identifiers should be unique, but test data and copied templates share them. The two possible mistakes are not equal.
If another document is taken for a new version, everything in the existing framework is retired. If a renamed framework
is taken for another document, there are two frameworks instead of one, which people notice and can correct. Therefore a
package counts as the same document only if it has the same title, or if it is newer and shares at least one item.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class DocumentIdentity:
    """The properties that distinguish documents with the same identifier; `changed_at` is the source's own text."""

    title: str
    changed_at: str
    items: frozenset[str]


def is_same_document(existing: DocumentIdentity, incoming: DocumentIdentity) -> bool:
    """Whether `incoming` is a version of the document `existing`."""
    if _normalized(existing.title) == _normalized(incoming.title):
        return True
    before, after = _instant_of(existing.changed_at), _instant_of(incoming.changed_at)
    # A source without a date of change gets the benefit of the doubt; it still needs a common item.
    newer = before is None or after is None or after > before
    return newer and not existing.items.isdisjoint(incoming.items)


def is_older(existing_changed_at: str, incoming_changed_at: str) -> bool:
    """Whether a file was last changed before what is here, as far as both dates can be read."""
    before, after = _instant_of(existing_changed_at), _instant_of(incoming_changed_at)
    return before is not None and after is not None and after < before


def best_match(existing: Iterable[tuple[int, DocumentIdentity]], incoming: DocumentIdentity) -> int | None:
    """The key of the framework of which `incoming` is a version.

    The same title comes first, then the most common items, then the lowest key. None if no framework matches.
    """
    matches = [
        (_normalized(claim.title) == _normalized(incoming.title), len(claim.items & incoming.items), -key)
        for key, claim in existing
        if is_same_document(claim, incoming)
    ]
    # Negative keys: max() then prefers the lowest key among equals.
    return -max(matches)[2] if matches else None


def _normalized(title: str) -> str:
    return " ".join(title.casefold().split())


def _instant_of(text: str) -> datetime | None:
    """The instant of an ISO 8601 text, in UTC if it has no zone; None if the text is not a date."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
