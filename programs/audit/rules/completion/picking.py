"""How a draft chooses the pieces of leaves; and the choice where exclusive parts and caps keep pieces apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.assignment import Assignment, tie_break
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.sharing import Placements


@dataclass(frozen=True, slots=True)
class Preferences:
    """What decides among plans of the same cost: the previous plan, and exceptions *apply here*."""

    previous: Assignment = field(default_factory=Assignment)
    preferred: frozenset[tuple[str, int]] = frozenset()


class PassStrategy(NamedTuple):
    """How one pass chooses: `steady` prefers previous uses to credits, `local` prefers pieces from here."""

    steady: bool = False
    local: bool = False


class PickApart:
    """Chooses the pieces of leaves one after another: each choice limits the later ones.

    Leaves in `first` choose before others, competencies before *credits*, and those with few options before those with
    many. `left` are the options by node.
    """

    def __init__(
        self,
        problem: Problem,
        preferences: Preferences,
        strategy: PassStrategy,
        first: frozenset[int],
        left: Sequence[tuple[Option, ...]],
    ) -> None:
        self.problem = problem
        self.preferences = preferences
        self.strategy = strategy
        self.left = left
        self.placements = Placements(problem)
        for node, routes in enumerate(problem.routes):
            for route in routes:
                self.placements.spend(node, route.spends)
        single = problem.shape.single
        offering = [node for node, options in enumerate(left) if options]
        self.leaves = sorted(offering, key=lambda node: (node not in first, not single[node], len(left[node])))
        self.chosen: dict[int, list[Option]] = {node: [] for node in offering}
        self.wanted_at: dict[int, list[int]] = {}
        for node in offering:
            for option in left[node]:
                self.wanted_at.setdefault(problem.study_of(option.piece), []).append(node)

    def used(self, before: Sequence[tuple[Option, ...]]) -> list[tuple[Option, ...]]:
        """Return the options used by node; nodes without options stay as they were `before`."""
        if self.strategy.steady:
            self._place_previous()
        for node in self.leaves:
            self._fill(node, enough=True)
        for node in self.leaves:
            self._fill(node, enough=False)
        chosen = self.chosen
        return [tuple(sorted(chosen[node])) if node in chosen else used for node, used in enumerate(before)]

    def _place_previous(self) -> None:
        previous, names = self.preferences.previous.uses, self.problem.shape.nodes
        for node in sorted(self.leaves):
            for option in self.left[node]:
                if (option.attainment, names[node].id) in previous:
                    self._place(node, option)

    def _fill(self, node: int, *, enough: bool) -> None:
        """Use options at a leaf: at *credits* until there are `enough`, or all that may be used."""
        remaining = [option for option in self.left[node] if option not in self.chosen[node]]
        for option in sorted(remaining, key=lambda option: self._order(node, option)):
            if enough and not self.problem.shape.single[node] and self._reaches_minimum(node):
                break
            self._place(node, option)

    def _place(self, node: int, option: Option) -> None:
        free = not (self.problem.shape.single[node] and self.chosen[node])
        if free and self.placements.allows(node, option):
            self.placements.place(node, option)
            self.chosen[node].append(option)

    def _reaches_minimum(self, node: int) -> bool:
        values = {option.piece: option.value for option in self.chosen[node]}
        return self.problem.total(values) >= self.problem.rules.floor[node]

    def _order(self, node: int, option: Option) -> tuple[bool | int, ...]:
        """Rank plain pieces before exceptions, then those that the fewest other parts want, then large ones."""
        preferred = (option.attainment, node) in self.preferences.preferred
        elsewhere = self.strategy.local and self.problem.basis[option.piece] not in self.problem.here
        apart = self.problem.rules.apart
        wanted = sum(apart(node, other) for other in self.wanted_at[self.problem.study_of(option.piece)])
        plain = not (option.exception or option.planned)
        return not preferred, not plain, elsewhere, wanted, -option.value, tie_break(option.attainment)
