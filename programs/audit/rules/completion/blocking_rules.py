"""Why new work is needed: rules that together leave no completion without it, none of them superfluous."""

from collections.abc import Collection
from typing import NamedTuple

from programs.audit.rules.completion.lower_bound import NodeBound, lower_bounds_of
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.problem import Problem, Rule, floor_rule
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.completion.upper_bound import drafts
from programs.audit.rules.requirements import Kind


class Blocking(NamedTuple):
    """Rules that cannot all hold without new work; `irreducible` when it is proven that all but any one could."""

    rules: tuple[Rule, ...]
    irreducible: bool


def blocking(problem: Problem, least: tuple[NodeBound, ...], solver: Solver | None) -> Blocking:
    """Return an irreducible blocking set, by bounds where they suffice, else by the solver.

    Empty if none was proven.
    """
    order = problem.rules.places
    if least[0].cost and problem.shape.method.decides_sharing:
        suspects = _Reasons(problem, least).of(0)
        if not _alone(problem, suspects) and not (suspects and lower_bounds_of(problem.keeping(suspects))[0].cost):
            suspects = (solver.core(problem) if solver else None) or frozenset(order)
    elif least[0].cost:
        suspects = _Reasons(problem, least).of(0)
        if len(suspects) > 1 and not lower_bounds_of(problem.keeping(suspects))[0].cost:
            suspects = frozenset(order)
    else:
        suspects = (solver.core(problem) if solver else None) or frozenset()
    if not suspects:
        return Blocking((), irreducible=False)
    return _filtered(problem, sorted(suspects, key=order.__getitem__), solver)


def _alone(problem: Problem, suspects: Collection[Rule]) -> bool:
    """Return whether the reason is one leaf that every completion needs and that nothing may meet: no need to ask.

    With the other rules gone, no piece may count that could not before, unless a cap kept it out.
    """
    return len(suspects) == 1 and next(iter(suspects)).kind == "need" and not problem.rules.sourced


def _filtered(problem: Problem, suspects: list[Rule], solver: Solver | None) -> Blocking:
    """Try to leave out each rule once. A rule is kept when the others alone do not block."""
    kept, irreducible = suspects, True
    for rule in suspects if len(suspects) > 1 else ():
        without = [other for other in kept if other != rule]
        decided = blocks(problem, without, solver)
        if decided:
            kept = without
        elif decided is None:
            irreducible = False
    return Blocking(tuple(kept), irreducible)


def blocks(problem: Problem, rules: Collection[Rule], solver: Solver | None) -> bool | None:
    """Return whether these rules alone demand new work; None where neither bounds nor solver decide."""
    if not rules:
        return False
    relaxed = problem.keeping(rules)
    if lower_bounds_of(relaxed)[0].cost:
        return True
    if any(draft.cost == 0 for draft in drafts(relaxed, Preferences())):
        return False
    return solver.blocked(relaxed) if solver else None


class _Reasons:
    """Finds the rules that make the lower bound more than zero; it may name a few too many."""

    def __init__(self, problem: Problem, least: tuple[NodeBound, ...]) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.least = least

    def of(self, node: int) -> frozenset[Rule]:
        """Return rules that together make `node` cost something."""
        wanted, children = self.shape.nodes[node], self.shape.children[node]
        costly = [child for child in children if self.least[child].cost]
        if wanted.kind in {Kind.ALL, Kind.PROGRAM} and costly:
            return min((self.of(child) for child in costly), key=len)
        if wanted.kind is Kind.CHOOSE and len(costly) > len(children) - wanted.n:
            fewest = sorted((self.of(child) for child in costly), key=len)
            return frozenset[Rule]().union(*fewest[: len(children) - wanted.n + 1])
        return self._own(node)

    def _own(self, node: int) -> frozenset[Rule]:
        rules, name = self.problem.rules, self.shape.nodes[node].id
        if rules.due[node]:
            return frozenset({Rule("award", name)})
        found = set()
        if rules.need[node]:
            found.add(Rule("need", name))
        if rules.floor[node]:
            found.add(Rule(floor_rule(self.shape, node), name))
        if rules.here[node]:
            found.add(Rule("earned_here", name))
        if rules.counting and rules.pieces[node]:
            found.add(Rule("min_pieces", name))
        if rules.crossing and rules.exclusive[node]:
            inside = {self.shape.nodes[number].id for number in range(node, self.shape.end[node])}
            found.update(rule for rule in rules.places if rule.node in inside)
        seen = {*self.shape.path(node), *range(node, self.shape.end[node])}
        found.update(Rule("max_source", self.shape.nodes[i].id, basis) for i in seen for basis, _ in rules.caps[i])
        return frozenset(found)
