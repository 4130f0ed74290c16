"""A problem as a CP-SAT model: one literal per use, node and route; integers for the credits still to be earned."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

from programs.rules.completion.problem import Problem, Rule, floor_rule
from programs.rules.requirements import Kind

Literal = Any
"""A Boolean variable of a model; OR-Tools gives no type for it that we could name without importing more of it."""


class Source(NamedTuple):
    """A piece that counts with a value when its literal holds."""

    literal: Literal
    piece: int
    value: int


@dataclass(slots=True)
class Sight:
    """What a node's minima and caps see: pieces, credit borne by nodes, and new work, each with its literal."""

    sources: list[Source] = field(default_factory=list)
    credit: list[tuple[Literal, int]] = field(default_factory=list)
    fresh: list[tuple[Literal, int]] = field(default_factory=list)


class Model:
    """The constraints of a problem.

    Priced, new work is allowed and its cost is the objective. Unpriced, there is none and every rule holds when its
    guard does: the guards are what an infeasible model is explained by.
    """

    def __init__(self, problem: Problem, *, priced: bool) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.priced = priced
        self.cp = cp_model.CpModel()
        self.guards: dict[Rule, Literal] = {}
        self.cost: list[tuple[Literal, int]] = []
        self.uses: dict[tuple[int, int], Literal] = {}
        self.routes: dict[tuple[int, int], Literal] = {}
        self.brings: dict[tuple[int, int, int], Literal] = {}
        self.selected: list[Literal] = []
        self.through: list[Literal] = []
        self._select()
        seen: list[Sight] = [Sight()] * len(self.shape.nodes)
        for node in reversed(range(len(seen))):
            inside = self._leaf(node) if self.shape.nodes[node].leaf else self._merged(node, seen)
            self._qualify(node, inside)
            seen[node] = self._outward(node, inside)

    def _new(self) -> Literal:
        return self.cp.new_bool_var("")

    def _guard(self, kind: str, node: int, detail: str = "") -> Literal:
        rule = Rule(kind, self.shape.nodes[node].id, detail)
        if rule not in self.guards:
            self.guards[rule] = self._new()
        return self.guards[rule]

    def _select(self) -> None:
        """`selected`: the node must be completed; `through`: by its parts or pieces, not by a route."""
        root = self._new()
        self.cp.add(root == 1)
        for node, above in enumerate(self.shape.parent):
            literal = root if above < 0 else self.through[above]
            if above >= 0 and self.shape.nodes[above].kind in {Kind.CHOOSE, Kind.CREDITS}:
                literal = self._new()
                self.cp.add_implication(literal, self.through[above])
            self.selected.append(literal)
            routes = [self._new() for _ in self.problem.routes[node]]
            self.routes.update({(node, number): route for number, route in enumerate(routes)})
            self.through.append(self._new() if routes else literal)
            if routes:
                self.cp.add(sum(routes) + self.through[node] == literal)
        for node, wanted in enumerate(self.shape.nodes):
            if wanted.kind is Kind.CHOOSE:
                parts = [self.selected[child] for child in self.shape.children[node]]
                self.cp.add(sum(parts) >= wanted.n * self.through[node])

    def _leaf(self, node: int) -> Sight:
        wanted, problem, through = self.shape.nodes[node], self.problem, self.through[node]
        if wanted.kind in {Kind.MILESTONE, Kind.QUANTITY}:
            gap, needed = problem.gap[node], problem.rules.need[node]
            if gap and needed:
                self._charge(through, gap, "need", node)
            credited = not gap or (needed and self.priced)
            return Sight(credit=[(through, wanted.nominal)] if credited else [])
        if wanted.kind is Kind.CREDITS:
            return Sight([self._use(node, number) for number in range(len(problem.options[node]))])
        sources = [self._use(node, number) for number in range(len(problem.options[node]))]
        used = sum(source.literal for source in sources)
        if not problem.rules.need[node]:
            self.cp.add(used <= through)
            return Sight(sources)
        missing = self._new()
        self.cp.add(used + missing == through)
        self._charge(missing, self.shape.whole[node], "need", node)
        return Sight(sources, fresh=[(missing, wanted.nominal)])

    def _use(self, node: int, number: int) -> Source:
        """Pieces that no cap sees are all used at a credits leaf: they can only help."""
        option = self.problem.options[node][number]
        if self.shape.nodes[node].kind is Kind.CREDITS and not self._watched(node, option.piece):
            literal = self.through[node]
        else:
            literal = self._new()
            self.cp.add_implication(literal, self.through[node])
        self.uses[node, number] = literal
        return Source(literal, option.piece, option.value)

    def _watched(self, node: int, piece: int) -> bool:
        own = self.problem.basis[piece]
        return any(basis is own for above in self.shape.path(node) for basis, _ in self.problem.rules.caps[above])

    def _merged(self, node: int, seen: list[Sight]) -> Sight:
        merged = Sight()
        for child in self.shape.children[node]:
            merged.sources += seen[child].sources
            merged.credit += seen[child].credit
            merged.fresh += seen[child].fresh
        if self.problem.rules.due[node]:
            self._charge(self.through[node], self.problem.awaiting, "award", node)
        return merged

    def _charge(self, literal: Literal, amount: int, kind: str, node: int) -> None:
        if self.priced:
            self.cost.append((literal, amount))
        else:
            self.cp.add_implication(self._guard(kind, node), literal.negated())

    def _qualify(self, node: int, inside: Sight) -> None:
        rules = self.problem.rules
        floor, here = rules.floor[node], rules.here[node]
        if not (floor or here or rules.caps[node]):
            return
        counted = self._counted(inside.sources)
        fixed = sum(amount * literal for literal, amount in inside.credit)
        if self.priced:
            fixed += sum(amount * literal for literal, amount in inside.fresh)
            if floor or here:
                topping = self.cp.new_int_var(0, max(floor, here), "")
                inside.fresh.append((topping, 1))
                self.cost.append((topping, 1))
                fixed += topping
        local = [source for source in counted if self.problem.basis[source.piece] in self.problem.here]
        if floor:
            self._hold(_sum(counted) + fixed >= floor * self.through[node], floor_rule(self.shape, node), node)
        if here:
            self._hold(_sum(local) + fixed >= here * self.through[node], "earned_here", node)
        for basis, most in rules.caps[node]:
            of_basis = [source for source in counted if self.problem.basis[source.piece] is basis]
            if of_basis:
                self._hold(_sum(of_basis) <= most, "max_source", node, basis)

    def _hold(self, constraint: Any, kind: str, node: int, detail: str = "") -> None:  # noqa: ANN401 - OR-Tools' own
        added = self.cp.add(constraint)
        if not self.priced:
            added.only_enforce_if(self._guard(kind, node, detail))

    def _counted(self, sources: Iterable[Source]) -> list[Source]:
        """Each piece once, at its best: one literal per further step in value where it has several."""
        by_piece: dict[int, list[Source]] = {}
        for source in sources:
            by_piece.setdefault(source.piece, []).append(source)
        counted = []
        for piece, found in sorted(by_piece.items()):
            if len(found) == 1:
                counted += found
                continue
            below = 0
            for value in sorted({source.value for source in found if source.value}):
                literal = self._new()
                self.cp.add_max_equality(literal, [source.literal for source in found if source.value >= value])
                counted.append(Source(literal, piece, value - below))
                below = value
        return counted

    def _outward(self, node: int, inside: Sight) -> Sight:
        routed = []
        for number, route in enumerate(self.problem.routes[node]):
            for brought in route.brings:
                literal = self.routes[node, number]
                if self._watched(node, brought.piece):
                    literal = self._new()
                    self.cp.add_implication(literal, self.routes[node, number])
                self.brings[node, number, brought.piece] = literal
                routed.append(Source(literal, brought.piece, brought.value))
        if self.shape.covering[node]:
            return Sight(routed, credit=[(self.through[node], self.shape.nodes[node].nominal)])
        return Sight(inside.sources + routed, inside.credit, inside.fresh) if routed else inside


def _sum(sources: Iterable[Source]) -> Any:  # noqa: ANN401 - a linear expression of OR-Tools
    return sum(source.value * source.literal for source in sources)
