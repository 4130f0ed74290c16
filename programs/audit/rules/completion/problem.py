"""One learner's audit as numbers: where each piece may be used, its credits there, and the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from programs.audit.rules.completion.numbered_tree import NumberedTree
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis

NOTHING: Mapping[int, int] = {}
"""No pieces. Shared, so nothing writes to it."""


def merge_best(values: dict[int, int], more: Mapping[int, int]) -> None:
    """Add pieces to `values`, each once, with the higher of two values."""
    for piece, value in more.items():
        if value > values.get(piece, -1):
            values[piece] = value


class Rule(NamedTuple):
    """One rule that may block: its kind, its node, and the basis of a cap. Its text is like `max_source:r:transfer`."""

    kind: str
    node: str
    detail: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in self if part)


class Option(NamedTuple):
    """A piece that may be used at a leaf, its credits there (hundredths), and the attainment that shows it."""

    piece: int
    value: int
    attainment: str
    exception: str = ""
    planned: bool = False


class RoutePiece(NamedTuple):
    """A piece that counts through an award, its credits there (hundredths), and the attainment that shows it."""

    piece: int
    value: int
    attainment: str


class Route(NamedTuple):
    """A way to satisfy a node without its parts: a valid award, or an exception that lets the learner leave it out.

    `brings` are the pieces that count through the route. A cap above may exclude some of them; the node is still met.
    """

    brings: tuple[RoutePiece, ...] = ()
    attainment: str = ""
    exception: str = ""
    planned: bool = False

    @property
    def values(self) -> dict[int, int]:
        """The credits of each piece of the route, in hundredths."""
        return {piece.piece: piece.value for piece in self.brings}


@dataclass(frozen=True)
class Rules:
    """The rules of each node. The search for a blocking set removes single rules from it.

    `need`: this leaf must be met. `floor`: the least credits. `here`: the least credits that are earned at this
    institution. `caps`: the most credits of one basis. `due`: the program must also be awarded.
    """

    shape: NumberedTree = field(repr=False)
    need: tuple[bool, ...]
    floor: tuple[int, ...]
    here: tuple[int, ...]
    caps: tuple[tuple[tuple[Basis, int], ...], ...]
    due: tuple[bool, ...]

    @cached_property
    def sourced(self) -> bool:
        """Whether any rule depends on the basis of pieces."""
        return any(self.caps) or any(self.here)

    @cached_property
    def floored(self) -> bool:
        """Whether any node has a least number of credits."""
        return any(self.floor)

    @cached_property
    def bare(self) -> tuple[bool, ...]:
        """By node, whether no rule limits the credits that count there."""
        return tuple(
            not (floor or here or caps) for floor, here, caps in zip(self.floor, self.here, self.caps, strict=True)
        )

    @cached_property
    def watched(self) -> tuple[bool, ...]:
        """By node, whether a minimum at the node or above depends on the credits that count there."""
        found: list[bool] = []
        for node, above in enumerate(self.shape.parent):
            own = bool(self.floor[node] or self.here[node])
            found.append(own or (above >= 0 and found[above] and not self.shape.covering[node]))
        return tuple(found)

    @cached_property
    def ceilings(self) -> tuple[Mapping[Basis, int], ...]:
        """By node and basis, the tightest cap on a piece that is used there; a larger piece can never count.

        Empty where the tree has no caps.
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
        """Every rule, with its position in the order of the nodes."""
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
        """Return only these of the rules."""
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
    """The input of the bounds and of a solver. Numbers of nodes are positions in `shape.nodes`, of pieces in `basis`.

    `options` are at competency and credits leaves; `values` are the credits of their pieces there. `routes` are mostly
    at programs. `gap` is the cost of a milestone or quantity leaf now. `awaiting` is the cost of a program with a
    complete tree but no award. `even`: every piece has the same credits wherever it may be used. `partial`: some
    options are planned or need an exception, so plans of one cost are not equally good.
    """

    shape: NumberedTree
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
        """Return the same problem under these rules only."""
        return replace(self, rules=self.rules.keeping(kept))


def floor_rule(shape: NumberedTree, number: int) -> str:
    """Return the kind of the rule on a node's least credits: a *credits* node needs them.

    Elsewhere they are a limit.
    """
    return "need" if shape.nodes[number].kind is Kind.CREDITS else "min_credits"
