"""Where pieces may be used together under exclusive nodes and caps on sharing; empty of rules in `audit@1`."""

from collections.abc import Iterable, Mapping

from programs.audit.rules.completion.assignment import counted_on
from programs.audit.rules.completion.plan_cost import Plan
from programs.audit.rules.completion.problem import NOTHING, Option, Problem, Rule, Share
from programs.audit.rules.requirements import Unit


class Placements:
    """The leaves at which pieces are used, and the nodes at which awards spend them.

    Two uses of one piece of study are limited, and so are a use and an award that spends it. Two awards that spend the
    same piece are not: they were granted, and nothing here can undo them.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.used: dict[int, dict[int, int]] = {}
        self.spent: dict[int, dict[int, int]] = {}

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> "Placements":
        """Return the placements of the nodes that a plan completes."""
        placements = cls(problem)
        for node in counted_on(plan):
            route = plan.route[node]
            if route is not None:
                placements.spend(node, route.spends)
            elif node not in problem.modes:
                for option in plan.used[node]:
                    placements.place(node, option)
        return placements

    def spend(self, node: int, spends: Iterable[tuple[int, int]]) -> None:
        """Add the pieces that an award spends at a node."""
        for piece, value in spends:
            places = self.spent.setdefault(self.problem.study_of(piece), {})
            places[node] = max(value, places.get(node, 0))

    def place(self, leaf: int, option: Option) -> None:
        """Add a use."""
        places = self.used.setdefault(self.problem.study_of(option.piece), {})
        places[leaf] = max(option.value, places.get(leaf, 0))

    def allows(self, leaf: int, option: Option) -> bool:
        """Return whether the option may be used at the leaf beside all placements."""
        rules, study = self.problem.rules, self.problem.study_of(option.piece)
        if any(rules.apart(leaf, other) for other in self.places_of(study)):
            return False
        if not rules.shares:
            return True
        before = dict(self.used.get(study, NOTHING))
        self.place(leaf, option)
        fits = all(self.in_common(share) <= share.most for share in rules.shares)
        self.used[study] = before
        return fits

    def places_of(self, study: int) -> list[int]:
        """Return the nodes at which a piece of study is used or spent."""
        return [*self.used.get(study, NOTHING), *self.spent.get(study, NOTHING)]

    def in_common(self, share: Share) -> int:
        """Return the pieces, or the credits, that two nodes have in common."""
        return sum(self._common(share, study) for study in self.used)

    def _common(self, share: Share, study: int) -> int:
        used, spent = self.used[study], self.spent.get(study, NOTHING)
        first, second = self._best(share.first, used), self._best(share.second, used)
        either_first = _greater(first, self._best(share.first, spent))
        either_second = _greater(second, self._best(share.second, spent))
        both = [
            min(one, other)
            for one, other in ((first, either_second), (either_first, second))
            if one is not None and other is not None
        ]
        return min(1, len(both)) if share.unit is Unit.COUNT else max(both, default=0)

    def _best(self, node: int, places: Mapping[int, int]) -> int | None:
        inside = range(node, self.problem.shape.end[node])
        return max((value for place, value in places.items() if place in inside), default=None)

    def fault(self) -> Rule | None:
        """Return a rule that the placements break, None if they break none."""
        rules, nodes = self.problem.rules, self.problem.shape.nodes
        for study, used in self.used.items():
            for one in used:
                for other in (*used, *self.spent.get(study, NOTHING)):
                    if rules.apart(one, other):
                        meeting = next(node for node in rules.sides[one] if rules.sides[other].get(node, -1) >= 0)
                        return Rule("exclusive", nodes[meeting].id)
        return next((share.rule for share in rules.shares if self.in_common(share) > share.most), None)


def _greater(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)


def shares_as_allowed(problem: Problem, plan: Plan) -> bool:
    """Return whether a plan breaks no rule on sharing."""
    return not problem.rules.crossing or Placements.of(problem, plan).fault() is None
