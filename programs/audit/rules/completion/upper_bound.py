"""Plans made without search: each is valid, so the cheapest is an upper bound, and often provably the answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.assignment import Assignment, lot
from programs.audit.rules.completion.plan_cost import Plan, Tally, group_tally, leaf_tally, outward, over_cap
from programs.audit.rules.completion.problem import NOTHING, Option, Problem, Route
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is preferred among completions that cost the same: by exceptions *apply here*, and what counted before."""

    previous: Assignment = field(default_factory=Assignment)
    preferred: frozenset[tuple[str, int]] = frozenset()


class Habit(NamedTuple):
    """How one pass decides: `steady` keeps what was ahead of credits, `local` takes what was earned here first."""

    steady: bool = False
    local: bool = False


class Drafted(NamedTuple):
    """A valid plan and every node's tally under it."""

    plan: Plan
    tallies: tuple[Tally, ...]

    @property
    def cost(self) -> int:
        return self.tallies[0].cost


def drafts(problem: Problem, wishes: Wishes) -> Iterator[Drafted]:
    """Valid plans, the one that changes least first; more of them only where another could cost less."""
    yield _Pass(problem, wishes, Habit(steady=True)).run()
    sourced = problem.rules.sourced
    if (sourced or problem.rules.floored) and (wishes.previous.uses or wishes.preferred or problem.partial):
        yield _Pass(problem, wishes, Habit()).run()
    if sourced:
        yield _Pass(problem, wishes, Habit(local=True)).run()


