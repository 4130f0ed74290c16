"""The grounds of an award: an audit of what counts, and the decision record that anybody can replay."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from accounts.models import Learner
from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.queries.decisions import Decision, DecisionInputs, decision_by, decision_inputs_of, ledger_of
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.observations import Observation
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from competencies.models import Competency
from core.text.canonical import Json, digest, digest_of_bytes
from programs.audit.formats.audit_json import read_attainment
from programs.audit.formats.audit_result_json import assignment_as_json, attainment_as_json, exception_as_json
from programs.audit.queries.attainments import DAY, mastery_as_attainment
from programs.audit.queries.audits import context_of
from programs.audit.queries.trees import tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.result import METHOD, AuditOutcome
from programs.audit.rules.sufficiency import decided_by_what_counts
from programs.awards.queries.evidence import (
    evidence_digest,
    evidence_ids_in,
    evidence_rows,
    family_as_json,
    instant,
    known_by,
)
from programs.models import Award, ProgramVersion
from programs.rules.attainments import Attainment, AttainmentKind, Basis, RequirementException

FORMAT = "cairn-award@1"
NO_COMPETENCIES: Mapping[str, int] = {}
BASES = {
    "assessed": Basis.ASSESSED_HERE,
    "prior_learning": Basis.PRIOR_LEARNING,
    "external": Basis.EXTERNAL,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a decision: `on` is a civil date of the awarding organization, `as_of` one of the learners' zone.

    Facts are known up to the instant `known_at`.
    """

    on: date
    as_of: date
    known_at: datetime


@dataclass(frozen=True)
class Grounds:
    """The outcome of an audit, the attainments that count in it, and the rows of evidence behind them, by id."""

    version: ProgramVersion
    moment: Moment
    outcome: AuditOutcome
    attainments: tuple[Attainment, ...]
    exceptions: tuple[RequirementException, ...]
    masteries: tuple["MasteryGround", ...]
    bases: Mapping[str, Basis]
    ledger: Mapping[int, Evidence]

    @property
    def earned(self) -> int:
        """The credits that count at the root, in hundredths."""
        return self.outcome.nodes[0].earned


@dataclass(frozen=True)
class MasteryGround:
    """One mastery that counts: its policy version, the inputs of its decision, and the decision."""

    attainment: str
    competency: int
    policy: MasteryPolicyVersion
    inputs: DecisionInputs
    decision: Decision


def grounds_of(  # noqa: PLR0913 - the inputs of an audit, by name
    version: ProgramVersion,
    *,
    records: Sequence[int],
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    moment: Moment,
    previous: Assignment | None = None,
    audited: AuditOutcome | None = None,
    competencies: Mapping[str, int] = NO_COMPETENCIES,
    solver: Solver | None = None,
) -> Grounds | None:
    """Return the grounds on which a version's tree is met with a person's attainments; None where it is not met.

    Attainments that do not count are left out: the audit of the others is the decision, and a replay needs no more.
    `audited` is the outcome of an audit of the same inputs. Where the counting attainments decide it alone, there is no
    second audit. `competencies` are ids by public id, as far as they are known; others are read.
    """
    tree = tree_of(version)
    audited_with = partial(audit, tree, context=context_of(tree), on=moment.on, solver=solver)
    outcome, decided_alone = audited, audited is not None and decided_by_what_counts(audited)
    # An audit takes most of the time of a grant: the one that the caller has made is used wherever it is sufficient.
    if outcome is None or not decided_alone:
        outcome = audited_with(attainments, exceptions, previous=previous).today
        decided_alone = decided_by_what_counts(outcome)
    if not outcome.met:
        return None
    used = {use.attainment for use in outcome.uses}
    counting = [attainment for attainment in attainments if attainment.id in used]
    direct = {use.attainment for use in outcome.uses if not _through_an_award(use.node, outcome)}
    direct_masteries = [it for it in counting if it.id in direct and it.kind is AttainmentKind.MASTERY]
    grounds_of_mastery, ledger = _mastery_grounds(records, direct_masteries, moment, competencies)
    ground_of = {ground.attainment: ground for ground in grounds_of_mastery}
    kept = [known for it in counting if (known := _as_decided(it, ground_of.get(it.id))) is not None]
    decision = outcome
    if not decided_alone or kept != counting:
        decision = audited_with(kept, exceptions, previous=outcome.assignment).today
    if not decision.met:
        return None
    return Grounds(
        version=version,
        moment=moment,
        outcome=decision,
        attainments=tuple(kept),
        exceptions=tuple(it for it in exceptions if it.in_force(moment.on)),
        masteries=grounds_of_mastery,
        bases=_bases(grounds_of_mastery, ledger),
        ledger=ledger,
    )


