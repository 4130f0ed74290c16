"""Writes a CP-SAT model directly as its protocol buffer: numbers of literals, and constraints over them.

OR-Tools' expressions read better, but they take five times as long, and a contested audit waits for them.
"""

from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

Literal = int
"""A Boolean variable by its number; `negated` gives the number of its opposite."""

Term = tuple[Literal, int]
ALWAYS: Literal = 0
"""The literal that is true in every solution; a constraint that depends on it needs no enforcement literal."""

UNBOUNDED = (1 << 62) - 1


def negated(literal: Literal) -> Literal:
    """Return the number of the opposite literal."""
    return -literal - 1


class ProtoWriter:
    """Adds variables and constraints to a model, in the order of the calls."""

    def __init__(self) -> None:
        self.cp = cp_model.CpModel()
        self._variables = self.cp.proto.variables
        self._constraints = self.cp.proto.constraints
        self._size = 0
        self.integer(1, least=1)

    def boolean(self) -> Literal:
        """Add a literal."""
        return self.integer(1)

    def integer(self, most: int, *, least: int = 0) -> int:
        """Add an integer variable from `least` to `most`."""
        self._variables.add().domain.extend((least, most))
        self._size += 1
        return self._size - 1

    def implies(self, one: Literal, other: Literal) -> None:
        """If `one` is true, `other` is true."""
        if other != ALWAYS:
            added = self._constraints.add()
            added.enforcement_literal.append(one)
            added.bool_and.literals.append(other)

    def clause(self, literals: Iterable[Literal]) -> None:
        """At least one of the literals is true."""
        self._constraints.add().bool_or.literals.extend(list(literals))

    def any_of(self, literals: Iterable[Literal], *, when: Literal) -> None:
        """`when` is true exactly if one of the literals is true."""
        every = list(literals)
        none = self._constraints.add()
        none.enforcement_literal.append(negated(when))
        none.bool_and.literals.extend([negated(literal) for literal in every])
        self._constraints.add().bool_or.literals.extend([negated(when), *every])

    def between(self, terms: Sequence[Term], least: int, most: int, *, guard: Literal = ALWAYS) -> None:
        """The sum of weighted literals is from `least` to `most`, where the guard is true."""
        fixed = sum([weight for literal, weight in terms if literal == ALWAYS])
        added = self._constraints.add()
        if guard != ALWAYS:
            added.enforcement_literal.append(guard)
        linear = added.linear
        linear.vars.extend([literal for literal, _ in terms if literal != ALWAYS])
        linear.coeffs.extend([weight for literal, weight in terms if literal != ALWAYS])
        linear.domain.extend((least - fixed, most - fixed))

    def at_least(self, terms: Sequence[Term], least: int, *, guard: Literal = ALWAYS) -> None:
        """The sum of weighted literals is at least `least`, where the guard is true."""
        self.between(terms, least, UNBOUNDED, guard=guard)

    def at_most(self, terms: Sequence[Term], most: int, *, guard: Literal = ALWAYS) -> None:
        """The sum of weighted literals is at most `most`, where the guard is true."""
        self.between(terms, -UNBOUNDED, most, guard=guard)

    def minimize(self, terms: Sequence[Term]) -> None:
        """Replace the objective by the sum of weighted literals, to be minimized."""
        self.cp.proto.clear_objective()
        objective = self.cp.proto.objective
        objective.vars.extend([literal for literal, _ in terms])
        objective.coeffs.extend([weight for _, weight in terms])

    def assume(self, literals: Iterable[Literal]) -> None:
        """Assume literals to be true; an infeasible model is explained by some of them."""
        self.cp.proto.assumptions.extend(list(literals))

    def hint(self, literals: Sequence[tuple[int, int]]) -> None:
        """Replace the values from which the search begins."""
        self.cp.proto.clear_solution_hint()
        hint = self.cp.proto.solution_hint
        hint.vars.extend([literal for literal, _ in literals if literal != ALWAYS])
        hint.values.extend([int(value) for literal, value in literals if literal != ALWAYS])