class _Pass:
    """One pass from the leaves up, repeated while a cap is exceeded, each time with more pieces barred."""

    def __init__(self, problem: Problem, wishes: Wishes, habit: Habit) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.wishes = wishes
        self.habit = habit
        self.indifferent = not (wishes.previous.uses or wishes.preferred or problem.partial or habit.local)
        self.barred: set[tuple[int, int]] = set()
        size = len(self.shape.nodes)
        self.left: list[tuple[Option, ...]] = list(problem.options)
        self.used: list[tuple[Option, ...]] = [()] * size
        self.chosen: list[tuple[int, ...]] = [()] * size
        self.route: list[Route | None] = [None] * size
        self.tallies: list[Tally] = [Tally(0, 0, NOTHING, 0, 0)] * size

    def run(self) -> Drafted:
        while not self._settled():
            pass
        return Drafted(Plan(tuple(self.used), tuple(self.chosen), tuple(self.route)), tuple(self.tallies))

    def _settled(self) -> bool:
        """One pass; False when a cap was exceeded and pieces were barred below it."""
        self._pick()
        exceeded: set[int] = set()
        leaf, caps, routes = self.shape.leaf, self.problem.rules.caps, self.problem.routes
        for node in reversed(range(len(self.shape.nodes))):
            self.route[node] = None
            if leaf[node]:
                tally = leaf_tally(self.problem, node, self.used[node], None)
            else:
                self.chosen[node] = self._parts(node)
                tally = self._grouped(node, self.chosen[node])
            if caps[node] and exceeded.isdisjoint(range(node, self.shape.end[node])):
                excess = over_cap(self.problem, node, tally.values)
                if excess is not None:
                    self._bar(node, excess, tally)
                    exceeded.add(node)
            self.tallies[node] = self._routed(node, tally) if routes[node] else tally
        return not exceeded

    def _pick(self) -> None:
        """Choose what stands at each leaf; the leaf with the fewest options goes first."""
        single: list[tuple[int, int]] = []
        counted: set[int] = set()
        singular = self.shape.single
        for node, options in enumerate(self.left):
            if len(options) > 1 and singular[node]:
                single.append((len(options), node))
            elif options:
                self.used[node] = options
                counted.update([option[0] for option in options])
        for _, node in sorted(single):
            best = self._best(node, self.left[node], counted)
            self.used[node] = (best,)
            counted.add(best.piece)

    def _best(self, node: int, options: Sequence[Option], counted: set[int]) -> Option:
        if self.indifferent:
            gains = [0 if option[0] in counted else option[1] for option in options]
            most = max(gains)
            tied = [option for option, gain in zip(options, gains, strict=True) if gain == most]
        else:
            ranked = [(self._rank(node, option, counted), option) for option in options]
            least = min(rank for rank, _ in ranked)
            tied = [option for rank, option in ranked if rank == least]
        return tied[0] if len(tied) == 1 else min(tied, key=lambda option: lot(option.attainment, self._id(node)))

    def _rank(self, node: int, option: Option, counted: set[int]) -> tuple[int, ...]:
        gain = 0 if option.piece in counted else option.value
        away = self.habit.local and self.problem.basis[option.piece] not in self.problem.here
        wished = (
            (option.attainment, node) not in self.wishes.preferred,
            bool(option.exception),
            option.planned,
            (option.attainment, self._id(node)) not in self.wishes.previous.uses,
        )
        return (*wished, -gain) if self.habit.steady else (away, -gain, *wished)

    def _parts(self, node: int) -> tuple[int, ...]:
        wanted, children = self.shape.nodes[node], self.shape.children[node]
        if wanted.kind is Kind.ALL or wanted.kind is Kind.PROGRAM:
            return children
        ranked = sorted(children, key=self._rank_of_part)
        count = wanted.n if wanted.kind is Kind.CHOOSE else 0
        chosen, rest = ranked[:count], ranked[count:]
        chosen += [child for child in rest if self.tallies[child].cost == 0]
        rest = [child for child in rest if self.tallies[child].cost > 0]
        if self.problem.rules.floor[node] or self.problem.rules.here[node]:
            self._extend(node, chosen, rest)
        return tuple(sorted(chosen))

    def _rank_of_part(self, child: int) -> tuple[bool, int, bool, int]:
        before = self._id(child) in self.wishes.previous.chosen
        return self.habit.steady and not before, self.tallies[child].cost, not before, lot(self._id(child))

    def _extend(self, node: int, chosen: list[int], rest: list[int]) -> None:
        """Count on further parts while that is cheaper than making up the credits otherwise."""
        cost = self._grouped(node, chosen).cost
        for child in rest:
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
        """Take a route where the parts cost anything, or where it counts at least as much."""
        best = min(self.problem.routes[node], key=_rank_of_route)
        if self.barred:
            best = best._replace(brings=tuple(it for it in best.brings if (node, it.piece) not in self.barred))
        brings = sum(best.values.values())
        counts = outward(self.problem, node, tree, None).credits
        if tree.cost == 0 and (best.exception or brings < counts):
            return tree
        self.route[node] = best
        return Tally(0, 0, best.values, 0, 0)

    def _bar(self, node: int, basis: Basis, tally: Tally) -> None:
        """Keep what fits under the cap, what is hardest to replace first, and bar the rest below the node."""
        room = min(most for capped, most in self.problem.rules.caps[node] if capped is basis)
        below = range(node, self.shape.end[node])
        capped = {piece for piece in tally.values if self.problem.basis[piece] is basis}
        dropped = set(capped)
        for group in self._holders(below):
            ordered = sorted(group & dropped)
            kept = [ordered[i] for i in fullest([tally.values[piece] for piece in ordered], room)]
            room -= sum(tally.values[piece] for piece in kept)
            dropped.difference_update(kept)
        self.barred.update((leaf, piece) for leaf in below for piece in dropped)
        for leaf in below:
            if self.left[leaf]:
                self.left[leaf] = tuple(option for option in self.left[leaf] if option.piece not in dropped)
                self.used[leaf] = ()

    def _holders(self, below: range) -> list[set[int]]:
        """Pieces by how much they are wanted: as before (for the steady), by routes, at competencies, anywhere."""
        groups: list[set[int]] = [set(), set(), set(), set()]
        for leaf in below:
            for option in self.used[leaf]:
                before = self.habit.steady and (option.attainment, self._id(leaf)) in self.wishes.previous.uses
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
    return bool(route.exception), route.planned, -sum(route.values.values()), lot(route.attainment)


def fullest(values: Sequence[int], most: int) -> list[int]:
    """The positions of values whose sum comes closest to `most` from below; the bits of an integer are the sums."""
    within = (1 << (most + 1)) - 1
    reached = [1]
    for value in values:
        reached.append(reached[-1] | (reached[-1] << value) & within)
    total = reached[-1].bit_length() - 1
    taken = []
    for position in reversed(range(len(values))):
        if not reached[position] >> total & 1:
            taken.append(position)
            total -= values[position]
    return taken
