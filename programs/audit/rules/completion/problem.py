"""One learner's audit as numbers: where each piece may be used, its credits there, and the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from programs.audit.rules.completion.numbered_tree import NumberedTree
from programs.audit.rules.requirements import Kind, Unit
from programs.rules.attainments import Basis

T = TypeVar("T")
K = TypeVar("K")

NEVER_NEW = 1 << 62
"""A number above those of all pieces."""

PREFERENCE: Mapping[object, int] = {basis: rank for rank, basis in enumerate(Basis)}

NOTHING: Mapping[int, int] = {}
"""No pieces. Shared, so nothing writes to it."""


def merge_best(values: dict[K, int], more: Mapping[K, int]) -> None:
    """Add pieces to `values`, each once, with the higher of two values."""
    if values.keys().isdisjoint(more):  # mostly so, and much faster than one by one
        values.update(more)
        return
    for piece, value in more.items():
        if value > values.get(piece, -1):
            values[piece] = value


def merged_best(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    """Return the pieces of both, each once, with the higher of two values."""
    merged = dict(one)
    merge_best(merged, other)
    return merged


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
    `spends` (in `audit@2`) are the pieces that the route takes from other exclusive parts, whether they count or not.
    """

    brings: tuple[RoutePiece, ...] = ()
    attainment: str = ""
    exception: str = ""
    planned: bool = False
    spends: tuple[tuple[int, int], ...] = ()

    @property
    def values(self) -> dict[int, int]:
        """The credits of each piece of the route, in hundredths."""
        return {piece.piece: piece.value for piece in self.brings}


class Mode(NamedTuple):
    """A way to count the credit of a milestone or quantity: as earned by one basis, for new work of cost `gap`."""

    option: Option
    gap: int


class Share(NamedTuple):
    """Two nodes may have at most `most` pieces, or hundredths of credit, in common."""

    rule: "Rule"
    first: int
    second: int
    most: int
    unit: Unit