def mastery_as_of(person: Learner, records: Sequence[int], moment: Moment) -> tuple[Attainment, ...]:
    """Return the mastery of a learner as of an earlier day, by what is known now; `person` is the canonical record."""
    rows = list(Mastery.objects.filter(learner=person).select_related("competency", "policy_version__scale"))
    inputs = decision_inputs_of(records, [(row.competency_id, row.policy_version) for row in rows])
    attainments = []
    for row in rows:
        decision = decision_by(
            inputs, row.competency_id, row.policy_version, as_of=moment.as_of, known_at=moment.known_at
        )
        if decision.state is MasteryState.MASTERED:
            attainments.append(
                mastery_as_attainment(
                    str(row.competency.public_id),
                    str(row.policy_version.public_id),
                    level=decision.level,
                    mastered_on=decision.mastered_on,
                    valid_until=decision.valid_until,
                )
            )
    return tuple(attainments)


def decision_of(  # noqa: PLR0913 - the members of the record, by name
    grounds: Grounds,
    award: Award,
    *,
    records: Sequence[str],
    achievement_digest: str,
    name_digest: str,
    awards: Iterable[Award],
) -> dict[str, Json]:
    """Return the decision record of an award that is being granted: ids, numbers, dates, digests; no personal text."""
    moment, outcome = grounds.moment, grounds.outcome
    used_awards = {use.attainment for use in outcome.uses if use.attainment.startswith("award:")}
    ids = {row for ground in grounds.masteries for row in evidence_ids_in(ground.inputs)}
    rows = [grounds.ledger[row] for row in sorted(ids)]
    return {
        "format": FORMAT,
        "method": METHOD,
        "engine": outcome.engine,
        "award": str(award.public_id),
        "achievement_version": {"id": str(award.achievement_version.public_id), "digest": achievement_digest},
        "program_version": {"id": str(grounds.version.public_id), "digest": grounds.version.digest},
        "records": [*sorted(records)],
        **award_columns_as_json(award),
        "as_of": moment.as_of.isoformat(),
        "known_at": instant(moment.known_at),
        "name": name_digest,
        "earned": grounds.earned,
        "attainments": [attainment_as_json(it) for it in sorted(grounds.attainments, key=lambda it: it.id)],
        "exceptions": [exception_as_json(it) for it in sorted(grounds.exceptions, key=lambda it: it.id)],
        "assignment": assignment_as_json(outcome.assignment),
        "uses": [dict(use._asdict()) for use in outcome.uses],
        "mastery": [_ground_as_json(ground, grounds.bases[ground.attainment]) for ground in grounds.masteries],
        "evidence": [{"id": str(row.public_id), "digest": evidence_digest(row)} for row in rows],
        "policies": _policies(grounds.masteries),
        "awards": [
            {"id": str(row.public_id), "digest": row.decision_digest}
            for row in awards
            if f"award:{row.public_id}" in used_awards
        ],
    }


