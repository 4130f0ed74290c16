"""A problem as a CP-SAT model: one literal per use, node and route; integers for the credits still to be earned."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.problem import Problem, Rule, floor_rule
from programs.audit.rules.requirements import Kind
from programs.audit.solvers.cp_sat_proto import ALWAYS, Literal, Sheet, Term, negated


class Source(NamedTuple):
    """A piece that counts with a value when its literal holds."""

    literal: Literal
    piece: int
    value: int


@dataclass(slots=True)
class Sight:
    """What a node's minima and caps see: pieces, credit borne by nodes, and new work, each with its literal."""

    sources: list[Source] = field(default_factory=list)
    credit: list[Term] = field(default_factory=list)
    fresh: list[Term] = field(default_factory=list)


class Model:
    """The constraints of a problem.

    Priced, new work is allowed and its cost is the objective. Unpriced, there is none and every rule holds when its
    guard does: the guards are what an infeasible model is explained by.
    """

    def __init__(self, problem: Problem, *, priced: bool) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.priced = priced
        self.sheet = Sheet()
        self.guards: dict[Rule, Literal] = {}
        self.cost: list[Term] = []
        self.uses: dict[tuple[int, int], Literal] = {}
        self.routes: dict[tuple[int, int], Literal] = {}
        self.brings: dict[tuple[int, int, int], Literal] = {}
        self.selected: list[Literal] = []
        self.through: list[Literal] = []
        self._select()
        seen: list[Sight] = [Sight()] * len(self.shape.nodes)
        for node in reversed(range(len(seen))):
            inside = self._leaf(node) if self.shape.leaf[node] else self._merged(node, seen)
            self._qualify(node, inside)
            seen[node] = self._outward(node, inside)

    def _guard(self, kind: str, node: int, detail: str = "") -> Literal:
        rule = Rule(kind, self.shape.nodes[node].id, detail)
        if rule not in self.guards:
            self.guards[rule] = self.sheet.boolean()
        return self.guards[rule]

    def _select(self) -> None:
        """`selected`: the node must be completed; `through`: by its parts or pieces, not by a route."""
        sheet = self.sheet
        for node, above in enumerate(self.shape.parent):
            literal = ALWAYS if above < 0 else self.through[above]
            if above >= 0 and self.shape.nodes[above].kind in {Kind.CHOOSE, Kind.CREDITS}:
                literal = sheet.boolean()
                sheet.implies(literal, self.through[above])
            self.selected.append(literal)
            routes = [sheet.boolean() for _ in self.problem.routes[node]]
            self.routes.update({(node, number): route for number, route in enumerate(routes)})
            self.through.append(sheet.boolean() if routes else literal)
            if routes:
                ways = [(way, 1) for way in (*routes, self.through[node])]
                sheet.between([*ways, (literal, -1)], 0, 0)
        for node, wanted in enumerate(self.shape.nodes):
            if wanted.kind is Kind.CHOOSE:
                parts = [(self.selected[child], 1) for child in self.shape.children[node]]
                sheet.at_least([*parts, (self.through[node], -wanted.n)], 0)

    def _leaf(self, node: int) -> Sight:
        wanted, problem, through = self.shape.nodes[node], self.problem, self.through[node]
        if wanted.kind in {Kind.MILESTONE, Kind.QUANTITY}:
            gap, needed = problem.gap[node], problem.rules.need[node]
            if gap and needed:
                self._charge(through, gap, "need", node)
            credited = not gap or (needed and self.priced)
            return Sight(credit=[(through, wanted.nominal)] if credited else [])
        sources = [self._use(node, number) for number in range(len(problem.options[node]))]
        if wanted.kind is Kind.CREDITS:
            return Sight(sources)
        used = [(source.literal, 1) for source in sources]
        if not problem.rules.need[node]:
            self.sheet.at_most([*used, (through, -1)], 0)
            return Sight(sources)
        if not used:
            self._charge(through, self.shape.whole[node], "need", node)
            return Sight(fresh=[(through, wanted.nominal)])
        missing = self.sheet.boolean()
        self.sheet.between([*used, (missing, 1), (through, -1)], 0, 0)
        self._charge(missing, self.shape.whole[node], "need", node)
        return Sight(sources, fresh=[(missing, wanted.nominal)])

    def _use(self, node: int, number: int) -> Source:
        """Pieces that no cap sees are all used at a credits leaf: they can only help."""
        option = self.problem.options[node][number]
        literal = self.through[node]
        if self.shape.single[node]:
            literal = self.sheet.boolean()
        elif self._watched(node, option.piece):
            literal = self.sheet.boolean()
            self.sheet.implies(literal, self.through[node])
        self.uses[node, number] = literal
        return Source(literal, option.piece, option.value)

    def _watched(self, node: int, piece: int) -> bool:
        ceilings = self.problem.rules.ceilings
        return bool(ceilings) and self.problem.basis[piece] in ceilings[node]

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
            self.sheet.implies(self._guard(kind, node), negated(literal))

    def _qualify(self, node: int, inside: Sight) -> None:
        rules = self.problem.rules
        floor, here = rules.floor[node], rules.here[node]
        if not (floor or here or rules.caps[node]):
            return
        counted = self._counted(inside.sources)
        fixed = list(inside.credit)
        if self.priced:
            fixed += inside.fresh
            if floor or here:
                topping = self.sheet.integer(max(floor, here))
                inside.fresh.append((topping, 1))
                self.cost.append((topping, 1))
                fixed.append((topping, 1))
        basis_of, through = self.problem.basis, self.through[node]
        if floor:
            every = [(source.literal, source.value) for source in counted]
            guard = self._held(floor_rule(self.shape, node), node)
            self.sheet.at_least([*every, *fixed, (through, -floor)], 0, guard=guard)
        if here:
            local = [
                (source.literal, source.value) for source in counted if basis_of[source.piece] in self.problem.here
            ]
            guard = self._held("earned_here", node)
            self.sheet.at_least([*local, *fixed, (through, -here)], 0, guard=guard)
        for basis, most in rules.caps[node]:
            capped = [(source.literal, source.value) for source in counted if basis_of[source.piece] is basis]
            if capped:
                self.sheet.at_most(capped, most, guard=self._held("max_source", node, basis))

    def _held(self, kind: str, node: int, detail: str = "") -> Literal:
        """What a rule's constraint stands on: nothing where it holds in any case."""
        return ALWAYS if self.priced else self._guard(kind, node, detail)

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
                used = [source.literal for source in found if source.value >= value]
                literal = ALWAYS
                if ALWAYS not in used:
                    literal = self.sheet.boolean()
                    self.sheet.any_of(used, when=literal)
                counted.append(Source(literal, piece, value - below))
                below = value
        return counted

    def _outward(self, node: int, inside: Sight) -> Sight:
        routed = []
        for number, route in enumerate(self.problem.routes[node]):
            for brought in route.brings:
                literal = self.routes[node, number]
                if self._watched(node, brought.piece):
                    literal = self.sheet.boolean()
                    self.sheet.implies(literal, self.routes[node, number])
                self.brings[node, number, brought.piece] = literal
                routed.append(Source(literal, brought.piece, brought.value))
        if self.shape.covering[node]:
            return Sight(routed, credit=[(self.through[node], self.shape.nodes[node].nominal)])
        return Sight(inside.sources + routed, inside.credit, inside.fresh) if routed else inside
