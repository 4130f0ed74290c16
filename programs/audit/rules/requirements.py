"""A program's requirement tree as plain values: what a published version asks of a learner."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter

from programs.rules.attainments import Basis

ANYTHING = "*"
"""In `accepts` of a *credits* leaf: whatever the learner brings counts (free electives)."""

TREES_KEPT = 1024
"""How many trees each cache of what follows from a tree holds: the program versions that one process has in use.

All of these caches have the tree as their key, and it never changes, so that no entry is ever invalid. They share one
bound: a smaller one would throw out what the others still hold, and work it out anew for every audit.
"""


class Kind(StrEnum):
    """What a node asks for."""

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
    """Room for a hash beside the fields of a frozen dataclass: neither compared nor written anywhere."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class Requirement(_RemembersItsHash):
    """One node. Credits and quantities are integers, in hundredths of their unit; levels are ranks within one scale.

    *competency* and leaf *credits* name competencies in `accepts`; *program*, *milestone* and *quantity* name what
    is awarded, reached or measured, by default their own id. `nominal` is the credit the node bears: what completing
    it brings, and what its absence costs (1.00 where it is 0). A *credits* node with children counts those that are
    completed. `level`, `within_days`, `earned_here` and `max_source` qualify everything below the node as well.
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
        """By all that is compared, worked out once: trees are the keys of caches, and are looked up for every audit.

        Two versions that share the ids of their nodes (every root is `r1`) must not fall on one place of a cache, where
        only comparing whole trees tells them apart.
        """
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(_content(self)))
            return self._hash

    @property
    def leaf(self) -> bool:
        return not self.children and self.kind not in {Kind.ALL, Kind.CHOOSE}

    @property
    def names(self) -> tuple[str, ...]:
        """What may satisfy this leaf: competencies, or the refs of awards, milestones and quantities."""
        if self.accepts or self.kind in {Kind.COMPETENCY, Kind.CREDITS}:
            return self.accepts
        return (self.id,)

    def walk(self) -> Iterator["Requirement"]:
        """This node and all below it, parents first, in the order they are written."""
        yield self
        for child in self.children:
            yield from child.walk()


_content = attrgetter(*(field.name for field in fields(Requirement)))
