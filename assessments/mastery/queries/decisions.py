"""Decide mastery of a person from the rows of the ledger; the number of queries grows with the depth of the tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter
from typing import Any

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from assessments.mastery.formats.decision_json import decision_digest
from assessments.mastery.queries.policies_in_force import ResolvedPolicy, children_of, policy_of, resolved_policies
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import Child, ParentDecision, decide_parent
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import Basis, Evidence, MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from competencies.models import Competency
from core.database.compiled import compiled

Decision = MasteryDecision | ParentDecision
Observations = Mapping[int, tuple[Observation, ...]]

# As the rules name them. PostgreSQL writes thousands of UUIDs as text far faster than Python reads and writes them.
TEXT_OF_PIECE, TEXT_OF_SCALE = Cast("piece", TextField()), Cast("scale__public_id", TextField())
# In the order in which `observations_of` unpacks them. Plain tuples are read instead of model instances, for speed.
FACTS = (
    "competency",
    "id",
    TEXT_OF_PIECE,
    "performed_on",
    "recorded_at",
    TEXT_OF_SCALE,
    "level__rank",
    "score",
    "kind",
    "assessor",
    "revision_number",
    "void__voided_at",
    "public_id",
    "judgement",
    "basis",
)


def observations_of(records: Iterable[int], competencies: Iterable[int]) -> dict[int, tuple[Observation, ...]]:
    """Return all evidence of these records (of one person) as observations of the rules, by competency; one query."""
    return _observations(_facts(tuple(records), tuple(competencies)))[0]


def ledger_of(records: Iterable[int], competencies: Iterable[int]) -> "tuple[dict[int, Evidence], DecisionInputs]":
    """Return the rows of evidence whole and by id, with the same rows as inputs of decisions; one query."""
    rows = _whole_rows(tuple(records), tuple(competencies))
    return {row.pk: row for row in rows}, DecisionInputs.of_rows(map(WHOLE_ROW, rows))


def _observations(
    facts: Iterable[tuple[Any, ...]],
) -> tuple[dict[int, tuple[Observation, ...]], dict[int, Basis]]:
    """Return observations by competency, and the bases of those that were not assessed here by id of the row."""
    by_competency: dict[int, list[Observation]] = {}
    others: dict[int, Basis] = {}
    for competency, pk, piece, on, at, scale, rank, score, kind, assessor, revision, void, public_id, *rest in facts:
        work, basis = rest
        if basis != Basis.ASSESSED:
            others[pk] = Basis(basis)
        by_competency.setdefault(competency, []).append(
            Observation(
                id=pk,
                piece=str(piece),
                performed_on=on,
                recorded_at=at,
                scale=str(scale),
                level=rank,
                # Exact: a Decimal of the database becomes a fraction without rounding.
                score=None if score is None else Fraction(score),
                kind=kind,
                assessor=None if assessor is None else str(assessor),
                revision=revision,
                voided_at=void,
                public_id=str(public_id),
                # Criteria of one rubric about one competency are results of one piece of work.
                work="" if work is None else str(work),
            )
        )
    return {competency: tuple(observations) for competency, observations in by_competency.items()}, others


@compiled
def _facts(records: tuple[int, ...], competencies: tuple[int, ...]) -> QuerySet[Evidence, tuple[Any, ...]]:
    return Evidence.objects.filter(learner__in=records, competency__in=competencies).values_list(*FACTS)


@compiled
def _whole_rows(records: tuple[int, ...], competencies: tuple[int, ...]) -> QuerySet[Evidence]:
    rows = Evidence.objects.filter(learner__in=records, competency__in=competencies)
    return with_public_names(rows).annotate(voided_at=F("void__voided_at"))


def with_public_names(rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    """Annotate rows of evidence with the public ids of all that they refer to: decision records digest these."""
    return rows.annotate(
        scale_name=F("scale__public_id"),
        rank=F("level__rank"),
        learner_name=F("learner__public_id"),
        competency_name=F("competency__public_id"),
        revision_name=F("competency_revision__public_id"),
        assessor_name=F("assessor__public_id"),
        submission_name=F("judgement__submission__public_id"),
        round=F("judgement__round"),
    )


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
    "public_id",
    "judgement_id",
    "basis",
)


@dataclass(frozen=True)
class DecisionInputs:
    """All rows that decide some competencies of one person, read at once: `decide` runs no query.

    `children` and `child_policies` cover the trees below the parents among the competencies.
    `names` are the public ids of the children, which a parent's policy uses in its terms. `bases` are those of the rows
    that were not assessed here, by id; decisions do not read them.
    """

    observations: Observations
    children: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    child_policies: Mapping[int, ResolvedPolicy] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    bases: Mapping[int, Basis] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, facts: Iterable[tuple[Any, ...]]) -> "DecisionInputs":
        """Return the inputs of competencies that are decided from evidence; `facts` are rows in the order of FACTS."""
        observations, bases = _observations(facts)
        return cls(observations, bases=bases)

    @property
    def newest(self) -> datetime | None:
        """Return the latest instant at which one of the rows was recorded or voided."""
        # A void is never earlier than its row, so it is the newest fact about the row.
        rows = [row for rows in self.observations.values() for row in rows]
        return max((row.voided_at or row.recorded_at for row in rows), default=None)

    def decide(
        self, competency: int, policy: Policy | ParentPolicy, *, as_of: date, known_at: datetime
    ) -> MasteryDecision | ParentDecision:
        """Return the decision. Children are decided first, each by the policy that is in force for it."""
        if isinstance(policy, Policy):
            return decide(policy, self.observations.get(competency, ()), as_of=as_of, known_at=known_at)
        family = [self._child(child, as_of, known_at) for child in self.children.get(competency, ())]
        own = None
        if policy.own is not None:
            own = decide(policy.own, self.observations.get(competency, ()), as_of=as_of, known_at=known_at)
        return decide_parent(policy, family, as_of=as_of, own=own)

    def of(self, competency: int) -> "DecisionInputs":
        """Return the inputs of one competency alone: its own rows, or those of all below it."""
        family, open_parents = {competency}, [competency]
        for parent in open_parents:
            fresh = [child for child in self.children.get(parent, ()) if child not in family]
            family.update(fresh)
            open_parents += fresh
        return DecisionInputs(
            {pk: self.observations.get(pk, ()) for pk in sorted(family)},
            {parent: children for parent, children in self.children.items() if parent in family},
            {child: resolved for child, resolved in self.child_policies.items() if child in family},
            {child: name for child, name in self.names.items() if child in family},
            self.bases,
        )

    def digest_of(self, decision: Decision, competency: int, policy: Policy | ParentPolicy) -> str:
        """Return the digest of a decision that `decide` made of the same competency by the same policy."""
        return decision_digest(policy, decision, self.observations.get(competency, ()))

    def _child(self, competency: int, as_of: date, known_at: datetime) -> Child:
        name = self.names[competency]
        resolved = self.child_policies.get(competency)
        if resolved is None:  # without a scale nothing can have been shown
            return Child(name, "", None, MasteryState.NONE, (), None)
        policy = resolved.policy
        scale = policy.scale if isinstance(policy, ParentPolicy) else policy.scale.id
        return Child.of(name, scale, self.decide(competency, policy, as_of=as_of, known_at=known_at))


def decision_inputs_of(records: Iterable[int], wanted: Iterable[tuple[int, MasteryPolicyVersion]]) -> DecisionInputs:
    """Read all rows that decide each of `wanted` (competency and policy version) for the person of these records."""
    return decision_inputs_by(records, ((competency, policy_of(version)) for competency, version in wanted))


def decision_inputs_by(records: Iterable[int], wanted: Iterable[tuple[int, Policy | ParentPolicy]]) -> DecisionInputs:
    """`decision_inputs_of` for pairs of competency and policy."""
    pairs = list(wanted)
    from_children = {competency for competency, policy in pairs if isinstance(policy, ParentPolicy)}
    from_evidence = {
        competency for competency, policy in pairs if not isinstance(policy, ParentPolicy) or policy.own is not None
    }
    # Most rows are decided from evidence alone: one query, and no walk through trees.
    if not from_children:
        return DecisionInputs.of_rows(_facts(tuple(records), tuple(from_evidence)))
    children: dict[int, tuple[int, ...]] = {}
    resolved: dict[int, ResolvedPolicy] = {}
    frontier = from_children
    while frontier:  # one turn for each level of the tree; it ends, because actions refuse edges that close a circle
        below = children_of(frontier)
        children |= below
        new = {child for siblings in below.values() for child in siblings} - resolved.keys()
        resolved |= resolved_policies(new)
        deeper = {child for child in new if child in resolved and isinstance(resolved[child].policy, ParentPolicy)}
        frontier = deeper - children.keys()
    family = {child for siblings in children.values() for child in siblings}
    observations, bases = _observations(_facts(tuple(records), tuple(from_evidence | family)))
    names = {pk: str(name) for pk, name in Competency.objects.filter(pk__in=family).values_list("pk", "public_id")}
    return DecisionInputs(observations, children, resolved, names, bases)


def parents_above(competencies: Iterable[int]) -> frozenset[int]:
    """Return the ids of all competencies above these in the trees of their frameworks; one recursive query."""
    rows = Competency.objects.raw(ABOVE, [list(set(competencies))])
    return frozenset(row.pk for row in rows)


# UNION, not UNION ALL: a competency with several parents is reached by several ways and must be followed once.
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
    case: DecisionInputs, competency: int, version: MasteryPolicyVersion, *, as_of: date, known_at: datetime
) -> Decision:
    """Return the decision of `case` by a stored policy version."""
    return case.decide(competency, policy_of(version), as_of=as_of, known_at=known_at)
