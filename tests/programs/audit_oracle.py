"""The audit as its definition reads, by trying everything: slow, naive, sharing only plain values with the rules."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import combinations, product
from math import ceil
from typing import NamedTuple

from programs.audit.rules.context import Context
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment, AttainmentKind, Basis

LEARNT = (AttainmentKind.MASTERY, AttainmentKind.RECOGNITION)


Piece = tuple[str, int, Basis]


class Way(NamedTuple):
    """One way to complete a node: which pieces count (piece, value, basis), credit borne, new work, and its cost."""

    pieces: frozenset[Piece]
    credit: int
    fresh: int
    cost: int


class Oracle:
    """Every way to complete every node; `only` leaves in force just the rules with these names."""

    def __init__(
        self, attainments: Collection[Attainment], context: Context, on: date, only: Collection[str] | None = None
    ) -> None:
        self.attainments = attainments
        self.context = context
        self.on = on
        self.only = only

    def cheapest(self, tree: Requirement) -> int:
        return min(way.cost for way in self.ways(tree, ()))

    def holds(self, rule: str) -> bool:
        return self.only is None or rule in self.only

    def ways(self, node: Requirement, above: tuple[Requirement, ...]) -> set[Way]:
        """What the parent sees of each way."""
        path = (*above, node)
        inside = {
            self.topped_up(node, way) for way in self.inside(node, path) if self.under_caps(node, best_of(way.pieces))
        }
        if node.nominal and (node.children or node.kind in (Kind.ALL, Kind.CHOOSE, Kind.CREDITS)):
            inside = {Way(frozenset(), node.nominal, 0, way.cost) for way in inside}
        if node.kind is Kind.PROGRAM:
            for award in self.awards(node, path):
                pieces_by_award = sorted(self.pieces_by_award(node, award))
                inside |= {Way(frozenset(some), 0, 0, 0) for some in subsets(pieces_by_award)}
        return inside

    def inside(self, node: Requirement, path: tuple[Requirement, ...]) -> Iterator[Way]:
        if node.kind in (Kind.MILESTONE, Kind.QUANTITY):
            yield self.measured_leaf(node, path)
        elif node.kind is Kind.COMPETENCY:
            eligible = list(self.eligible(node, path))
            yield from (Way(frozenset({piece}), 0, 0, 0) for piece in eligible)
            yield from self.missing(node)
        elif node.kind is Kind.CREDITS and not node.children:
            eligible = list(self.eligible(node, path))
            yield from (Way(frozenset(used), 0, 0, 0) for used in subsets(eligible))
        elif node.kind is Kind.PROGRAM and not node.children:
            yield from self.missing(node)
        else:
            yield from self.parts(node, path)

    def missing(self, node: Requirement) -> Iterator[Way]:
        needed = self.holds(f"need:{node.id}")
        yield Way(frozenset(), 0, node.nominal if needed else 0, (node.nominal or 100) if needed else 0)

    def measured_leaf(self, node: Requirement, path: tuple[Requirement, ...]) -> Way:
        standing = [a for a in self.attainments if a.kind.value == node.kind.value and a.ref in node.names]
        standing = [a for a in standing if self.in_time(a, path)]
        whole, needed = node.nominal or 100, self.holds(f"need:{node.id}")
        if node.kind is Kind.MILESTONE:
            gap = 0 if standing else whole
        else:
            missing = max(0, node.min_quantity - sum(a.quantity for a in standing))
            gap = ceil(whole * missing / node.min_quantity)
        return Way(frozenset(), node.nominal if needed or not gap else 0, 0, gap if needed else 0)

    def parts(self, node: Requirement, path: tuple[Requirement, ...]) -> Iterator[Way]:
        least = {Kind.CHOOSE: node.n, Kind.CREDITS: 0}.get(node.kind, len(node.children))
        ways = {child.id: self.ways(child, path) for child in node.children}
        due = self.context.awaiting if node.kind is Kind.PROGRAM and self.context.awards_required else 0
        due = due if self.holds(f"award:{node.id}") else 0
        for size in range(least, len(node.children) + 1):
            for chosen in combinations(node.children, size):
                for together in product(*(ways[child.id] for child in chosen)):
                    yield Way(
                        best_of(frozenset().union(*(way.pieces for way in together))),
                        sum(way.credit for way in together),
                        sum(way.fresh for way in together),
                        sum(way.cost for way in together) + due,
                    )

    def topped_up(self, node: Requirement, way: Way) -> Way:
        need = "need" if node.kind is Kind.CREDITS else "min_credits"
        floor = node.min_credits if self.holds(f"{need}:{node.id}") else 0
        here = node.earned_here if self.holds(f"earned_here:{node.id}") else 0
        every = sum(value for _, value, _ in way.pieces) + way.credit + way.fresh
        local = sum(value for _, value, basis in way.pieces if basis in self.context.here) + way.credit + way.fresh
        lacking = max(0, floor - every, here - local)
        return Way(way.pieces, way.credit, way.fresh + lacking, way.cost + lacking)

    def under_caps(self, node: Requirement, pieces: frozenset[Piece]) -> bool:
        return all(
            sum(value for _, value, basis in pieces if basis is cap.basis) <= cap.most
            for cap in node.max_source
            if self.holds(f"max_source:{node.id}:{cap.basis}")
        )

    def eligible(self, node: Requirement, path: tuple[Requirement, ...]) -> Iterator[Piece]:
        level = max(step.level for step in path)
        seen = set()
        for a in self.attainments:
            if a.kind not in LEARNT or not (a.competency in node.accepts or "*" in node.accepts):
                continue
            if (level and (a.level is None or a.level < level)) or not self.in_time(a, path):
                continue
            if node.policy and a.kind is AttainmentKind.MASTERY and a.policy != node.policy:
                continue
            value = a.credits if a.credits is not None else node.nominal if node.kind is Kind.COMPETENCY else 0
            if node.kind is Kind.CREDITS and not a.credits:
                continue
            name = a.piece or f"/{a.id}"
            if name not in seen:
                seen.add(name)
                yield name, value, self.basis(a)

    def basis(self, a: Attainment) -> Basis:
        if not a.piece:
            return a.basis
        order = list(Basis)
        return min((b.basis for b in self.attainments if b.piece == a.piece), key=order.index)

    def in_time(self, a: Attainment, path: tuple[Requirement, ...]) -> bool:
        if a.valid_until is not None and a.valid_until <= self.on:
            return False
        if a.achieved_on is not None and a.achieved_on > self.on:
            return False
        windows = [step.within_days for step in path if step.within_days is not None]
        if not windows:
            return True
        return a.achieved_on is not None and (self.on - a.achieved_on).days <= min(windows)

    def awards(self, node: Requirement, path: tuple[Requirement, ...]) -> list[Attainment]:
        found = [a for a in self.attainments if a.kind is AttainmentKind.AWARD and a.ref in node.names]
        return [a for a in found if self.in_time(a, path)]

    def pieces_by_award(self, node: Requirement, award: Attainment) -> frozenset[Piece]:
        if node.nominal:
            return frozenset({(f"/{award.id}", node.nominal, award.basis)})
        if not award.spent:
            return frozenset({(f"/{award.id}", award.credits or 0, award.basis)})
        spent = [a for a in self.attainments if a.id in award.spent]
        return best_of(frozenset((a.piece or f"/{a.id}", self.worth_below(node, a), self.basis(a)) for a in spent))

    def worth_below(self, node: Requirement, a: Attainment) -> int:
        if a.credits is not None:
            return a.credits
        leaves = (leaf for leaf in node.walk() if leaf.kind is Kind.COMPETENCY and a.competency in leaf.accepts)
        return max((leaf.nominal for leaf in leaves), default=0)


def subsets(pieces: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    for size in range(len(pieces) + 1):
        yield from combinations(pieces, size)


def best_of(pieces: frozenset[Piece]) -> frozenset[Piece]:
    """Each piece once, at its best."""
    best: dict[str, Piece] = {}
    for piece in pieces:
        if piece[0] not in best or piece[1] > best[piece[0]][1]:
            best[piece[0]] = piece
    return frozenset(best.values())
