"""The policy that decides where nobody has chosen one."""

from collections.abc import Sequence
from decimal import Decimal

from assessments.rules.policies import Policy
from assessments.rules.scales import ProficiencyLevel, Scale

LADDER = 3


def default_policy(scale: str, levels: Sequence[tuple[int, str]]) -> Policy:
    """One piece at the level that mastery is usually told by; `levels` are ranks and names, lowest first.

    That level is the last but one where there are three or more (the highest says *more than asked for*), else the
    highest. Each level is reached by a score equal to its rank.
    """
    rungs = tuple(ProficiencyLevel(rank, Decimal(rank), name) for rank, name in levels)
    asked = rungs[-2] if len(rungs) >= LADDER else rungs[-1]
    return Policy(method="highest@1", scale=Scale(scale, rungs), level=asked.rank)
