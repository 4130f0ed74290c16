"""The default policy of a scale, for places where nobody has chosen a policy."""

from collections.abc import Sequence
from decimal import Decimal

from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.scales import ProficiencyLevel, Scale

LEVELS_WITH_A_TOP = 3


def default_policy(scale: str, levels: Sequence[tuple[int, str]]) -> Policy:
    """Return a policy that asks for one piece at the usual level; `levels` are ranks and names, lowest first.

    With three levels or more this is the last but one, because the highest usually means *more than expected*; with
    fewer it is the highest. Each level is reached by a score equal to its rank.
    """
    levels_of_scale = tuple(ProficiencyLevel(rank, Decimal(rank), name) for rank, name in levels)
    target = levels_of_scale[-2] if len(levels_of_scale) >= LEVELS_WITH_A_TOP else levels_of_scale[-1]
    return Policy(method="highest@2", scale=Scale(scale, levels_of_scale), level=target.rank)
