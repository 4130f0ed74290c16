"""The basis of mastery as the audit takes it, from the evidence under it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from accounts.queries.time_zones import learner_time_zone
from assessments.mastery.queries.bases import MasteryBasis, basis_of
from assessments.mastery.queries.decisions import decision_by, decision_inputs_of
from assessments.mastery.queries.standings import MasteryToAudit
from assessments.models import Basis as EvidenceBasis
from assessments.models import MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from core import clock
from programs.rules.attainments import Attainment, Basis

BASES = {
    EvidenceBasis.ASSESSED: Basis.ASSESSED_HERE,
    EvidenceBasis.PRIOR_LEARNING: Basis.PRIOR_LEARNING,
    EvidenceBasis.EXTERNAL: Basis.EXTERNAL,
}
"""A basis of evidence as a basis of attainments."""


@lru_cache(maxsize=1024)
def frozen_policy(name: str) -> MasteryPolicyVersion:
    """Return the policy version with this public id, read once per process.

    A version that has decided anything is frozen (invariant 7), so a cached entry is never invalid.
    """
    return MasteryPolicyVersion.objects.select_related("scale").get(public_id=name)


def scale_of_policy(name: str) -> str:
    """Return the public id of the scale on which a policy version decides levels."""
    return str(frozen_policy(name).scale.public_id)


def mastery_bases(
    records: Iterable[int], rows: Iterable[MasteryToAudit], *, at: datetime
) -> Mapping[str, MasteryBasis]:
    """Return the bases of current mastery by id of the attainment, where there is evidence that was not assessed here.

    Mastery that is not among them was assessed here. One query where no competency is decided from children.
    """
    mastered = [
        (f"mastery:{row.competency_name}:{row.policy_name}", row.competency, frozen_policy(str(row.policy_name)))
        for row in rows
        if row.state == MasteryState.MASTERED
    ]
    inputs = decision_inputs_of(records, [(competency, policy) for _name, competency, policy in mastered])
    if not inputs.bases:
        return {}
    # As mastery itself: never as known before the newest fact.
    known_at = max(at, inputs.newest or at)
    as_of = clock.civil_date(known_at, learner_time_zone())
    found = {}
    for name, competency, policy in mastered:
        own = inputs.of(competency)
        decision = decision_by(own, competency, policy, as_of=as_of, known_at=known_at)
        found[name] = basis_of(own, competency, policy, decision, as_of=as_of, known_at=known_at)
    return found


def with_basis(attainment: Attainment, known: MasteryBasis) -> Attainment:
    """Return a mastery with its basis; it counts on this basis only as long as the pieces behind it suffice."""
    days = [day for day in (attainment.valid_until, known.until) if day is not None]
    return replace(attainment, basis=BASES[known.basis], valid_until=min(days, default=None))
