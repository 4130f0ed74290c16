"""Decides where a person stands from the rows of the ledger, in as many queries as the tree is deep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter
from typing import Any

from django.db.models import F, QuerySet

from assessments.models import Evidence, MasteryPolicyVersion
from assessments.queries.policies import Resolved, children_of, policy_of, resolved_policies
from assessments.rules.decisions import MasteryDecision, State
from assessments.rules.mastery import decide
from assessments.rules.observations import Observation
from assessments.rules.parents import Child, ParentDecision, decide_parent
from assessments.rules.policies import ParentPolicy, Policy
from competencies.models import Competency
from config.base.compiled import compiled

Decision = MasteryDecision | ParentDecision
Observations = Mapping[int, tuple[Observation, ...]]

FACTS = (
    "competency",
    "id",
    "piece",
    "performed_on",
    "recorded_at",
    "scale__public_id",
    "level__rank",
    "score",
    "kind",
    "assessor",
    "revision_number",
    "void__voided_at",
)


def observations_of(records: Iterable[int], competencies: Iterable[int]) -> dict[int, tuple[Observation, ...]]:
    """Every row about these records (all of one person), by competency, as the rules take them; one query."""
    return _observations(_facts(tuple(records), tuple(competencies)))


def ledger_of(records: Iterable[int], competencies: Iterable[int]) -> tuple[dict[int, Evidence], Observations]:
    """The rows that `observations_of` reads, whole, by id, and the observations that they are; one query."""
    rows = _whole_rows(tuple(records), tuple(competencies))
    return {row.pk: row for row in rows}, _observations(map(WHOLE_ROW, rows))


def _observations(facts: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Observation, ...]]:
    found: dict[int, list[Observation]] = {}
    for competency, pk, piece, performed_on, recorded_at, scale, rank, score, kind, assessor, revision, void in facts:
        found.setdefault(competency, []).append(
            Observation(
                id=pk,
                piece=str(piece),
                performed_on=performed_on,
                recorded_at=recorded_at,
                scale=str(scale),
                level=rank,
                score=None if score is None else Fraction(score),
                kind=kind,
                assessor=None if assessor is None else str(assessor),
                revision=revision,
                voided_at=void,
            )
        )
    return {competency: tuple(observations) for competency, observations in found.items()}


@compiled
def _facts(records: tuple[int, ...], competencies: tuple[int, ...]) -> QuerySet[Evidence, tuple[Any, ...]]:
    return Evidence.objects.filter(learner__in=records, competency__in=competencies).values_list(*FACTS)


@compiled
def _whole_rows(records: tuple[int, ...], competencies: tuple[int, ...]) -> QuerySet[Evidence]:
    rows = Evidence.objects.filter(learner__in=records, competency__in=competencies)
    return rows.annotate(scale_name=F("scale__public_id"), rank=F("level__rank"), voided_at=F("void__voided_at"))


# The members of FACTS as `_whole_rows` has them.
WHOLE_ROW = attrgetter(
    "competency_id",
    "pk",
    "piece",
    "performed_on",
    "recorded_at",
    "scale_name",
    "rank",
    "score",
    "kind",
    "assessor_id",
    "revision_number",
    "voided_at",
)


@dataclass(frozen=True)
class Case:
    """Everything that decides some competencies of one person, read at once; `decide` asks no database any more.

    `children` and `resolved` cover the trees below the parents among them; `names` are the public ids by which terms
    of a parent's policy name its children.
    """

    observations: Observations
    children: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    resolved: Mapping[int, Resolved] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def newest(self) -> datetime | None:
        """The latest instant at which anything in it became known."""
        rows = [row for rows in self.observations.values() for row in rows]
        return max((row.voided_at or row.recorded_at for row in rows), default=None)

    def decide(
        self, competency: int, policy: Policy | ParentPolicy, *, as_of: date, known_at: datetime
    ) -> MasteryDecision | ParentDecision:
        """The decision; children are decided before it, each by the policy that is resolved for it."""
        if isinstance(policy, Policy):
            return decide(policy, self.observations.get(competency, ()), as_of=as_of, known_at=known_at)
        family = [self._child(child, as_of, known_at) for child in self.children.get(competency, ())]
        return decide_parent(policy, family, as_of=as_of)

    def _child(self, competency: int, as_of: date, known_at: datetime) -> Child:
        name = self.names[competency]
        resolved = self.resolved.get(competency)
        if resolved is None:  # without a scale nothing can have been shown
            return Child(name, "", None, State.NONE, (), None)
        policy = resolved.policy
        scale = policy.scale if isinstance(policy, ParentPolicy) else policy.scale.id
        return Child.of(name, scale, self.decide(competency, policy, as_of=as_of, known_at=known_at))


def case_of(records: Iterable[int], wanted: Iterable[tuple[int, MasteryPolicyVersion]]) -> Case:
    """What decides each of `wanted` (competency and policy version) for the person of these records."""
    pairs = list(wanted)
    from_children = {competency for competency, version in pairs if version.for_parents}
    from_evidence = {competency for competency, version in pairs if not version.for_parents}
    if not from_children:
        return Case(observations_of(records, from_evidence))
    children: dict[int, tuple[int, ...]] = {}
    resolved: dict[int, Resolved] = {}
    frontier = from_children
    while frontier:  # one turn per level; edges hold no circle
        below = children_of(frontier)
        children |= below
        fresh = {child for several in below.values() for child in several} - resolved.keys()
        resolved |= resolved_policies(fresh)
        deeper = {child for child in fresh if child in resolved and isinstance(resolved[child].policy, ParentPolicy)}
        frontier = deeper - children.keys()
    family = {child for several in children.values() for child in several}
    return Case(
        observations_of(records, from_evidence | family),
        children,
        resolved,
        {pk: str(name) for pk, name in Competency.objects.filter(pk__in=family).values_list("pk", "public_id")},
    )


def parents_above(competencies: Iterable[int]) -> frozenset[int]:
    """Every competency above these in the trees of their frameworks, to any height; one query."""
    rows = Competency.objects.raw(ABOVE, [list(set(competencies))])
    return frozenset(row.pk for row in rows)


ABOVE = """
    WITH RECURSIVE above AS (
        SELECT destination_id AS id FROM competencies_association
        WHERE kind = 'isChildOf' AND retired_at IS NULL AND origin_id = ANY(%s) AND destination_id IS NOT NULL
        UNION
        SELECT edge.destination_id FROM competencies_association edge JOIN above ON edge.origin_id = above.id
        WHERE edge.kind = 'isChildOf' AND edge.retired_at IS NULL AND edge.destination_id IS NOT NULL
    )
    SELECT id FROM above
"""


def decision_by(
    case: Case, competency: int, version: MasteryPolicyVersion, *, as_of: date, known_at: datetime
) -> Decision:
    """The decision of `case` by a stored policy version."""
    return case.decide(competency, policy_of(version), as_of=as_of, known_at=known_at)
