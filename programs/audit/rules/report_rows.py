"""The rows of an audit's report: one per use, node and next step."""

from enum import StrEnum
from typing import NamedTuple


class Use(NamedTuple):
    """An attainment that counts at a node, with the credits (hundredths) it counts there and the exception it needs."""

    attainment: str
    node: str
    credits: int
    exception: str = ""


class Missing(StrEnum):
    """What a step consists of."""

    COMPETENCY = "show_competency"
    LEVEL = "raise_level"
    CREDITS = "earn_credits"
    CREDITS_HERE = "earn_credits_here"
    MILESTONE = "reach_milestone"
    QUANTITY = "add_quantity"
    PROGRAM = "complete_program"
    AWARD = "await_award"


class Step(NamedTuple):
    """New work of the cheapest completion: where, what, and what it costs (hundredths)."""

    node: str
    missing: Missing
    cost: int


class NodeResult(NamedTuple):
    """One node under the plan. A node that is not counted on says what it would cost if it were.

    `earned` are the credits that count here now, `attempted` those of everything that asks to; both in hundredths, each
    piece once.
    """

    node: str
    counted_on: bool
    met: bool
    distance: int
    attempted: int
    earned: int
    uses: tuple[Use, ...] = ()