@dataclass(frozen=True)
class Rules:
    """The rules of each node. The search for a blocking set removes single rules from it.

    `need`: this leaf must be met. `floor`: the least credits. `here`: the least credits that are earned at this
    institution. `caps`: the most credits of one basis. `due`: the program must also be awarded.

    The rest is empty in `audit@1`. `pieces`: the least number of pieces. `lists`: the most pieces or credits of a list
    of competencies, by the place of the list in the node. `exclusive`: the children share no piece. `shares`: caps on
    what two nodes have in common.
    """

    shape: NumberedTree = field(repr=False)
    need: tuple[bool, ...]
    floor: tuple[int, ...]
    here: tuple[int, ...]
    caps: tuple[tuple[tuple[Basis, int], ...], ...]
    due: tuple[bool, ...]
    pieces: tuple[int, ...] = ()
    lists: tuple[tuple[tuple[int, int, Unit], ...], ...] = ()
    exclusive: tuple[bool, ...] = ()
    shares: tuple[Share, ...] = ()

    @cached_property
    def crossing(self) -> bool:
        """Whether any rule limits what different nodes have in common."""
        return any(self.exclusive) or bool(self.shares)

    @cached_property
    def sides(self) -> tuple[Mapping[int, int], ...]:
        """By node, the child of every exclusive node above it on its path."""
        found: list[Mapping[int, int]] = []
        for node, above in enumerate(self.shape.parent):
            inherited = NOTHING if above < 0 else found[above]
            found.append({**inherited, above: node} if above >= 0 and self.exclusive[above] else inherited)
        return tuple(found)

    def apart(self, one: int, other: int) -> bool:
        """Return whether an exclusive node keeps every piece from being used at both nodes."""
        sides = self.sides[one]
        return any(sides.get(node, child) != child for node, child in self.sides[other].items())

    @cached_property
    def counting(self) -> bool:
        """Whether any node asks for a number of different pieces."""
        return any(self.pieces)

    @cached_property
    def listing(self) -> bool:
        """Whether any node caps the pieces of a list of competencies."""
        return any(self.lists)

    @cached_property
    def capped(self) -> tuple[bool, ...]:
        """By node, whether a cap limits the pieces that count there."""
        lists = self.lists if self.listing else self.caps
        return tuple(bool(caps or some) for caps, some in zip(self.caps, lists, strict=True))

    @cached_property
    def sourced(self) -> bool:
        """Whether any rule depends on the basis of pieces."""
        return any(self.caps) or any(self.here)

    @cached_property
    def floored(self) -> bool:
        """Whether any node has a least number of credits."""
        return any(self.floor)

    @cached_property
    def waiving(self) -> bool:
        """Whether any competency, milestone, quantity or program need not be met."""
        nodes = zip(self.need, self.shape.leaf, self.shape.nodes, strict=True)
        return any(leaf and not need and node.kind is not Kind.CREDITS for need, leaf, node in nodes)

    @cached_property
    def local(self) -> bool:
        """Whether a draft can be made anew for some parts alone.

        It cannot where a rule ties the pieces of different parts together, or where a group takes parts for credits.
        """
        taking = (
            floor or here or pieces
            for node, floor, here, pieces in zip(
                self.shape.nodes, self.floor, self.here, self.pieces or self.floor, strict=True
            )
            if node.children and node.kind in {Kind.CHOOSE, Kind.CREDITS}
        )
        return not (self.crossing or any(self.capped) or any(taking))

    @cached_property
    def bare(self) -> tuple[bool, ...]:
        """By node, whether no rule limits the credits that count there."""
        bare = [not (floor or here or caps) for floor, here, caps in zip(self.floor, self.here, self.caps, strict=True)]
        if self.counting or self.listing:
            more = zip(bare, self.pieces, self.lists, strict=True)
            bare = [plain and not (pieces or lists) for plain, pieces, lists in more]
        return tuple(bare)

    @cached_property
    def watched(self) -> tuple[bool, ...]:
        """By node, whether a minimum at the node or above depends on the credits that count there."""
        found: list[bool] = []
        for node, above in enumerate(self.shape.parent):
            own = bool(self.floor[node] or self.here[node])
            found.append(own or (above >= 0 and found[above] and not self.shape.covering[node]))
        return tuple(found)

    @cached_property
    def asking(self) -> tuple[int, ...]:
        """The nodes that ask for credits or pieces by the tree.

        Not by the rules: a waived node still counts what was done, up to what it asks for.
        """
        return tuple(
            number
            for number, node in enumerate(self.shape.nodes)
            if node.min_credits or node.earned_here or (node.min_pieces and self.counting)
        )

    @cached_property
    def asks_more_than_credits(self) -> bool:
        """Whether any node asks, by the tree, for credits earned here or for a number of pieces."""
        return any(node.earned_here or (node.min_pieces and self.counting) for node in self.shape.nodes)

    @cached_property
    def minima_above(self) -> tuple[tuple[int, ...], ...]:
        """By node, the nodes with a least number of credits, by the tree, at which its pieces count; lowest first."""
        nodes = self.shape.nodes
        return tuple(
            tuple(above for above in self.shape.counting_path(number) if nodes[above].min_credits)
            for number in range(len(nodes))
        )

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
            if self.counting and self.pieces[number]:
                found.append(Rule("min_pieces", node.id))
            if self.listing:
                found.extend(Rule("max_listed", node.id, str(place)) for place, _, _ in self.lists[number])
            if self.exclusive and self.exclusive[number]:
                found.append(Rule("exclusive", node.id))
        found.extend(share.rule for share in self.shares)
        return {rule: place for place, rule in enumerate(found)}

    def keeping(self, kept: Iterable[Rule]) -> "Rules":
        """Return only these of the rules."""
        wanted = set(kept)
        nodes = self.shape.nodes

        def if_kept(kind: str, values: Sequence[T], nothing: T) -> tuple[T, ...]:
            return tuple(
                value if value and Rule(kind, node.id) in wanted else nothing
                for node, value in zip(nodes, values, strict=bool(values))
            )

        floor = tuple(
            value if value and Rule(floor_rule(self.shape, number), nodes[number].id) in wanted else 0
            for number, value in enumerate(self.floor)
        )
        return Rules(
            self.shape,
            tuple(
                need
                and (self.shape.nodes[number].kind is not Kind.CREDITS)
                and Rule("need", nodes[number].id) in wanted
                for number, need in enumerate(self.need)
            ),
            floor,
            if_kept("earned_here", self.here, 0),
            tuple(
                tuple(cap for cap in caps if Rule("max_source", node.id, cap[0]) in wanted)
                for node, caps in zip(nodes, self.caps, strict=True)
            ),
            if_kept("award", self.due, False),
            if_kept("min_pieces", self.pieces, 0),
            tuple(
                tuple(cap for cap in caps if Rule("max_listed", node.id, str(cap[0])) in wanted)
                for node, caps in zip(nodes, self.lists, strict=bool(self.lists))
            ),
            if_kept("exclusive", self.exclusive, False),
            tuple(share for share in self.shares if share.rule in wanted),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """The input of the bounds and of a solver. Numbers of nodes are positions in `shape.nodes`, of pieces in `basis`.

    `options` are at competency and credits leaves; `values` are the credits of their pieces there. `routes` are mostly
    at programs. `gap` is the cost of a milestone or quantity leaf now. `awaiting` is the cost of a program with a
    complete tree but no award. `even`: every piece, new ones too, has the same credits wherever it may be used.
    `partial`: some options are planned or need an exception, so plans of one cost are not equally good.

    The rest is empty in `audit@1`. `study` gives the variants of one piece of study the same number; empty where every
    piece has one variant. `listed` are the pieces of each list of `Rules.lists`, by node and place. `modes` are the
    ways to count the credit of a milestone or quantity, by node. `renewed` are pieces of new work that can serve
    several leaves, by leaf, and `names` their competencies. Pieces from number `new` on are new work, not yet earned;
    those without a basis are under no cap.
    """

    shape: NumberedTree
    rules: Rules
    basis: tuple[Basis | None, ...]
    options: tuple[tuple[Option, ...], ...]
    values: tuple[Mapping[int, int], ...]
    routes: tuple[tuple[Route, ...], ...]
    gap: tuple[int, ...]
    here: frozenset[Basis | None]
    awaiting: int
    even: bool
    partial: bool
    study: tuple[int, ...] = ()
    listed: Mapping[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    modes: Mapping[int, tuple[Mode, ...]] = field(default_factory=dict)
    renewed: Mapping[int, tuple[Option, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    new: int = NEVER_NEW

    def total(self, values: Mapping[int, int]) -> int:
        """Return the credits of pieces together, each piece of study once, at its best."""
        if not self.study:
            return sum(values.values())
        return sum(self._each_study(values).values())

    def _each_study(self, values: Mapping[int, int]) -> dict[int, int]:
        best: dict[int, int] = {}
        for piece, value in values.items():
            study = self.study_of(piece)
            best[study] = max(value, best.get(study, 0))
        return best

    def study_of(self, piece: int) -> int:
        """Return the number of the piece of study of which `piece` is a variant."""
        return self.study[piece] if piece < len(self.study) else piece

    def total_here(self, values: Mapping[int, int]) -> int:
        """Return the credits that count as earned at this institution."""
        return self.total({piece: value for piece, value in values.items() if self.basis[piece] in self.here})

    def total_of_basis(self, values: Mapping[int, int], basis: Basis) -> int:
        """Return the credits that count by one basis: beyond what a better basis gives the same piece of study."""
        own = {piece: value for piece, value in values.items() if self.basis[piece] is basis}
        if not self.study or not own:
            return sum(own.values())
        rank = PREFERENCE[basis]
        preferred = {it: v for it, v in values.items() if PREFERENCE.get(self.basis[it], len(PREFERENCE)) < rank}
        better = self._each_study(preferred)
        return sum(max(0, value - better.get(study, 0)) for study, value in self._each_study(own).items())

    def total_listed(self, values: Mapping[int, int], node: int, place: int, unit: Unit) -> int:
        """Return the pieces, or the credits, of a list that count at a node."""
        own = {piece: value for piece, value in values.items() if piece in self.listed[node, place]}
        return len(self._each_study(own)) if unit is Unit.COUNT else self.total(own)

    def keeping(self, kept: Iterable[Rule]) -> "Problem":
        """Return the same problem under these rules only."""
        return replace(self, rules=self.rules.keeping(kept))


def floor_rule(shape: NumberedTree, number: int) -> str:
    """Return the kind of the rule on a node's least credits: a *credits* node needs them.

    Elsewhere they are a limit.
    """
    return "need" if shape.nodes[number].kind is Kind.CREDITS else "min_credits"
