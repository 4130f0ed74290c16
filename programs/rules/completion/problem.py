"""One learner's audit as numbers: which piece may be used where, what it is worth, and which rules hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from programs.rules.attainments import Basis
from programs.rules.completion.shape import Shape
from programs.rules.requirements import Kind

NOTHING: Mapping[int, int] = {}
"""No pieces; never written to."""


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


@dataclass(frozen=True, slots=True)
class Rules:
    """What must hold, per node: the part of a problem from which rules can be taken away to see what blocks.

    `need`: something must stand at this leaf. `floor`, `here`: credits at least, earned here at least. `caps`: at most
    so many credits of one basis. `due`: the program must be awarded, its tree alone is not enough.
    """

    need: tuple[bool, ...]
    floor: tuple[int, ...]
    here: tuple[int, ...]
    caps: tuple[tuple[tuple[Basis, int], ...], ...]
    due: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the bounds and a solver read. Indices are positions in `shape.nodes` and `basis` (of pieces).

    `options` stand at competency and credits leaves, `values` is what each of their pieces is worth there; `routes`
    stand mostly at programs. `gap` is what a milestone or quantity leaf still lacks; `awaiting` what a program costs
    whose tree is complete but whose award is not granted.
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

    def keeping(self, kept: Iterable[Rule]) -> "Problem":
        """The same problem under these rules only."""
        wanted = set(kept)
        rules, nodes = self.rules, self.shape.nodes

        def holds(kind: str, number: int, detail: str = "") -> bool:
            return Rule(kind, nodes[number].id, detail) in wanted

        numbers = range(len(nodes))
        return replace(
            self,
            rules=Rules(
                need=tuple(rules.need[i] and holds("need", i) for i in numbers),
                floor=tuple(rules.floor[i] if holds(floor_rule(self.shape, i), i) else 0 for i in numbers),
                here=tuple(rules.here[i] if holds("earned_here", i) else 0 for i in numbers),
                caps=tuple(tuple(cap for cap in rules.caps[i] if holds("max_source", i, cap[0])) for i in numbers),
                due=tuple(rules.due[i] and holds("award", i) for i in numbers),
            ),
        )


def floor_rule(shape: Shape, number: int) -> str:
    """A *credits* node needs its credits; on any other node they are a qualifier."""
    return "need" if shape.nodes[number].kind is Kind.CREDITS else "min_credits"


def all_rules(problem: Problem) -> list[Rule]:
    """Every rule in force, in the order of the nodes."""
    found = []
    rules = problem.rules
    for number, node in enumerate(problem.shape.nodes):
        if rules.need[number]:
            found.append(Rule("need", node.id))
        if rules.floor[number]:
            found.append(Rule(floor_rule(problem.shape, number), node.id))
        if rules.here[number]:
            found.append(Rule("earned_here", node.id))
        found.extend(Rule("max_source", node.id, basis) for basis, _ in rules.caps[number])
        if rules.due[number]:
            found.append(Rule("award", node.id))
    return found
