"""`audit@2` as its definition reads, by trying everything: slow, naive, sharing only plain values with the rules."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from itertools import combinations, product
from math import ceil
from typing import NamedTuple, TypeVar

from programs.audit.rules.context import Context
from programs.audit.rules.requirements import Kind, MetBy, Requirement, Unit
from programs.audit.rules.result import AuditOutcome
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException

LEARNT = (AttainmentKind.MASTERY, AttainmentKind.RECOGNITION)
NEW = "new"
T = TypeVar("T")
COPIES = 1

Study = str | tuple[str, str, int]
Piece = tuple[Study, str, int]
Seen = tuple[str, Study, int, str]


class Way(NamedTuple):
    """One way to complete a node.

    `pieces` count for credit (study, basis, value), `seen` are all uses below (place, study, value, use or spend). New
    pieces (name, copy, price) cost their highest price once. `units` are hundredths of other new pieces.
    """

    pieces: frozenset[Piece] = frozenset()
    seen: frozenset[Seen] = frozenset()
    new: frozenset[tuple[str, int, int]] = frozenset()
    credit: int = 0
    fresh: int = 0
    units: int = 0
    work: int = 0

    @property
    def prices(self) -> dict[tuple[str, int], int]:
        found: dict[tuple[str, int], int] = {}
        for name, copy, price in self.new:
            found[name, copy] = max(price, found.get((name, copy), 0))
        return found

    @property
    def cost(self) -> int:
        return self.work + sum(self.prices.values())


class Oracle2:
    """Every way to complete every node of a tree without conditions.

    `only` leaves in force just the rules with these names. `fixed` allows only these uses (attainment, node), all of
    them, and only these chosen parts.
    """

    def __init__(
        self,
        tree: Requirement,
        attainments: Collection[Attainment],
        exceptions: Collection[RequirementException],
        context: Context,
        on: date,
        only: Collection[str] | None = None,
        fixed: tuple[frozenset[tuple[str, str]], frozenset[str]] | None = None,
    ) -> None:
        self.tree = tree
        self.attainments = attainments
        self.context = context
        self.on = on
        self.only = only
        self.fixed = fixed
        self.nodes = {node.id: node for node in tree.walk()}
        self.paths: dict[str, tuple[Requirement, ...]] = {}
        self._remember(tree, ())
        self.waived: set[str] = set()
        self.bypassed: set[str] = set()
        self.forced: set[str] = set()
        self.exceptions = [it for it in exceptions if it.in_force(on) and it.node in self.nodes]
        for decision in self.exceptions:
            if decision.kind in (ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE):
                self._waive(self.nodes[decision.node])
            if decision.kind is ExceptionKind.FORCE_COMPLETE:
                self.forced |= {node.id for node in self.nodes[decision.node].walk()}
        self.shared_names = self._shared_names()

    def _remember(self, node: Requirement, above: tuple[Requirement, ...]) -> None:
        self.paths[node.id] = (*above, node)
        for child in node.children:
            self._remember(child, (*above, node))

    def _waive(self, node: Requirement) -> None:
        if covers(node):
            self.bypassed.add(node.id)
            return
        self.waived.add(node.id)
        for child in node.children:
            self._waive(child)

    def cheapest(self) -> int | None:
        return min((way.cost for way in self.ways(self.tree)), default=None)

    def holds(self, rule: str) -> bool:
        return self.only is None or rule in self.only

    def _shared_names(self) -> set[str]:
        counts: Counter[str] = Counter()
        leaves = [node for node in self.nodes.values() if node.leaf and node.kind in (Kind.COMPETENCY, Kind.CREDITS)]
        names = {name for leaf in leaves for name in leaf.accepts} - {"*"}
        for leaf in leaves:
            counts.update(name for name in names if self.new_value(leaf, name) is not None)
        return {name for name, count in counts.items() if count > 1}

    def new_value(self, leaf: Requirement, name: str) -> int | None:
        """The credits of a new piece at a leaf, None where it cannot serve."""
        if name not in leaf.accepts and "*" not in leaf.accepts:
            return None
        if any(name in step.excludes for step in self.paths[leaf.id]):
            return None
        return leaf.nominal if leaf.kind is Kind.COMPETENCY else self.table(leaf, name) or None

    def table(self, leaf: Requirement, name: str) -> int:
        table: dict[str, int] = {}
        for step in self.paths[leaf.id]:
            table.update(dict(step.credit_table))
        return table.get(name, table.get("*", 0))

    def ways(self, node: Requirement) -> set[Way]:
        """What the parent sees of each way."""
        inside = {self.topped_up(node, way) for way in self.inside(node) if self.under_caps(node, way)}
        if covers(node):
            inside = {way._replace(pieces=frozenset(), credit=node.nominal, fresh=0) for way in inside}
        if node.id in self.bypassed:
            inside.add(Way())
        if node.kind is Kind.PROGRAM:
            inside = self.awarded(node) | (set() if self.fixed and self.used_at(node) else inside)
        return inside

    def used_at(self, node: Requirement) -> set[str]:
        assert self.fixed is not None
        return {name for name, place in self.fixed[0] if place == node.id}

    def inside(self, node: Requirement) -> Iterator[Way]:
        if node.kind in (Kind.MILESTONE, Kind.QUANTITY):
            yield from self.measured(node)
        elif node.kind is Kind.COMPETENCY:
            yield from self.competency(node)
        elif node.kind is Kind.CREDITS and not node.children:
            yield from self.collected(node)
        elif node.kind is Kind.PROGRAM and not node.children:
            yield from self.missing(node)
        else:
            yield from self.parts(node)

    def needed(self, node: Requirement) -> bool:
        return self.holds(f"need:{node.id}") and node.id not in self.waived

    def missing(self, node: Requirement) -> Iterator[Way]:
        whole = node.nominal or 100
        yield Way(fresh=node.nominal, work=whole, units=min(100, whole)) if self.needed(node) else Way()

    def competency(self, node: Requirement) -> Iterator[Way]:
        for ways in self.fixed_or_all(node, [(piece,) for piece in self.eligible(node)]):
            yield self.use(node, ways)
        if self.fixed and self.used_at(node):
            return
        yield from self.missing(node)
        for name, copy in self.new_names(node):
            yield self.renew(node, Way(), name, copy)

    def collected(self, node: Requirement) -> Iterator[Way]:
        for used in self.fixed_or_all(node, list(subsets(list(self.eligible(node))))):
            plain = self.use(node, used)
            for added in subsets(list(self.new_names(node))):
                way = plain
                for name, copy in added:
                    way = self.renew(node, way, name, copy)
                yield way

    def fixed_or_all(self, node: Requirement, every: list[tuple[Piece, ...]]) -> list[tuple[Piece, ...]]:
        if self.fixed is None:
            return every
        wanted = {self.piece(node, a) for a in self.attainments if a.id in self.used_at(node)}
        return [used for used in every if set(used) == wanted]

    def new_names(self, node: Requirement) -> Iterator[tuple[str, int]]:
        for name in sorted(self.shared_names):
            if self.new_value(node, name) is not None:
                copies = COPIES
                yield from ((name, copy) for copy in range(copies))

    def renew(self, node: Requirement, way: Way, name: str, copy: int) -> Way:
        value = self.new_value(node, name) or 0
        price = (node.nominal or 100) if node.kind is Kind.COMPETENCY else value
        study = (NEW, name, copy)
        return way._replace(
            pieces=way.pieces | {(study, NEW, value)},
            seen=way.seen | {(node.id, study, value, "use")},
            new=way.new | {(name, copy, price)},
        )

    def use(self, node: Requirement, used: Collection[Piece]) -> Way:
        return Way(frozenset(used), frozenset((node.id, study, value, "use") for study, _, value in used))

    def measured(self, node: Requirement) -> Iterator[Way]:
        amounts: dict[Basis, int] = {}
        for a in self.attainments:
            if self.stands(node, a):
                amount = a.quantity if node.kind is Kind.QUANTITY else 1
                amounts[a.basis] = amounts.get(a.basis, 0) + amount
        least = node.min_quantity if node.kind is Kind.QUANTITY else 1
        whole, together, gap = node.nominal or 100, 0, node.nominal or 100
        modes = []
        for basis in Basis:
            together += amounts.get(basis, 0)
            gap = ceil(whole * max(0, least - together) / least)
            if node.nominal and (amounts.get(basis) or basis is Basis.ASSESSED_HERE):
                modes.append(Way(frozenset({(f"@{node.id}", basis, node.nominal)}), work=gap))
        yield Way(work=gap if self.needed(node) else 0)
        yield from modes

    def stands(self, node: Requirement, a: Attainment) -> bool:
        if self.by_exception(node, a):
            return True
        plain = a.kind.value == node.kind.value and a.ref in node.names
        return plain and self.in_time(a, node) and not self.excluded(a, node)

    def parts(self, node: Requirement) -> Iterator[Way]:
        least = {Kind.CHOOSE: node.n, Kind.CREDITS: 0}.get(node.kind, len(node.children))
        ways = {child.id: self.ways(child) for child in node.children}
        by_award = self.context.awards_required if node.met_by is MetBy.CONTEXT else node.met_by is MetBy.AWARD
        due = self.context.awaiting if node.kind is Kind.PROGRAM and by_award else 0
        due = due if self.holds(f"award:{node.id}") and node.id not in self.waived else 0
        for size in range(least, len(node.children) + 1):
            for chosen in combinations(node.children, size):
                if (
                    self.fixed
                    and least < len(node.children)
                    and {it.id for it in chosen} != {it.id for it in node.children if it.id in self.fixed[1]}
                ):
                    continue
                for together in product(*(ways[child.id] for child in chosen)):
                    if self.exclusive_broken(node, together):
                        continue
                    merged = Way(
                        frozenset().union(*(way.pieces for way in together)),
                        frozenset().union(*(way.seen for way in together)),
                        frozenset().union(*(way.new for way in together)),
                        sum(way.credit for way in together),
                        sum(way.fresh for way in together),
                        sum(way.units for way in together),
                        sum(way.work for way in together) + due,
                    )
                    if not self.sharing_broken(node, merged):
                        yield merged

    def exclusive_broken(self, node: Requirement, together: Collection[Way]) -> bool:
        if not node.exclusive or node.id in self.forced or not self.holds(f"exclusive:{node.id}"):
            return False
        return any(
            (kind, other_kind) == ("use", "use") or {kind, other_kind} == {"use", "spend"}
            for one, other in combinations(together, 2)
            for _, study, _, kind in one.seen
            for _, other_study, _, other_kind in other.seen
            if study == other_study and "use" in (kind, other_kind)
        )

    def sharing_broken(self, node: Requirement, way: Way) -> bool:
        if node.id in self.forced:
            return False
        for cap in node.share_caps:
            if not self.holds(f"share_cap:{node.id}:{cap.first}+{cap.second}"):
                continue
            inside = [{it.id for it in self.nodes[name].walk()} for name in (cap.first, cap.second)]
            common: dict[Study, int] = {}
            for place, study, value, kind in way.seen:
                for other, other_study, other_value, other_kind in way.seen:
                    both = place in inside[0] and other in inside[1]
                    if study == other_study and both and "use" in (kind, other_kind):
                        worth = 1 if cap.unit is Unit.COUNT else min(value, other_value)
                        common[study] = max(worth, common.get(study, 0))
            if sum(common.values()) > cap.most:
                return True
        return False

    def topped_up(self, node: Requirement, way: Way) -> Way:
        if node.id in self.waived:
            return way
        need = "need" if node.kind is Kind.CREDITS else "min_credits"
        floor = node.min_credits if self.holds(f"{need}:{node.id}") else 0
        here = node.earned_here if self.holds(f"earned_here:{node.id}") else 0
        pieces = node.min_pieces if self.holds(f"min_pieces:{node.id}") else 0
        local = way.credit + way.fresh
        by_here = [piece for piece in way.pieces if piece[1] == NEW or piece[1] in self.context.here]
        units = 100 * len({study for _, study, _, _ in way.seen if study[0] != NEW}) + way.units
        units += sum(min(100, price) for price in way.prices.values())
        lacking = max(0, floor - local - total(way.pieces), here - local - total(by_here), 100 * pieces - units)
        return way._replace(fresh=way.fresh + lacking, units=way.units + lacking, work=way.work + lacking)

    def under_caps(self, node: Requirement, way: Way) -> bool:
        if node.id in self.forced:
            return True
        by_source = all(
            of_basis(way.pieces, cap.basis) <= cap.most
            for cap in node.max_source
            if self.holds(f"max_source:{node.id}:{cap.basis}")
        )
        return by_source and all(
            self.listed(way.pieces, cap.accepts, cap.unit) <= cap.most
            for place, cap in enumerate(node.max_listed)
            if self.holds(f"max_listed:{node.id}:{place}")
        )

    def listed(self, pieces: Collection[Piece], names: Collection[str], unit: Unit) -> int:
        studies = {piece_of(a) for a in self.attainments if a.name in names or "*" in names}
        own = [piece for piece in pieces if piece[0] in studies]
        return len({study for study, _, _ in own}) if unit is Unit.COUNT else total(own)

    def eligible(self, node: Requirement) -> list[Piece]:
        found = [self.piece(node, a) for a in self.attainments if self.may_count(node, a)]
        return list(dict.fromkeys(found))

    def piece(self, node: Requirement, a: Attainment) -> Piece:
        value = a.credits
        if value is None:
            learnt = a.kind in LEARNT
            value = node.nominal if node.kind is Kind.COMPETENCY else self.table(node, a.competency) if learnt else 0
        return piece_of(a), a.basis, value

    def may_count(self, node: Requirement, a: Attainment) -> bool:
        if self.substitutes(node, a):
            return True
        if a.kind not in LEARNT or not self.in_time(a, node) or not self.at_level(a, node):
            return False
        allowed = self.allowed(node, a)
        named = a.competency in node.accepts or (node.kind is Kind.CREDITS and "*" in node.accepts)
        if not (allowed or (named and not self.excluded(a, node))):
            return False
        if node.policy and a.kind is AttainmentKind.MASTERY and a.policy != node.policy:
            return False
        return node.kind is Kind.COMPETENCY or self.piece(node, a)[2] > 0

    def by_exception(self, node: Requirement, a: Attainment) -> bool:
        """Whether an exception lets an attainment meet a program, a milestone or a quantity."""
        allowed = self.allowed(node, a) and self.in_time(a, node) and self.at_level(a, node)
        return allowed or self.substitutes(node, a)

    def substitutes(self, node: Requirement, a: Attainment) -> bool:
        approved = any(
            it.kind is ExceptionKind.SUBSTITUTE and it.node == node.id and it.attainment == a.id and it.approved
            for it in self.exceptions
        )
        enough = approved or a.kind not in LEARNT or self.at_level(a, node)
        return enough and self.substituted(node, a) and self.achieved(a)

    def allowed(self, node: Requirement, a: Attainment) -> bool:
        return a.kind in LEARNT and any(
            it.kind is ExceptionKind.ALSO_ALLOW and it.node == node.id and it.competency == a.competency
            for it in self.exceptions
        )

    def substituted(self, node: Requirement, a: Attainment) -> bool:
        return any(
            it.kind is ExceptionKind.SUBSTITUTE and it.node == node.id and it.attainment == a.id
            for it in self.exceptions
        )

    def limiting(self, node: Requirement) -> list[Requirement]:
        return [step for step in self.paths[node.id] if step.id not in self.forced]

    def at_level(self, a: Attainment, node: Requirement) -> bool:
        for step in self.limiting(node):
            if step.level:
                own = step.scale in ("", a.scale)
                rank = a.level if own else dict(a.conversions).get(step.scale)
                if (not a.without_level) if rank is None else rank < step.level:
                    return False
        return True

    def excluded(self, a: Attainment, node: Requirement) -> bool:
        return any(a.name in step.excludes for step in self.limiting(node))

    def achieved(self, a: Attainment) -> bool:
        lapsed = a.valid_until is not None and a.valid_until <= self.on
        return lapsed or a.achieved_on is None or a.achieved_on <= self.on

    def in_time(self, a: Attainment, node: Requirement) -> bool:
        if a.valid_until is not None and a.valid_until <= self.on:
            return False
        if a.achieved_on is not None and a.achieved_on > self.on:
            return False
        windows = [step.within_days for step in self.limiting(node) if step.within_days is not None]
        return not windows or (a.achieved_on is not None and (self.on - a.achieved_on).days <= min(windows))

    def awarded(self, node: Requirement) -> set[Way]:
        found = set()
        for a in self.attainments:
            plain = a.kind is AttainmentKind.AWARD and a.ref in node.names and node.met_by is not MetBy.TREE
            plain = plain and self.in_time(a, node) and not self.excluded(a, node)
            if not (plain or self.by_exception(node, a)):
                continue
            if self.fixed and a.id not in self.used_at(node):
                continue
            found |= set(self.by_award(node, a))
        return found

    def by_award(self, node: Requirement, award: Attainment) -> Iterator[Way]:
        spent = [a for a in self.attainments if a.id in award.spent]
        own: Piece = (piece_of(award), award.basis, node.nominal or award.credits or 0)
        pieces: list[Piece] = [own]
        if award.spent and not node.nominal:
            counting = [a for a in spent if not self.excluded_here(a, node)]
            if self.fixed:
                counting = [a for a in counting if a.id in self.used_at(node)]
            pieces = [(piece_of(a), a.basis, self.worth_below(node, a)) for a in counting]
        taken: list[tuple[Study, int]] = [(piece_of(a), self.worth_below(node, a)) for a in spent] or [(own[0], own[2])]
        seen = frozenset((node.id, study, value, "spend") for study, value in taken)
        yield from (Way(frozenset(some), seen) for some in subsets(list(dict.fromkeys(pieces))))

    def excluded_here(self, a: Attainment, node: Requirement) -> bool:
        return any(a.name in step.excludes for step in self.paths[node.id])

    def worth_below(self, node: Requirement, a: Attainment) -> int:
        if a.credits is not None:
            return a.credits
        found = [0]
        for leaf in node.walk():
            named = a.competency in leaf.accepts or (leaf.kind is Kind.CREDITS and "*" in leaf.accepts)
            named = (named and a.kind in LEARNT) or self.named_by_exception(leaf, a)
            if named and leaf.leaf and leaf.kind in (Kind.COMPETENCY, Kind.CREDITS):
                found.append(self.piece(leaf, a)[2])
        return max(found)

    def named_by_exception(self, leaf: Requirement, a: Attainment) -> bool:
        return self.substituted(leaf, a) or any(
            it.kind is ExceptionKind.ALSO_ALLOW and it.node == leaf.id and it.competency == a.competency
            for it in self.exceptions
            if a.kind in LEARNT
        )


def covers(node: Requirement) -> bool:
    return bool(node.nominal) and (bool(node.children) or node.kind in (Kind.ALL, Kind.CHOOSE, Kind.CREDITS))


def piece_of(a: Attainment) -> str:
    if a.piece:
        return a.piece
    return f"mastery:{a.competency}" if a.kind is AttainmentKind.RECOGNITION and a.competency else f"/{a.id}"


def total(pieces: Collection[Piece]) -> int:
    return sum(best(pieces).values())


def best(pieces: Collection[Piece]) -> dict[Study, int]:
    found: dict[Study, int] = {}
    for study, _, value in pieces:
        found[study] = max(value, found.get(study, 0))
    return found


def of_basis(pieces: Collection[Piece], basis: Basis) -> int:
    order: list[str] = list(Basis)
    better = best([piece for piece in pieces if piece[1] != NEW and order.index(piece[1]) < order.index(basis)])
    own = best([piece for piece in pieces if piece[1] == basis])
    return sum(max(0, value - better.get(study, 0)) for study, value in own.items())


def subsets(items: list[T]) -> Iterator[tuple[T, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def faults_of_outcome(
    outcome: AuditOutcome,
    tree: Requirement,
    attainments: Collection[Attainment],
    exceptions: Collection[RequirementException],
    context: Context,
    on: date,
) -> list[str]:
    """What is wrong with an outcome, without searching for a better one: its uses recounted, its rules tried."""

    def cheapest(only: Collection[str] | None = None) -> int | None:
        return Oracle2(tree, attainments, exceptions, context, on, only).cheapest()

    found = []
    uses = frozenset((use.attainment, use.node) for use in outcome.uses)
    counted = Oracle2(tree, attainments, exceptions, context, on, fixed=(uses, outcome.assignment.chosen)).cheapest()
    if counted != outcome.distance:
        found.append(f"its uses leave {counted} to do, not {outcome.distance}")
    if sum(step.cost for step in outcome.steps) != outcome.distance:
        found.append("the steps do not add up to the distance")
    rules = {str(rule) for rule in outcome.blocking}
    if not rules:
        return found if outcome.met else [*found, "nothing is said to block"]
    if cheapest(rules) == 0:
        found.append("its blocking rules leave a free completion")
    if outcome.irreducible:
        found += [f"{rule} is superfluous" for rule in rules if cheapest(rules - {rule}) != 0]
    return found
