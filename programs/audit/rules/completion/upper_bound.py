"""Plans made without search. Each is valid, so the cheapest is an upper bound; often it is provably the answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import gcd
from typing import NamedTuple

from programs.audit.rules.completion.assignment import counted_on, tie_break
from programs.audit.rules.completion.lower_bound import EXACT_SUMS
from programs.audit.rules.completion.picking import PassStrategy, PickApart, Preferences
from programs.audit.rules.completion.plan_cost import (
    Cap,
    Plan,
    Tally,
    credits_of,
    group_tally,
    leaf_tally,
    outward,
    over_cap,
    route_tally,
)
from programs.audit.rules.completion.problem import NOTHING, Mode, Option, Problem, Route
from programs.audit.rules.completion.renewing import with_shared_new_pieces
from programs.audit.rules.requirements import Kind, Unit

NOTHING_KEPT: Mapping[int, tuple[Option, ...]] = {}


class DraftPlan(NamedTuple):
    """A valid plan and every node's tally under it."""

    plan: Plan
    tallies: tuple[Tally, ...]

    @property
    def cost(self) -> int:
        """The cost of the whole plan, in hundredths."""
        return self.tallies[0].cost


def drafts(problem: Problem, preferences: Preferences) -> Iterator[DraftPlan]:
    """Yield valid plans, first the one that changes least; more of them only where another could cost less."""
    yield _draft(problem, preferences, PassStrategy(steady=True))
    sourced = problem.rules.sourced
    uneven = sourced or problem.rules.floored or problem.rules.counting or problem.rules.crossing
    if uneven and (preferences.previous.uses or preferences.preferred or problem.partial):
        yield _draft(problem, preferences, PassStrategy())
    if sourced:
        yield _draft(problem, preferences, PassStrategy(local=True))


def _draft(problem: Problem, preferences: Preferences, strategy: PassStrategy) -> DraftPlan:
    draft = _Pass(problem, preferences, strategy).run()
    if problem.rules.crossing and draft.cost:
        # Parts that the plan leaves out took pieces too. Once more, with those that it completes choosing first.
        again = _Pass(problem, preferences, strategy, first=frozenset(counted_on(draft.plan))).run()
        draft = again if again.cost < draft.cost else draft
    if not (problem.renewed and draft.cost):
        return draft
    return DraftPlan(*with_shared_new_pieces(problem, draft.plan, draft.tallies))


def redrafted(problem: Problem, preferences: Preferences, draft: DraftPlan, completed: frozenset[int]) -> DraftPlan:
    """Return the draft with the nodes outside `completed` as the first draft that begins with it has them.

    The rules have to be `local`, and nothing may pass nodes by. The preferences have to be the draft itself; where no
    piece is planned, needs an exception or is wanted somewhere, they may be none. Then the first draft completes the
    same nodes and others that cost nothing, and new work moves no piece outside.
    """
    return _Pass(problem, preferences, PassStrategy(steady=True)).filled_up(draft, completed)


