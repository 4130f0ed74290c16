"""A CP-SAT model written straight into its own form: numbers of literals, and constraints over them.

OR-Tools' expressions read better and take five times as long to write; a contested audit waits for them.
"""

from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

Literal = int
"""A Boolean variable by its number; `negated` gives the number of its opposite."""

Term = tuple[Literal, int]
ALWAYS: Literal = 0
"""The literal that holds in every solution: what stands on it need not be said."""

UNBOUNDED = (1 << 62) - 1


def negated(literal: Literal) -> Literal:
    return -literal - 1


class Sheet:
    """Variables and constraints, in the order they are written."""

    def __init__(self) -> None:
        self.cp = cp_model.CpModel()
        self._variables = self.cp.proto.variables
        self._constraints = self.cp.proto.constraints
        self._size = 0
        self.integer(1, least=1)

    def boolean(self) -> Literal:
        """A new literal."""
        return self.integer(1)

    def integer(self, most: int, *, least: int = 0) -> int:
        """A new whole number between the two."""
        self._variables.add().domain.extend((least, most))
        self._size += 1
        return self._size - 1

    def implies(self, one: Literal, other: Literal) -> None:
        if other != ALWAYS:
            added = self._constraints.add()
            added.enforcement_literal.append(one)
            added.bool_and.literals.append(other)

    def any_of(self, literals: Iterable[Literal], *, when: Literal) -> None:
        """`when` holds exactly if one of the literals does."""
        every = list(literals)
        none = self._constraints.add()
        none.enforcement_literal.append(negated(when))
        none.bool_and.literals.extend([negated(literal) for literal in every])
        self._constraints.add().bool_or.literals.extend([negated(when), *every])

    def between(self, terms: Sequence[Term], least: int, most: int, *, guard: Literal = ALWAYS) -> None:
        """The sum of weighted literals lies between the two; only where the guard holds, if there is one."""
        fixed = sum([weight for literal, weight in terms if literal == ALWAYS])
        added = self._constraints.add()
        if guard != ALWAYS:
            added.enforcement_literal.append(guard)
        linear = added.linear
        linear.vars.extend([literal for literal, _ in terms if literal != ALWAYS])
        linear.coeffs.extend([weight for literal, weight in terms if literal != ALWAYS])
        linear.domain.extend((least - fixed, most - fixed))

    def at_least(self, terms: Sequence[Term], least: int, *, guard: Literal = ALWAYS) -> None:
        self.between(terms, least, UNBOUNDED, guard=guard)

    def at_most(self, terms: Sequence[Term], most: int, *, guard: Literal = ALWAYS) -> None:
        self.between(terms, -UNBOUNDED, most, guard=guard)

    def minimize(self, terms: Sequence[Term]) -> None:
        """What is sought from now on."""
        self.cp.proto.clear_objective()
        objective = self.cp.proto.objective
        objective.vars.extend([literal for literal, _ in terms])
        objective.coeffs.extend([weight for _, weight in terms])

    def assume(self, literals: Iterable[Literal]) -> None:
        self.cp.proto.assumptions.extend(list(literals))

    def hint(self, literals: Sequence[tuple[int, int]]) -> None:
        """Where to begin the search."""
        self.cp.proto.clear_solution_hint()
        hint = self.cp.proto.solution_hint
        hint.vars.extend([literal for literal, _ in literals if literal != ALWAYS])
        hint.values.extend([int(value) for literal, value in literals if literal != ALWAYS])
