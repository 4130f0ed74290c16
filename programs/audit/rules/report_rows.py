"""The rows of an audit's report: uses, nodes and next steps."""

from enum import StrEnum
from typing import NamedTuple


class Use(NamedTuple):
    """An attainment that counts at a node, its credits there (hundredths), and the exception that allows it, if any."""

    attainment: str
    node: str
    credits: int
    exception: str = ""


class Missing(StrEnum):
    """The kinds of new work."""

    COMPETENCY = "show_competency"
    PIECES = "add_pieces"
    LEVEL = "raise_level"
    CREDITS = "earn_credits"
    CREDITS_HERE = "earn_credits_here"
    MILESTONE = "reach_milestone"
    QUANTITY = "add_quantity"
    PROGRAM = "complete_program"
    AWARD = "await_award"


class Step(NamedTuple):
    """One piece of new work in the cheapest completion: its node, its kind, and its cost (hundredths).

    `piece` names the competency of a new piece that serves several leaves. One of its leaves bears the cost; at the
    others it is 0.
    """

    node: str
    missing: Missing
    cost: int
    piece: str = ""


class NewPiece(NamedTuple):
    """A new piece that serves several leaves: its competency, the leaves, and its cost (hundredths)."""

    competency: str
    nodes: tuple[str, ...]
    cost: int


class NodeResult(NamedTuple):
    """One node under the plan. A node outside the plan has the cost that it would have inside.

    `earned` are the credits that count at the node now. `attempted` are the credits of every piece that could count
    there, whether it may or not. Both are hundredths and have each piece once.
    """

    node: str
    counted_on: bool
    met: bool
    distance: int
    attempted: int
    earned: int
    uses: tuple[Use, ...] = ()