class _Pass:
    """One pass from the leaves to the root. It is repeated with more pieces barred while a cap is exceeded."""

    def __init__(
        self,
        problem: Problem,
        preferences: Preferences,
        strategy: PassStrategy,
        first: frozenset[int] = frozenset(),
    ) -> None:
        self.problem = problem
        self.first = first
        self.shape = problem.shape
        self.preferences = preferences
        self.strategy = strategy
        self.indifferent = not (preferences.previous.uses or preferences.preferred or problem.partial or strategy.local)
        self.barred: set[tuple[int, int]] = set()
        size = len(self.shape.nodes)
        self.left: list[tuple[Option, ...]] = list(problem.options)
        self.used: list[tuple[Option, ...]] = [()] * size
        self.chosen: list[tuple[int, ...]] = [()] * size
        self.route: list[Route | None] = [None] * size
        self.tallies: list[Tally] = [Tally(0, 0, NOTHING, 0, 0)] * size

    def run(self) -> DraftPlan:
        """Repeat the pass until all caps hold."""
        while not self._settled():
            pass
        return DraftPlan(Plan(tuple(self.used), tuple(self.chosen), tuple(self.route)), tuple(self.tallies))

    def filled_up(self, draft: DraftPlan, completed: frozenset[int]) -> DraftPlan:
        """Return a draft with all nodes that it does not complete as this pass has them."""
        plan, tallies = draft
        # Without any preference the draft keeps its pieces; nodes outside have no part in it that they could prefer.
        self._pick({node: plan.used[node] for node in completed} if self.indifferent else NOTHING_KEPT)
        for node in reversed(range(len(self.shape.nodes))):
            if node in completed:
                self.used[node], self.chosen[node], self.route[node] = (
                    plan.used[node],
                    plan.chosen[node],
                    plan.route[node],
                )
                self.tallies[node] = tallies[node]
            else:
                self.tallies[node] = self._counted(node)
        return DraftPlan(Plan(tuple(self.used), tuple(self.chosen), tuple(self.route)), tuple(self.tallies))

    def _settled(self) -> bool:
        """Make one pass; return False when a cap was exceeded and pieces were barred below it."""
        self._pick()
        exceeded: set[int] = set()
        caps, routes = self.problem.rules.capped, self.problem.routes
        for node in reversed(range(len(self.shape.nodes))):
            self.route[node] = None
            tally = self._counted(node)
            if caps[node] and exceeded.isdisjoint(range(node, self.shape.end[node])):
                excess = over_cap(self.problem, node, tally.values)
                if excess is not None:
                    self._bar(node, excess, tally)
                    exceeded.add(node)
            self.tallies[node] = self._routed(node, tally) if routes[node] else tally
        return not exceeded

    def _counted(self, node: int) -> Tally:
        """Choose the parts of a node and return its tally without a route; its children have theirs."""
        if self.shape.leaf[node]:
            return leaf_tally(self.problem, node, self.used[node], None)
        self.chosen[node] = self._parts(node)
        return self._grouped(node, self.chosen[node])

    def _pick(self, kept: Mapping[int, tuple[Option, ...]] = NOTHING_KEPT) -> None:
        """Choose the pieces of each leaf; the leaf with the fewest options chooses first. `kept` are chosen already."""
        for node, modes in self.problem.modes.items():
            self._pick_mode(node, modes)
        if self.problem.rules.crossing:
            picked = PickApart(self.problem, self.preferences, self.strategy, self.first, self.left)
            self.used = picked.used(self.used)
            return
        single: list[tuple[int, int]] = []
        counted_pieces: set[int] = set()
        singular = self.shape.single
        for node, options in enumerate(self.left):
            if len(options) > 1 and singular[node]:
                single.append((len(options), node))
            elif options:
                self.used[node] = options
                counted_pieces.update([option[0] for option in options])
        for _, node in sorted(single):
            best = kept[node][0] if kept.get(node) else self._best(node, self.left[node], counted_pieces)
            self.used[node] = (best,)
            counted_pieces.add(best.piece)

    def _pick_mode(self, node: int, modes: Sequence[Mode]) -> None:
        """Count the credit of a milestone by the best basis that costs nothing, else as new work of the least cost."""
        able = [mode for mode in modes if (node, mode.option.piece) not in self.barred]
        if not self.problem.rules.need[node]:
            able = [mode for mode in able if not mode.gap]
        best = min(able, key=lambda mode: mode.gap, default=None)
        if self.strategy.local:
            best = next((mode for mode in able if self.problem.basis[mode.option.piece] in self.problem.here), best)
        self.used[node] = () if best is None else (best.option,)

    def _best(self, node: int, options: Sequence[Option], counted_pieces: set[int]) -> Option:
        if self.indifferent:
            gains = [0 if option[0] in counted_pieces else option[1] for option in options]
            most = max(gains)
            tied = [option for option, gain in zip(options, gains, strict=True) if gain == most]
        else:
            ranked = [(self._rank(node, option, counted_pieces), option) for option in options]
            least = min(rank for rank, _ in ranked)
            tied = [option for rank, option in ranked if rank == least]
        return tied[0] if len(tied) == 1 else min(tied, key=lambda option: tie_break(option.attainment, self._id(node)))

    def _rank(self, node: int, option: Option, counted_pieces: set[int]) -> tuple[int, ...]:
        gain = 0 if option.piece in counted_pieces else option.value
        elsewhere = self.strategy.local and self.problem.basis[option.piece] not in self.problem.here
        preferred_order = (
            (option.attainment, node) not in self.preferences.preferred,
            bool(option.exception),
            option.planned,
            (option.attainment, self._id(node)) not in self.preferences.previous.uses,
        )
        return (*preferred_order, -gain) if self.strategy.steady else (elsewhere, -gain, *preferred_order)

    def _parts(self, node: int) -> tuple[int, ...]:
        wanted, children = self.shape.nodes[node], self.shape.children[node]
        if wanted.kind is Kind.ALL or wanted.kind is Kind.PROGRAM:
            return children
        ranked = sorted(children, key=self._rank_of_part)
        count = wanted.n if wanted.kind is Kind.CHOOSE else 0
        chosen, remaining = ranked[:count], ranked[count:]
        chosen += [child for child in remaining if self.tallies[child].cost == 0]
        remaining = [child for child in remaining if self.tallies[child].cost > 0]
        rules = self.problem.rules
        if rules.floor[node] or rules.here[node] or (rules.counting and rules.pieces[node]):
            self._extend(node, chosen, remaining)
        return tuple(sorted(chosen))

    def _rank_of_part(self, child: int) -> tuple[bool, int, bool, int]:
        before = self._id(child) in self.preferences.previous.chosen
        return self.strategy.steady and not before, self.tallies[child].cost, not before, tie_break(self._id(child))

    def _extend(self, node: int, chosen: list[int], remaining: list[int]) -> None:
        """Complete further parts while that is cheaper than new work for the missing credits."""
        cost = self._grouped(node, chosen).cost
        for child in remaining:
            with_child = self._grouped(node, [*chosen, child]).cost
            if with_child < cost:
                cost = with_child
                chosen.append(child)

    def _grouped(self, node: int, children: Iterable[int]) -> Tally:
        covering, tallies = self.shape.covering, self.tallies
        parts = [
            outward(self.problem, child, tallies[child], self.route[child]) if covering[child] else tallies[child]
            for child in children
        ]
        return group_tally(self.problem, node, parts)

    def _routed(self, node: int, tree: Tally) -> Tally:
        """Take a route where the parts cost something, or where the route has at least as many credits."""
        best = min(self.problem.routes[node], key=_rank_of_route)
        if self.barred:
            best = best._replace(brings=tuple(it for it in best.brings if (node, it.piece) not in self.barred))
        brings = sum(best.values.values())
        counts = credits_of(self.problem, outward(self.problem, node, tree, None))
        if tree.cost == 0 and (best.exception or brings < counts):
            return tree
        self.route[node] = best
        return route_tally(self.problem, best)

    def _bar(self, node: int, cap: Cap, tally: Tally) -> None:
        """Keep the pieces that fit under the cap, the hardest to replace first; bar the others below the node."""
        below = range(node, self.shape.end[node])
        if cap.basis is None:
            room = cap.most
            dropped = {piece for piece in tally.values if piece in self.problem.listed[node, cap.place]}
        else:
            room = min(most for capped, most in self.problem.rules.caps[node] if capped is cap.basis)
            dropped = {piece for piece in tally.values if self.problem.basis[piece] is cap.basis}
        worth = {piece: 1 if cap.unit is Unit.COUNT else tally.values[piece] for piece in dropped}
        for group in self._holders(below):
            ordered = sorted(group & dropped)
            kept = [ordered[i] for i in fullest_within([worth[piece] for piece in ordered], room)]
            room -= sum(worth[piece] for piece in kept)
            dropped.difference_update(kept)
        self.barred.update((leaf, piece) for leaf in below for piece in dropped)
        for leaf in below:
            if self.left[leaf]:
                self.left[leaf] = tuple(option for option in self.left[leaf] if option.piece not in dropped)
                self.used[leaf] = ()

    def _holders(self, below: range) -> list[set[int]]:
        """Group pieces by priority: previous uses (if steady), routes, competencies, all others."""
        groups: list[set[int]] = [set(), set(), set(), set()]
        for leaf in below:
            for option in self.used[leaf]:
                before = self.strategy.steady and (option.attainment, self._id(leaf)) in self.preferences.previous.uses
                groups[0 if before else 2 if self._singular(leaf) else 3].add(option.piece)
            route = self.route[leaf]
            if route is not None:
                groups[1].update(route.values)
        return groups

    def _singular(self, leaf: int) -> bool:
        return self.shape.single[leaf]

    def _id(self, node: int) -> str:
        return self.shape.nodes[node].id


def _rank_of_route(route: Route) -> tuple[bool, bool, int, int]:
    return bool(route.exception), route.planned, -sum(route.values.values()), tie_break(route.attainment)


def fullest_within(values: Sequence[int], most: int) -> list[int]:
    """Return positions of values with the largest sum up to `most`; the bits of an integer are the possible sums.

    Where the sums are too large for that, the largest values that fit are taken.
    """
    if sum(values) <= most:
        return [position for position, value in enumerate(values) if value]
    unit = gcd(*values)
    if most // unit >= EXACT_SUMS:
        return _largest_first(values, most)
    values, most = [value // unit for value in values], most // unit
    within = (1 << (most + 1)) - 1
    reached = [1]
    for value in values:
        reached.append(reached[-1] | (reached[-1] << value) & within if value <= most else reached[-1])
    total = reached[-1].bit_length() - 1
    taken = []
    for position in reversed(range(len(values))):
        if not reached[position] >> total & 1:
            taken.append(position)
            total -= values[position]
    return taken


def _largest_first(values: Sequence[int], most: int) -> list[int]:
    taken = []
    for position in sorted(range(len(values)), key=lambda position: -values[position]):
        if 0 < values[position] <= most:
            taken.append(position)
            most -= values[position]
    return taken
