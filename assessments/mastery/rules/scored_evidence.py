"""Pieces of evidence in their current revision, with exact value and rounded score."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence in its current revision. `score` is `value` rounded, and decides `at_level`.

    `rows` are the rows that it is made from, in order: one, or several results that were merged. `id` is the last.
    """

    id: int
    performed_on: date
    value: Fraction
    score: Decimal
    at_level: bool
    assessor: str | None
    rows: tuple[int, ...]
