"""A program's requirement tree as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter

from programs.rules.attainments import Basis

ANYTHING = "*"
"""In `accepts` of a *credits* leaf: every competency counts (free electives)."""

MAX_CACHED_TREES = 1024
"""The bound of each cache with a tree as its key: enough for the program versions that one process has in use.

Trees are immutable, so no entry is ever invalid. All these caches share one bound: a cache with a smaller bound would
drop entries that the others still hold, and would compute them again in every audit.
"""


class Kind(StrEnum):
    """What a node requires."""

    ALL = "all"
    CHOOSE = "choose"
    CREDITS = "credits"
    COMPETENCY = "competency"
    PROGRAM = "program"
    MILESTONE = "milestone"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class SourceCap:
    """At most so many credits (hundredths) may come from one basis; a piece that does not fit is left out whole."""

    basis: Basis
    most: int


@dataclass(frozen=True, slots=True)
class ShareCap:
    """Two nodes may have at most `most` pieces (or hundredths of credit) in common."""

    first: str
    second: str
    most: int
    unit: str = "count"


class _RemembersItsHash:
    """A slot for the cached hash of a frozen dataclass. It is no field, so it is neither compared nor written."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class Requirement(_RemembersItsHash):
    """One node. Credits and quantities are integers in hundredths of their unit; levels are ranks within one scale.

    In `accepts`, *competency* nodes and *credits* leaves name competencies. *program*, *milestone* and *quantity* nodes
    name the program, milestone or measure, by default their own id. `nominal` is the credit of the node itself: it is
    earned by completing the node, and its absence costs as much (1.00 where it is 0). A *credits* node with children
    counts the children that are completed. `level`, `within_days`, `earned_here` and `max_source` also limit everything
    below the node.
    """

    id: str
    kind: Kind
    title: str = ""
    children: tuple["Requirement", ...] = ()
    accepts: tuple[str, ...] = ()
    policy: str = ""
    nominal: int = 0
    n: int = 0
    min_credits: int = 0
    min_quantity: int = 0
    level: int = 0
    within_days: int | None = None
    earned_here: int = 0
    max_source: tuple[SourceCap, ...] = ()
    exclusive: bool = False
    share_caps: tuple[ShareCap, ...] = ()

    def __hash__(self) -> int:
        """Return a hash of all fields, computed once: trees are the keys of caches, which every audit reads.

        A hash of the id alone would collide for all versions, because every root is `r1`; the cache would then compare
        whole trees to tell them apart.
        """
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(_content(self)))
            return self._hash

    @property
    def leaf(self) -> bool:
        """Whether the node is met by attainments, not by other nodes."""
        return not self.children and self.kind not in {Kind.ALL, Kind.CHOOSE}

    @property
    def names(self) -> tuple[str, ...]:
        """The competencies that satisfy this leaf, or the refs of its awards, milestones or quantities."""
        if self.accepts or self.kind in {Kind.COMPETENCY, Kind.CREDITS}:
            return self.accepts
        return (self.id,)

    def walk(self) -> Iterator["Requirement"]:
        """Yield this node and all below it, parents first, siblings in their order."""
        yield self
        for child in self.children:
            yield from child.walk()


_content = attrgetter(*(field.name for field in fields(Requirement)))
