"""On whose findings mastery rests: assessed here, recognised prior learning, or found elsewhere."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from assessments.mastery.queries.decisions import Decision, DecisionInputs, decision_by
from assessments.mastery.rules.time_spans import next_day
from assessments.models import Basis, MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState

ORDER = (Basis.ASSESSED, Basis.PRIOR_LEARNING, Basis.EXTERNAL)
"""From the strongest basis to the weakest."""


@dataclass(frozen=True, slots=True)
class MasteryBasis:
    """The basis of a mastery, and the first day on which it may be a weaker one; None while nothing weaker is used."""

    basis: Basis
    until: date | None = None


ASSESSED_HERE = MasteryBasis(Basis.ASSESSED)


def basis_of(  # noqa: PLR0913 - a decision and its inputs, by name
    inputs: DecisionInputs,
    competency: int,
    policy: MasteryPolicyVersion,
    decision: Decision,
    *,
    as_of: date,
    known_at: datetime,
) -> MasteryBasis:
    """Return the strongest basis on which the same level is mastered by pieces of that basis or a stronger one alone.

    `inputs` are those of the competency alone (`DecisionInputs.of`), `decision` is what all of them give.
    """
    if decision.state is not MasteryState.MASTERED:
        return ASSESSED_HERE
    rows = (row for rows in inputs.observations.values() for row in rows)
    weakest = max((ORDER.index(inputs.bases[row.id]) for row in rows if row.id in inputs.bases), default=0)
    for place, basis in enumerate(ORDER[:weakest]):
        allowed = frozenset(ORDER[: place + 1])
        alone = decision_by(_only(inputs, allowed), competency, policy, as_of=as_of, known_at=known_at)
        if alone.state is MasteryState.MASTERED and (alone.level or 0) >= (decision.level or 0):
            return MasteryBasis(basis, _first_other_day(alone))
    return MasteryBasis(ORDER[weakest])


def _only(inputs: DecisionInputs, allowed: frozenset[Basis]) -> DecisionInputs:
    """Leave out the pieces that have a row of another basis: without it, an earlier revision would count again."""
    kept = {}
    for competency, rows in inputs.observations.items():
        others = {row.piece for row in rows if inputs.bases.get(row.id, Basis.ASSESSED) not in allowed}
        kept[competency] = tuple(row for row in rows if row.piece not in others)
    return replace(inputs, observations=kept)


def _first_other_day(alone: Decision) -> date | None:
    ends = None if alone.valid_until is None else next_day(alone.valid_until)
    return min((day for day in (alone.holds_until, ends) if day is not None), default=None)
