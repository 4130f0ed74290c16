"""Checks an outcome without searching for a better one: recounts its uses, and tries what its blocking rules leave."""

from collections.abc import Sequence
from datetime import date

from programs.audit.rules.context import Context
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import AuditOutcome
from programs.rules.attainments import Attainment
from tests.programs.audit_oracle import Oracle, Way, best_of


class Checker:
    """Says what is wrong with an outcome; an empty list is what it should return."""

    def __init__(
        self, tree: Requirement, attainments: Sequence[Attainment], context: Context, on: date, outcome: AuditOutcome
    ) -> None:
        self.tree = tree
        self.attainments = {attainment.id: attainment for attainment in attainments}
        self.context = context
        self.on = on
        self.outcome = outcome
        self.oracle = Oracle(attainments, context, on)
        self.wrong: list[str] = []

    def faults(self) -> list[str]:
        cost = self.recount(self.tree, ()).cost
        if cost != self.outcome.distance:
            self.wrong.append(f"the uses leave {cost} to do, not {self.outcome.distance}")
        if self.outcome.lower_bound > self.outcome.distance:
            self.wrong.append("the lower bound is above the distance")
        if sum(step.cost for step in self.outcome.steps) != self.outcome.distance:
            self.wrong.append("the steps do not add up to the distance")
        return [*self.wrong, *self.unblocked()]

    def unblocked(self) -> list[str]:
        rules = {str(rule) for rule in self.outcome.blocking}
        if not rules:
            return [] if self.outcome.met else ["nothing is said to block"]
        found = ["its blocking rules leave a free completion"] if self.free(rules) else []
        if self.outcome.irreducible:
            found += [f"{rule} is superfluous" for rule in rules if not self.free(rules - {rule})]
        return found

    def free(self, rules: set[str]) -> bool:
        return Oracle(self.oracle.attainments, self.context, self.on, only=rules).cheapest(self.tree) == 0

    def recount(self, node: Requirement, above: tuple[Requirement, ...]) -> Way:
        """What a node counts outside with the uses of the outcome, each of them checked."""
        path = (*above, node)
        uses = [use for use in self.outcome.uses if use.node == node.id]
        if node.kind is Kind.PROGRAM and uses:
            return self.awarded(node, path, [use.attainment for use in uses])
        if node.kind in (Kind.MILESTONE, Kind.QUANTITY):
            way = self.oracle.measured_leaf(node, path)
        elif node.kind is Kind.COMPETENCY or (node.kind is Kind.CREDITS and not node.children):
            way = self.used(node, path, [use.attainment for use in uses])
        elif node.kind is Kind.PROGRAM and not node.children:
            way = next(self.oracle.missing(node))
        else:
            way = self.group(node, path)
        if not self.oracle.under_caps(node, way.pieces):
            self.wrong.append(f"{node.id} exceeds a cap")
        way = self.oracle.topped_up(node, way)
        if node.nominal and (node.children or node.kind is Kind.CREDITS):
            return Way(frozenset(), node.nominal, 0, way.cost)
        return way

    def used(self, node: Requirement, path: tuple[Requirement, ...], names: list[str]) -> Way:
        eligible = {name: (name, value, basis) for name, value, basis in self.oracle.eligible(node, path)}
        pieces = {self.attainments[name].piece or f"/{name}" for name in names}
        self.wrong += [f"{piece} may not count at {node.id}" for piece in sorted(pieces - set(eligible))]
        if node.kind is Kind.COMPETENCY:
            if len(names) > 1:
                self.wrong.append(f"{node.id} is met by more than one piece")
            if not names:
                return next(self.oracle.missing(node))
        return Way(frozenset(eligible[piece] for piece in pieces if piece in eligible), 0, 0, 0)

    def awarded(self, node: Requirement, path: tuple[Requirement, ...], names: list[str]) -> Way:
        award, *spent = (self.attainments[name] for name in names)
        if award not in self.oracle.awards(node, path):
            self.wrong.append(f"{award.id} does not award {node.id}")
        pieces = {item.piece or f"/{item.id}" for item in (spent or [award])}
        return Way(frozenset(it for it in self.oracle.pieces_by_award(node, award) if it[0] in pieces), 0, 0, 0)

    def group(self, node: Requirement, path: tuple[Requirement, ...]) -> Way:
        chosen = node.children
        if node.kind in (Kind.CHOOSE, Kind.CREDITS):
            chosen = tuple(child for child in node.children if child.id in self.outcome.assignment.chosen)
            if len(chosen) < (node.n if node.kind is Kind.CHOOSE else 0):
                self.wrong.append(f"{node.id} counts on too few parts")
        ways = [self.recount(child, path) for child in chosen]
        due = self.context.awaiting if node.kind is Kind.PROGRAM and self.context.awards_required else 0
        return Way(
            best_of(frozenset().union(*(way.pieces for way in ways))),
            sum(way.credit for way in ways),
            sum(way.fresh for way in ways),
            sum(way.cost for way in ways) + due,
        )
