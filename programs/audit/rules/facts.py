"""Facts of an enrollment, which conditions in a requirement tree compare."""

from collections.abc import Iterable
from dataclasses import dataclass

FactValue = str | int
"""Text, a whole number, or a civil date as ISO 8601 text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The known facts of one enrollment, by name. A fact that is not listed is unknown.

    `values` are pairs of name and value in the order of the names, so that equal facts are equal keys of caches.
    """

    values: tuple[tuple[str, FactValue], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, FactValue]]) -> "Facts":
        """Return the facts in their order."""
        return cls(tuple(sorted(pairs)))

    def get(self, name: str) -> FactValue | None:
        """Return the value of a fact, None if it is unknown."""
        return dict(self.values).get(name)


NO_FACTS = Facts()
