"""A problem as a CP-SAT model: a literal for each use, node and route, and integers for missing credits."""

from collections.abc import Iterable

from programs.audit.rules.completion.plan_cost import PIECE
from programs.audit.rules.completion.problem import PREFERENCE, Option, Problem, Rule, floor_rule
from programs.audit.rules.completion.sharing_rules import price_of_new
from programs.audit.rules.requirements import Kind, Unit
from programs.audit.solvers.cp_sat_proto import ALWAYS, Literal, ProtoWriter, Term, negated
from programs.audit.solvers.cp_sat_sharing import keep_apart
from programs.audit.solvers.cp_sat_terms import NodeTerms, Source
from programs.rules.attainments import Basis


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
        self.new_uses: dict[tuple[int, int], Literal] = {}
        self.mode_uses: dict[tuple[int, int], Literal] = {}
        self.selected: list[Literal] = []
        self.through: list[Literal] = []
        self._select()
        terms: list[NodeTerms] = [NodeTerms()] * len(self.shape.nodes)
        for node in reversed(range(len(terms))):
            inside = self._leaf(node) if self.shape.leaf[node] else self._merged(node, terms)
            self._qualify(node, inside)
            terms[node] = self._outward(node, inside)
        self._charge_new_pieces()
        if problem.rules.crossing:
            keep_apart(self)

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
        if node in problem.modes:
            return self._by_modes(node)
        if wanted.kind in {Kind.MILESTONE, Kind.QUANTITY}:
            gap, needed = problem.gap[node], problem.rules.need[node]
            if gap and needed:
                self._charge(through, gap, "need", node)
            credited = not gap or (needed and self.priced)
            return NodeTerms(credit=[(through, wanted.nominal)] if credited else [])
        sources = [self._use(node, number) for number in range(len(problem.options[node]))]
        counting = problem.rules.counting
        present = [source._replace(piece=problem.study_of(source.piece)) for source in sources] if counting else []
        sources += self._new_uses(node)
        if wanted.kind is Kind.CREDITS:
            return NodeTerms(sources, present=present)
        used = [(source.literal, 1) for source in sources]
        if not problem.rules.need[node]:
            self.writer.at_most([*used, (through, -1)], 0)
            return NodeTerms(sources, present=present)
        whole = self.shape.whole[node]
        if not used:
            self._charge(through, whole, "need", node)
            units = [(through, min(PIECE, whole))] if counting and self.priced else []
            return NodeTerms(fresh=[(through, wanted.nominal)], units=units)
        missing = self.writer.boolean()
        self.writer.between([*used, (missing, 1), (through, -1)], 0, 0)
        self._charge(missing, whole, "need", node)
        units = [(missing, min(PIECE, whole))] if counting and self.priced else []
        return NodeTerms(sources, fresh=[(missing, wanted.nominal)], present=present, units=units)

    def _new_uses(self, node: int) -> list[Source]:
        """Make the literals of new pieces that may serve this leaf and others."""
        if not self.priced:
            return []
        sources = []
        for number, option in enumerate(self.problem.renewed.get(node, ())):
            literal = self.writer.boolean()
            self.writer.implies(literal, self.through[node])
            self.new_uses[node, number] = literal
            sources.append(Source(literal, option.piece, option.value))
        return sources

    def _by_modes(self, node: int) -> NodeTerms:
        """A milestone or quantity whose credit counts by one basis, or not at all."""
        problem, through, needed = self.problem, self.through[node], self.problem.rules.need[node]
        sources, ways = [], []
        for number, mode in enumerate(problem.modes[node]):
            if mode.gap and not self.priced:
                continue
            literal = self.writer.boolean()
            self.mode_uses[node, number] = literal
            ways.append((literal, 1))
            sources.append(Source(literal, mode.option.piece, mode.option.value))
            if mode.gap:
                self.cost.append((literal, mode.gap))
        plain = self.writer.boolean()
        self.writer.between([*ways, (plain, 1), (through, -1)], 0, 0)
        if problem.gap[node] and needed:
            self._charge(plain, problem.gap[node], "need", node)
        return NodeTerms(sources)

    def _charge_new_pieces(self) -> None:
        """Charge each new piece once, the highest price of the leaves that it serves."""
        prices: dict[int, list[Source]] = {}
        for leaf, literal, option in self.new_below(0):
            price = price_of_new(self.problem, leaf, option)
            prices.setdefault(option.piece, []).append(Source(literal, option.piece, price))
        for same_piece in prices.values():
            self.cost += [(source.literal, source.value) for source in self._each_piece_once(same_piece)]

    def _use(self, node: int, number: int) -> Source:
        """Make the literal of a use. Pieces under no cap are all used at a credits leaf, because they can only help."""
        option = self.problem.options[node][number]
        literal = self.through[node]
        if self.problem.rules.crossing or self.problem.rules.listing:
            literal = self.writer.boolean()
            self.writer.implies(literal, self.through[node])
        elif self.shape.single[node]:
            literal = self.writer.boolean()
        elif self._watched(node, option.piece):
            literal = self.writer.boolean()
            self.writer.implies(literal, self.through[node])
        self.uses[node, number] = literal
        return Source(literal, option.piece, option.value)

    def _watched(self, node: int, piece: int) -> bool:
        ceilings, basis = self.problem.rules.ceilings, self.problem.basis[piece]
        return self.problem.rules.listing or (bool(ceilings) and basis is not None and basis in ceilings[node])

    def _watched_by_route(self, node: int, piece: int) -> bool:
        """Return whether a cap may leave out a piece of a route; in `audit@2` also above a node with its own credit."""
        above = self.shape.method.decides_sharing and any(self.problem.rules.ceilings)
        return above or self._watched(node, piece)

    def _merged(self, node: int, terms: list[NodeTerms]) -> NodeTerms:
        merged = NodeTerms()
        for child in self.shape.children[node]:
            merged.sources += terms[child].sources
            merged.credit += terms[child].credit
            merged.fresh += terms[child].fresh
            merged.present += terms[child].present
            merged.units += terms[child].units
        if self.problem.rules.due[node]:
            self._charge(self.through[node], self.problem.awaiting, "award", node)
        return merged

    def _charge(self, literal: Literal, amount: int, kind: str, node: int) -> None:
        if self.priced:
            self.cost.append((literal, amount))
        else:
            self.writer.implies(self._guard(kind, node), negated(literal))

    def _qualify(self, node: int, inside: NodeTerms) -> None:
        if self.problem.rules.bare[node]:
            return
        rules = self.problem.rules
        floor, here = rules.floor[node], rules.here[node]
        pieces = rules.pieces[node] if rules.counting else 0
        fixed = list(inside.credit)
        if self.priced:
            fixed += inside.fresh
            if floor or here or pieces:
                topping = self.writer.integer(max(floor, here, PIECE * pieces))
                inside.fresh.append((topping, 1))
                self.cost.append((topping, 1))
                fixed.append((topping, 1))
                if rules.counting:
                    inside.units.append((topping, 1))
        distinct = self._each_study_once(inside.sources)
        self._floors(node, inside, distinct, fixed)
        self._caps(node, inside, distinct)
        if pieces:
            self._least_pieces(node, pieces, inside)

    def _floors(self, node: int, inside: NodeTerms, distinct: list[Source], fixed: list[Term]) -> None:
        """Ask for the least credits, and for those that are earned here."""
        problem, through = self.problem, self.through[node]
        floor, here = problem.rules.floor[node], problem.rules.here[node]
        if floor:
            every = [(source.literal, source.value) for source in distinct]
            guard = self.guard_or_always(floor_rule(self.shape, node), node)
            self.writer.at_least([*every, *fixed, (through, -floor)], 0, guard=guard)
        if here:
            by_here = [source for source in distinct if problem.basis[source.piece] in problem.here]
            if problem.study:
                every_here = [source for source in inside.sources if problem.basis[source.piece] in problem.here]
                by_here = self._each_study_once(every_here)
            local = [(source.literal, source.value) for source in by_here]
            guard = self.guard_or_always("earned_here", node)
            self.writer.at_least([*local, *fixed, (through, -here)], 0, guard=guard)

    def _caps(self, node: int, inside: NodeTerms, distinct: list[Source]) -> None:
        """Limit the credits of a basis, and the pieces or credits of a list."""
        problem, rules = self.problem, self.problem.rules
        for basis, most in rules.caps[node]:
            capped = [(source.literal, source.value) for source in distinct if problem.basis[source.piece] is basis]
            if problem.study:
                capped = self._of_basis(inside.sources, basis)
            if capped:
                self.writer.at_most(capped, most, guard=self.guard_or_always("max_source", node, basis))
        for place, most, unit in rules.lists[node] if rules.listing else ():
            listed = [it for it in inside.sources if it.piece in problem.listed[node, place]]
            if unit is Unit.COUNT:
                listed = [source._replace(value=1) for source in listed]
            capped = [(source.literal, source.value) for source in self._each_study_once(listed)]
            if capped:
                self.writer.at_most(capped, most, guard=self.guard_or_always("max_listed", node, str(place)))

    def _least_pieces(self, node: int, pieces: int, inside: NodeTerms) -> None:
        """Ask for a number of different pieces; new pieces count by their price, up to one each."""
        present = [(it.literal, PIECE) for it in self._each_piece_once([it._replace(value=1) for it in inside.present])]
        new = [
            Source(literal, option.piece, min(PIECE, price_of_new(self.problem, leaf, option)))
            for leaf, literal, option in self.new_below(node)
        ]
        units = [*inside.units, *((it.literal, it.value) for it in self._each_piece_once(new))]
        guard = self.guard_or_always("min_pieces", node)
        self.writer.at_least([*present, *units, (self.through[node], -PIECE * pieces)], 0, guard=guard)

    def _of_basis(self, sources: list[Source], basis: Basis) -> list[Term]:
        """Return the terms of one basis: of each piece of study, what exceeds its value by better bases."""
        problem, rank = self.problem, PREFERENCE[basis]
        own = [it for it in sources if problem.basis[it.piece] is basis]
        better: dict[int, list[Source]] = {}
        for source in sources:
            if PREFERENCE.get(problem.basis[source.piece], len(PREFERENCE)) < rank:
                better.setdefault(problem.study_of(source.piece), []).append(source)
        terms: list[Term] = []
        by_study: dict[int, list[Source]] = {}
        for source in own:
            by_study.setdefault(problem.study_of(source.piece), []).append(source)
        for study, same_study in sorted(by_study.items()):
            instead, below = better.get(study, []), 0
            for value in sorted({it.value for it in (*same_study, *instead) if it.value}):
                literal = self.any([it.literal for it in same_study if it.value >= value])
                over = [it.literal for it in instead if it.value >= value]
                if literal is not None and over:
                    literal = self._unless(literal, self.any(over))
                if literal is not None:
                    terms.append((literal, value - below))
                below = value
        return terms

    def any(self, literals: list[Literal]) -> Literal | None:
        """Return a literal that is true exactly if one of the literals is; None of none."""
        if not literals:
            return None
        if ALWAYS in literals or len(literals) == 1:
            return ALWAYS if ALWAYS in literals else literals[0]
        literal = self.writer.boolean()
        self.writer.any_of(literals, when=literal)
        return literal

    def _unless(self, literal: Literal, other: Literal | None) -> Literal | None:
        """Return a literal that is true at least where `literal` is and `other` is not."""
        if other is None or other == ALWAYS:
            return None if other == ALWAYS else literal
        remaining = self.writer.boolean()
        self.writer.clause([negated(literal), remaining, other])
        return remaining

    def guard_or_always(self, kind: str, node: int, detail: str = "") -> Literal:
        """Return the literal on which a rule's constraint depends; ALWAYS where it must hold in any case."""
        return ALWAYS if self.priced else self._guard(kind, node, detail)

    def _each_study_once(self, sources: Iterable[Source]) -> list[Source]:
        """Return each piece of study once, at its highest value, whichever of its variants are used."""
        if not self.problem.study:
            return self._each_piece_once(sources)
        return self._each_piece_once([it._replace(piece=self.problem.study_of(it.piece)) for it in sources])

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
                if self._watched_by_route(node, piece.piece):
                    literal = self.writer.boolean()
                    self.writer.implies(literal, self.routes[node, number])
                self.brings[node, number, piece.piece] = literal
                routed.append(Source(literal, piece.piece, piece.value))
        if not (routed or self.shape.covering[node] or self.problem.rules.counting):
            return inside
        present, units = inside.present, inside.units
        if self.problem.rules.counting:
            present = [*present, *self.spent_sources(node)]
        if self.shape.covering[node]:
            credit = [(self.through[node], self.shape.nodes[node].nominal)]
            return NodeTerms(routed, credit, present=present, units=units)
        return NodeTerms(inside.sources + routed, inside.credit, inside.fresh, present, units)

    def spent_sources(self, node: int) -> list[Source]:
        return [
            Source(self.routes[node, number], self.problem.study_of(piece), value)
            for number, route in enumerate(self.problem.routes[node])
            for piece, value in route.spends
        ]

    def new_below(self, node: int) -> list[tuple[int, Literal, Option]]:
        """Return the leaves at and below a node that a new piece can serve, with the literal and the option."""
        return [
            (leaf, literal, self.problem.renewed[leaf][number])
            for (leaf, number), literal in self.new_uses.items()
            if node <= leaf < self.shape.end[node]
        ]
