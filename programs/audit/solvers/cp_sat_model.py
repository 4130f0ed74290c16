"""A problem as a CP-SAT model: a literal for each use, node and route, and integers for missing credits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.problem import Problem, Rule, floor_rule
from programs.audit.rules.requirements import Kind
from programs.audit.solvers.cp_sat_proto import ALWAYS, Literal, ProtoWriter, Term, negated


class Source(NamedTuple):
    """A piece that counts with a value when its literal holds."""

    literal: Literal
    piece: int
    value: int


@dataclass(slots=True)
class NodeTerms:
    """The terms in a node's minima and caps: pieces, credit of nodes, and new work, each with its literal."""

    sources: list[Source] = field(default_factory=list)
    credit: list[Term] = field(default_factory=list)
    fresh: list[Term] = field(default_factory=list)


class Model:
    """The constraints of a problem.

    If `priced`, new work is allowed and its cost is the objective. If not, there is no new work, and every rule holds
    when its guard holds: the guards then explain why a model is infeasible.
    """

    def __init__(self, problem: Problem, *, priced: bool) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.priced = priced
        self.writer = ProtoWriter()
        self.guards: dict[Rule, Literal] = {}
        self.cost: list[Term] = []
        self.uses: dict[tuple[int, int], Literal] = {}
        self.routes: dict[tuple[int, int], Literal] = {}
        self.brings: dict[tuple[int, int, int], Literal] = {}
        self.selected: list[Literal] = []
        self.through: list[Literal] = []
        self._select()
        terms: list[NodeTerms] = [NodeTerms()] * len(self.shape.nodes)
        for node in reversed(range(len(terms))):
            inside = self._leaf(node) if self.shape.leaf[node] else self._merged(node, terms)
            self._qualify(node, inside)
            terms[node] = self._outward(node, inside)

    def _guard(self, kind: str, node: int, detail: str = "") -> Literal:
        rule = Rule(kind, self.shape.nodes[node].id, detail)
        if rule not in self.guards:
            self.guards[rule] = self.writer.boolean()
        return self.guards[rule]

    def _select(self) -> None:
        """Make `selected` (the node is completed) and `through` (by its parts or pieces, not by a route)."""
        writer = self.writer
        for node, above in enumerate(self.shape.parent):
            literal = ALWAYS if above < 0 else self.through[above]
            if above >= 0 and self.shape.nodes[above].kind in {Kind.CHOOSE, Kind.CREDITS}:
                literal = writer.boolean()
                writer.implies(literal, self.through[above])
            self.selected.append(literal)
            routes = [writer.boolean() for _ in self.problem.routes[node]]
            self.routes.update({(node, number): route for number, route in enumerate(routes)})
            self.through.append(writer.boolean() if routes else literal)
            if routes:
                ways = [(way, 1) for way in (*routes, self.through[node])]
                writer.between([*ways, (literal, -1)], 0, 0)
        for node, wanted in enumerate(self.shape.nodes):
            if wanted.kind is Kind.CHOOSE:
                parts = [(self.selected[child], 1) for child in self.shape.children[node]]
                writer.at_least([*parts, (self.through[node], -wanted.n)], 0)

    def _leaf(self, node: int) -> NodeTerms:
        wanted, problem, through = self.shape.nodes[node], self.problem, self.through[node]
        if wanted.kind in {Kind.MILESTONE, Kind.QUANTITY}:
            gap, needed = problem.gap[node], problem.rules.need[node]
            if gap and needed:
                self._charge(through, gap, "need", node)
            credited = not gap or (needed and self.priced)
            return NodeTerms(credit=[(through, wanted.nominal)] if credited else [])
        sources = [self._use(node, number) for number in range(len(problem.options[node]))]
        if wanted.kind is Kind.CREDITS:
            return NodeTerms(sources)
        used = [(source.literal, 1) for source in sources]
        if not problem.rules.need[node]:
            self.writer.at_most([*used, (through, -1)], 0)
            return NodeTerms(sources)
        if not used:
            self._charge(through, self.shape.whole[node], "need", node)
            return NodeTerms(fresh=[(through, wanted.nominal)])
        missing = self.writer.boolean()
        self.writer.between([*used, (missing, 1), (through, -1)], 0, 0)
        self._charge(missing, self.shape.whole[node], "need", node)
        return NodeTerms(sources, fresh=[(missing, wanted.nominal)])

    def _use(self, node: int, number: int) -> Source:
        """Make the literal of a use. Pieces under no cap are all used at a credits leaf, because they can only help."""
        option = self.problem.options[node][number]
        literal = self.through[node]
        if self.shape.single[node]:
            literal = self.writer.boolean()
        elif self._watched(node, option.piece):
            literal = self.writer.boolean()
            self.writer.implies(literal, self.through[node])
        self.uses[node, number] = literal
        return Source(literal, option.piece, option.value)

    def _watched(self, node: int, piece: int) -> bool:
        ceilings = self.problem.rules.ceilings
        return bool(ceilings) and self.problem.basis[piece] in ceilings[node]

    def _merged(self, node: int, terms: list[NodeTerms]) -> NodeTerms:
        merged = NodeTerms()
        for child in self.shape.children[node]:
            merged.sources += terms[child].sources
            merged.credit += terms[child].credit
            merged.fresh += terms[child].fresh
        if self.problem.rules.due[node]:
            self._charge(self.through[node], self.problem.awaiting, "award", node)
        return merged

    def _charge(self, literal: Literal, amount: int, kind: str, node: int) -> None:
        if self.priced:
            self.cost.append((literal, amount))
        else:
            self.writer.implies(self._guard(kind, node), negated(literal))

    def _qualify(self, node: int, inside: NodeTerms) -> None:
        rules = self.problem.rules
        floor, here = rules.floor[node], rules.here[node]
        if not (floor or here or rules.caps[node]):
            return
        distinct = self._each_piece_once(inside.sources)
        fixed = list(inside.credit)
        if self.priced:
            fixed += inside.fresh
            if floor or here:
                topping = self.writer.integer(max(floor, here))
                inside.fresh.append((topping, 1))
                self.cost.append((topping, 1))
                fixed.append((topping, 1))
        basis_of, through = self.problem.basis, self.through[node]
        if floor:
            every = [(source.literal, source.value) for source in distinct]
            guard = self._guard_or_always(floor_rule(self.shape, node), node)
            self.writer.at_least([*every, *fixed, (through, -floor)], 0, guard=guard)
        if here:
            local = [
                (source.literal, source.value) for source in distinct if basis_of[source.piece] in self.problem.here
            ]
            guard = self._guard_or_always("earned_here", node)
            self.writer.at_least([*local, *fixed, (through, -here)], 0, guard=guard)
        for basis, most in rules.caps[node]:
            capped = [(source.literal, source.value) for source in distinct if basis_of[source.piece] is basis]
            if capped:
                self.writer.at_most(capped, most, guard=self._guard_or_always("max_source", node, basis))

    def _guard_or_always(self, kind: str, node: int, detail: str = "") -> Literal:
        """Return the literal on which a rule's constraint depends; ALWAYS where it must hold in any case."""
        return ALWAYS if self.priced else self._guard(kind, node, detail)

    def _each_piece_once(self, sources: Iterable[Source]) -> list[Source]:
        """Return each piece once, at its highest value; a piece with several values has a literal for each step."""
        by_piece: dict[int, list[Source]] = {}
        for source in sources:
            by_piece.setdefault(source.piece, []).append(source)
        distinct = []
        for piece, same_piece in sorted(by_piece.items()):
            if len(same_piece) == 1:
                distinct += same_piece
                continue
            below = 0
            for value in sorted({source.value for source in same_piece if source.value}):
                used = [source.literal for source in same_piece if source.value >= value]
                literal = ALWAYS
                if ALWAYS not in used:
                    literal = self.writer.boolean()
                    self.writer.any_of(used, when=literal)
                distinct.append(Source(literal, piece, value - below))
                below = value
        return distinct

    def _outward(self, node: int, inside: NodeTerms) -> NodeTerms:
        routed = []
        for number, route in enumerate(self.problem.routes[node]):
            for piece in route.brings:
                literal = self.routes[node, number]
                if self._watched(node, piece.piece):
                    literal = self.writer.boolean()
                    self.writer.implies(literal, self.routes[node, number])
                self.brings[node, number, piece.piece] = literal
                routed.append(Source(literal, piece.piece, piece.value))
        if self.shape.covering[node]:
            return NodeTerms(routed, credit=[(self.through[node], self.shape.nodes[node].nominal)])
        return NodeTerms(inside.sources + routed, inside.credit, inside.fresh) if routed else inside
