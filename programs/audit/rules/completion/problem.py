"""One learner's audit as numbers: which piece may be used where, what it is worth, and which rules hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from programs.audit.rules.completion.numbered_tree import Shape
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis

NOTHING: Mapping[int, int] = {}
"""No pieces; never written to."""


def merge_best(values: dict[int, int], more: Mapping[int, int]) -> None:
    """Adds pieces that count as well, each once, at its best."""
    for piece, value in more.items():
        if value > values.get(piece, -1):
            values[piece] = value


class Rule(NamedTuple):
    """One rule that may block: kind, node, and the basis a cap speaks of. Prints as `max_source:r:transfer`."""

    kind: str
    node: str
    detail: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in self if part)


class Option(NamedTuple):
    """A piece that may be used at a leaf, what it is worth there (hundredths), and by which attainment."""

    piece: int
    value: int
    attainment: str
    exception: str = ""
    planned: bool = False


class Brought(NamedTuple):
    """A piece that may count by way of an award, what it is worth there, and the attainment it is known by."""

    piece: int
    value: int
    attainment: str


class Route(NamedTuple):
    """A way to satisfy a node without its parts: a standing award, or the exception that lets one pass it by.

    `brings` are the pieces that may count by it; a cap above may leave some of them out, the node is met all the same.
    """

    brings: tuple[Brought, ...] = ()
    attainment: str = ""
    exception: str = ""
    planned: bool = False

    @property
    def values(self) -> dict[int, int]:
        return {brought.piece: brought.value for brought in self.brings}


@dataclass(frozen=True)
class Rules:
    """What must hold, per node of a shape: the part of a problem from which rules can be taken away to see what blocks.

    `need`: something must stand at this leaf. `floor`, `here`: credits at least, earned here at least. `caps`: at most
    so many credits of one basis. `due`: the program must be awarded, its tree alone is not enough.
    """

    shape: Shape = field(repr=False)
    need: tuple[bool, ...]
    floor: tuple[int, ...]
    here: tuple[int, ...]
    caps: tuple[tuple[tuple[Basis, int], ...], ...]
    due: tuple[bool, ...]

    @cached_property
    def sourced(self) -> bool:
        """Whether any rule looks at where learning was assessed."""
        return any(self.caps) or any(self.here)

    @cached_property
    def floored(self) -> bool:
        return any(self.floor)

    @cached_property
    def bare(self) -> tuple[bool, ...]:
        """Nodes at which nothing is asked of the credits that count there."""
        return tuple(
            not (floor or here or caps) for floor, here, caps in zip(self.floor, self.here, self.caps, strict=True)
        )

    @cached_property
    def watched(self) -> tuple[bool, ...]:
        """Whether some minimum at the node or above looks at the credits that count there."""
        found: list[bool] = []
        for node, above in enumerate(self.shape.parent):
            own = bool(self.floor[node] or self.here[node])
            found.append(own or (above >= 0 and found[above] and not self.shape.covering[node]))
        return tuple(found)

    @cached_property
    def ceilings(self) -> tuple[Mapping[Basis, int], ...]:
        """Per node and basis, the tightest cap that sees a piece used there: a larger piece can never count.

        Empty where there are no caps at all.
        """
        found: list[dict[Basis, int]] = []
        for node, above in enumerate(self.shape.parent if any(self.caps) else ()):
            seen = {} if above < 0 or self.shape.covering[node] else dict(found[above])
            for basis, most in self.caps[node]:
                seen[basis] = min(most, seen.get(basis, most))
            found.append(seen)
        return tuple(found)

    @cached_property
    def places(self) -> Mapping[Rule, int]:
        """Every rule in force, and its place in the order of the nodes."""
        found = []
        for number, node in enumerate(self.shape.nodes):
            if self.need[number]:
                found.append(Rule("need", node.id))
            if self.floor[number]:
                found.append(Rule(floor_rule(self.shape, number), node.id))
            if self.here[number]:
                found.append(Rule("earned_here", node.id))
            found.extend(Rule("max_source", node.id, basis) for basis, _ in self.caps[number])
            if self.due[number]:
                found.append(Rule("award", node.id))
        return {rule: place for place, rule in enumerate(found)}

    def keeping(self, kept: Iterable[Rule]) -> "Rules":
        """These rules alone."""
        index, size = self.shape.index, len(self.shape.nodes)
        need, due, floor, here = [False] * size, [False] * size, [0] * size, [0] * size
        caps: list[tuple[tuple[Basis, int], ...]] = [()] * size
        for rule in sorted(kept, key=self.places.__getitem__):
            node = index[rule.node]
            if rule.kind == "max_source":
                caps[node] = (*caps[node], *(cap for cap in self.caps[node] if cap[0] == rule.detail))
            elif rule.kind == "earned_here":
                here[node] = self.here[node]
            elif rule.kind == "award":
                due[node] = self.due[node]
            elif rule.kind == floor_rule(self.shape, node):
                floor[node] = self.floor[node]
            else:
                need[node] = self.need[node]
        return Rules(self.shape, tuple(need), tuple(floor), tuple(here), tuple(caps), tuple(due))


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the bounds and a solver read. Indices are positions in `shape.nodes` and `basis` (of pieces).

    `options` stand at competency and credits leaves, `values` is what each of their pieces is worth there; `routes`
    stand mostly at programs. `gap` is what a milestone or quantity leaf still lacks; `awaiting` what a program costs
    whose tree is complete but whose award is not granted. `even` when every piece is worth the same wherever it may
    be used; `partial` when some options are wished for less than others, whatever they bring.
    """

    shape: Shape
    rules: Rules
    basis: tuple[Basis, ...]
    options: tuple[tuple[Option, ...], ...]
    values: tuple[Mapping[int, int], ...]
    routes: tuple[tuple[Route, ...], ...]
    gap: tuple[int, ...]
    here: frozenset[Basis]
    awaiting: int
    even: bool
    partial: bool

    def keeping(self, kept: Iterable[Rule]) -> "Problem":
        """The same problem under these rules only."""
        return replace(self, rules=self.rules.keeping(kept))


def floor_rule(shape: Shape, number: int) -> str:
    """A *credits* node needs its credits; on any other node they are a qualifier."""
    return "need" if shape.nodes[number].kind is Kind.CREDITS else "min_credits"


def all_rules(problem: Problem) -> list[Rule]:
    """Every rule in force, in the order of the nodes."""
    return list(problem.rules.places)
