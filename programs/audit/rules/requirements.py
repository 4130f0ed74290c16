"""A program's requirement tree as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter

from programs.audit.rules.facts import FactValue
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
    IF = "if"


LEARNING = frozenset({Kind.COMPETENCY, Kind.CREDITS})
"""The kinds of leaves that name competencies."""


class MetBy(StrEnum):
    """What meets a *program* node: a valid award, its tree, or either. `CONTEXT`: the context of the audit decides."""

    CONTEXT = ""
    AWARD = "award"
    TREE = "tree"
    EITHER = "either"


class Operator(StrEnum):
    """How a condition compares a fact with its values: with one of them, with any of them, or as at least the one."""

    EQUAL = "="
    AMONG = "in"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of one fact of the enrollment; an unknown fact meets no condition.

    `values` has one value, or several for `in`. `>=` compares two whole numbers, or two dates (ISO 8601 text).
    """

    fact: str
    operator: Operator
    values: tuple[FactValue, ...]


class Unit(StrEnum):
    """What a cap counts: pieces, or hundredths of credit."""

    COUNT = "count"
    CREDITS = "credits"


@dataclass(frozen=True, slots=True)
class SourceCap:
    """At most so many credits (hundredths) may come from one basis; a piece that does not fit is left out whole."""

    basis: Basis
    most: int


@dataclass(frozen=True, slots=True)
class ShareCap:
    """Two nodes may have at most `most` pieces (or hundredths of credit) in common.

    A piece that gives the two nodes different credits has the lesser in common.
    """

    first: str
    second: str
    most: int
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class ListCap:
    """At most so many pieces (or hundredths of credit) of the competencies in `accepts` may count at a node."""

    accepts: tuple[str, ...]
    most: int
    unit: Unit = Unit.COUNT


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
    counts the children that are completed. An *if* node has one or two children: the first is required where
    `condition` holds, else the second, or nothing. `level`, `within_days`, `earned_here` and `max_source` also limit
    everything below the node.

    The rest is decided by `audit@2` only. `scale` is the scale of `level`; empty compares ranks whatever their scale.
    `exclusive`: a piece counts below at most one of the children. `share_caps` limit what two nodes below have in
    common, `max_listed` the pieces of some competencies, `min_pieces` asks for different pieces. Competencies in
    `excludes` do not count below the node. `met_by` is of *program* nodes. `credit_table` are the credits (hundredths)
    that a competency without credits of its own brings to *credits* leaves here and below, by competency or by `*`;
    the nearest table decides.
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
    scale: str = ""
    min_pieces: int = 0
    max_listed: tuple[ListCap, ...] = ()
    excludes: tuple[str, ...] = ()
    condition: Condition | None = None
    met_by: MetBy = MetBy.CONTEXT
    credit_table: tuple[tuple[str, int], ...] = ()

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
        return not self.children and self.kind not in {Kind.ALL, Kind.CHOOSE, Kind.IF}

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
