"""The terms of a CP-SAT model: pieces with their literals, and what a node counts."""

from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.solvers.cp_sat_proto import Literal, Term


class Source(NamedTuple):
    """A piece that counts with a value when its literal holds."""

    literal: Literal
    piece: int
    value: int


@dataclass(slots=True)
class NodeTerms:
    """The terms in a node's minima and caps: pieces, credit of nodes, and new work, each with its literal.

    Where a node asks for a number of pieces, `present` are the pieces that count (with the value 1), and `units` is
    new work in hundredths of a piece.
    """

    sources: list[Source] = field(default_factory=list)
    credit: list[Term] = field(default_factory=list)
    fresh: list[Term] = field(default_factory=list)
    present: list[Source] = field(default_factory=list)
    units: list[Term] = field(default_factory=list)