def attribution_columns(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of Attribution rows of a decision: one row for each use, in the order of the tree."""
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in decision["attainments"]}
    bases = {ground["attainment"]: ground["basis"] for ground in decision["mastery"]}
    rows = []
    for position, use in enumerate(decision["uses"]):
        piece = pieces[use["attainment"]]
        subject = piece.competency if piece.kind is AttainmentKind.MASTERY else piece.id.partition(":")[2]
        rows.append(
            {
                "position": position,
                "requirement_key": use["node"],
                "kind": piece.kind.value,
                "subject_id": uuid.UUID(subject),
                "policy_id": uuid.UUID(piece.policy) if piece.policy else None,
                "credits": from_hundredths(use["credits"]),
                "level": piece.level,
                "achieved_on": piece.achieved_on,
                "basis": bases.get(piece.id, piece.basis.value),
                "exception": uuid.UUID(use["exception"]) if use["exception"] else None,
            }
        )
    return rows


def name_digest(salt: bytes, name: str) -> str:
    """Return the digest that replaces the name as awarded when its retention ends."""
    return digest_of_bytes(bytes(salt) + name.encode())


def award_columns_as_json(award: Award) -> dict[str, Json]:
    """Return the award's own columns as its decision record has them."""
    return {
        "cycle": award.cycle,
        "kind": str(award.kind),
        "requirements_met_on": award.requirements_met_on.isoformat(),
        "awarded_on": None if award.awarded_on is None else award.awarded_on.isoformat(),
        "valid_until": None if award.valid_until is None else award.valid_until.isoformat(),
        "credits": None if award.credits is None else format(award.credits, ".2f"),
        "credit_unit": award.credit_unit,
    }


def _through_an_award(node: str, outcome: AuditOutcome) -> bool:
    """Return whether the attainments at a node count there because of an award."""
    return any(use.node == node and use.attainment.startswith("award:") for use in outcome.node(node).uses)


def _mastery_grounds(
    records: Sequence[int], masteries: Sequence[Attainment], moment: Moment, competencies: Mapping[str, int]
) -> tuple[tuple[MasteryGround, ...], Mapping[int, Evidence]]:
    """Return how each mastery was decided, and the rows of evidence behind all of them."""
    if not masteries:
        return (), {}
    ids = _ids_of({it.competency for it in masteries}, competencies)
    wanted = [(ids[it.competency], frozen_policy(it.policy)) for it in masteries]
    if any(policy.for_parents for _competency, policy in wanted):
        whole = decision_inputs_of(records, wanted)
        ledger = {row.pk: row for row in evidence_rows(evidence_ids_in(whole))}
    else:
        ledger, observations = ledger_of(records, {competency for competency, _policy in wanted})
        whole = DecisionInputs(observations)
    known_rows = {pk: known_by(rows, moment.known_at) for pk, rows in whole.observations.items()}
    grounds = []
    for it, (competency, policy) in zip(masteries, wanted, strict=True):
        inputs = _own_case(whole, known_rows, competency, policy)
        decision = decision_by(inputs, competency, policy, as_of=moment.as_of, known_at=moment.known_at)
        grounds.append(MasteryGround(it.id, competency, policy, inputs, decision))
    return tuple(grounds), ledger


def _ids_of(names: set[str], known_ids: Mapping[str, int]) -> Mapping[str, int]:
    """The ids of competencies by public id; reads those that are not among the `known_ids`."""
    if names <= known_ids.keys():
        return known_ids
    rows = Competency.objects.filter(public_id__in=names).values_list("public_id", "pk")
    return {str(name): pk for name, pk in rows}


@lru_cache(maxsize=1024)
def frozen_policy(name: str) -> MasteryPolicyVersion:
    """Return the policy version with this public id, read once per process.

    A version that has decided anything is frozen (invariant 7), so a cached entry is never invalid.
    """
    return MasteryPolicyVersion.objects.select_related("scale").get(public_id=name)


def _own_case(
    whole: DecisionInputs,
    known_rows: Mapping[int, tuple[Observation, ...]],
    competency: int,
    policy: MasteryPolicyVersion,
) -> DecisionInputs:
    """Return the inputs of one mastery decision from those of several: its own rows, or those of all below it."""
    if not policy.for_parents:
        return DecisionInputs({competency: known_rows.get(competency, ())})
    family, open_parents = {competency}, [competency]
    for parent in open_parents:
        fresh = [child for child in whole.children.get(parent, ()) if child not in family]
        family.update(fresh)
        open_parents += fresh
    return DecisionInputs(
        {pk: known_rows.get(pk, ()) for pk in sorted(family)},
        {parent: children for parent, children in whole.children.items() if parent in family},
        {child: resolved for child, resolved in whole.child_policies.items() if child in family},
        {child: name for child, name in whole.names.items() if child in family},
    )


def _as_decided(attainment: Attainment, ground: MasteryGround | None) -> Attainment | None:
    """Return a mastery as its evidence decides it; None where it is not mastered. Other attainments are unchanged."""
    if ground is None:
        return attainment
    if ground.decision.state is not MasteryState.MASTERED:
        return None
    return decided_attainment(attainment, ground.decision)


def decided_attainment(attainment: Attainment, decision: Decision) -> Attainment:
    """Return the attainment with level and days of the decision."""
    until = decision.valid_until
    return replace(
        attainment,
        level=decision.level,
        achieved_on=decision.mastered_on,
        valid_until=None if until is None else until + DAY,
    )


def _bases(grounds_of_mastery: Sequence[MasteryGround], ledger: Mapping[int, Evidence]) -> dict[str, Basis]:
    """Return the basis of each mastery: the best basis of the rows of evidence that counted."""
    order = list(Basis)
    best = {}
    for ground in grounds_of_mastery:
        bases = [BASES[ledger[pk].basis] for pk in _used(ground) if pk in ledger]
        best[ground.attainment] = min(bases, key=order.index, default=Basis.ASSESSED_HERE)
    return best


def _used(ground: MasteryGround) -> set[int]:
    if isinstance(ground.decision, MasteryDecision):
        return set(ground.decision.used)
    return set(evidence_ids_in(ground.inputs))


def _ground_as_json(ground: MasteryGround, basis: Basis) -> dict[str, Json]:
    members: dict[str, Json] = {
        "attainment": ground.attainment,
        "competency": ground.competency,
        "policy": str(ground.policy.public_id),
        "basis": basis.value,
        "evidence": [*sorted(evidence_ids_in(ground.inputs))],
        "decision": digest(as_json(ground.decision)),
    }
    family = family_as_json(ground.inputs)
    return {**members, "family": family} if family else members


def _policies(grounds_of_mastery: Sequence[MasteryGround]) -> list[Json]:
    named = {str(ground.policy.public_id): ground.policy.digest for ground in grounds_of_mastery}
    for ground in grounds_of_mastery:
        for resolved in ground.inputs.child_policies.values():
            if resolved.version is not None:
                named[str(resolved.version.public_id)] = resolved.version.digest
    return [{"id": name, "digest": policy_digest} for name, policy_digest in sorted(named.items())]
