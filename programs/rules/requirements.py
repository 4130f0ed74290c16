"""A program's requirement tree as plain values: what a published version asks of a learner."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from programs.rules.attainments import Basis

ANYTHING = "*"
"""In `accepts` of a *credits* leaf: whatever the learner brings counts (free electives)."""


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


@dataclass(frozen=True, slots=True)
class Requirement:
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
        """By id alone: compiled trees are looked up for every audit, and equality still compares everything."""
        return hash(self.id)

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
