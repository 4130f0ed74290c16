"""What a decision about an award rests on: audited anew, and written down so that anybody can replay it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from accounts.models import Learner
from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.queries.decisions import Decision, DecisionInputs, decision_by, decision_inputs_of, ledger_of
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.observations import Observation
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from assessments.rules.states import MasteryState
from competencies.models import Competency
from core.text.canonical import Json, digest, digest_of_bytes
from programs.audit.formats.audit_json import read_attainment
from programs.audit.formats.audit_result_json import assignment_as_json, attainment_as_json, exception_as_json
from programs.audit.queries.attainments import DAY, mastery_as_attainment
from programs.audit.queries.audits import CONTEXT
from programs.audit.queries.trees import tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.result import METHOD, AuditOutcome
from programs.audit.rules.sufficiency import decided_by_what_counts
from programs.awards.queries.evidence import (
    evidence_digest,
    evidence_rows,
    family_as_json,
    instant,
    known_by,
    observed,
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
    """When a decision looks: on the day `on` where the award is made, `as_of` where learners' dates are made.

    `known_at` is the instant up to which facts are known to it.
    """

    on: date
    as_of: date
    known_at: datetime


@dataclass(frozen=True)
class Grounds:
    """What was found: the outcome, all that counts in it, and the rows of the ledger it rests on, by id."""

    version: ProgramVersion
    moment: Moment
    outcome: AuditOutcome
    attainments: tuple[Attainment, ...]
    exceptions: tuple[RequirementException, ...]
    masteries: tuple["Rest", ...]
    bases: Mapping[str, Basis]
    ledger: Mapping[int, Evidence]

    @property
    def earned(self) -> int:
        """The credits that count at the root, in hundredths."""
        return self.outcome.nodes[0].earned


@dataclass(frozen=True)
class Rest:
    """One mastery that counted: the policy version, what was decided, and the rows of evidence that decided it."""

    attainment: str
    competency: int
    policy: MasteryPolicyVersion
    inputs: DecisionInputs
    decision: Decision


def grounds_of(  # noqa: PLR0913 - what an audit is given, by name
    version: ProgramVersion,
    *,
    records: Sequence[int],
    brought: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    moment: Moment,
    previous: Assignment | None = None,
    audited: AuditOutcome | None = None,
    competencies: Mapping[str, int] = NO_COMPETENCIES,
    solver: Solver | None = None,
) -> Grounds | None:
    """The grounds on which a version's tree is met with what a person brings; None where it is not.

    What does not count is left out of them: the audit of the rest is the decision, and replays without it. `audited` is
    what an audit of the same inputs has just found. Where that is certain to be decided by what counts, nothing is
    audited again. `competencies` are ids by public id, as far as they are known; others are read.
    """
    tree = tree_of(version)
    found, alone = audited, audited is not None and decided_by_what_counts(audited)
    if found is None or not alone:
        found = audit(tree, brought, exceptions, context=CONTEXT, on=moment.on, previous=previous, solver=solver).today
        alone = decided_by_what_counts(found)
    if not found.met:
        return None
    used = {use.attainment for use in found.uses}
    counting = [attainment for attainment in brought if attainment.id in used]
    direct = {use.attainment for use in found.uses if not _through_an_award(use.node, found)}
    direct_masteries = [it for it in counting if it.id in direct and it.kind is AttainmentKind.MASTERY]
    rests, ledger = _rests(records, direct_masteries, moment, competencies)
    decided = {rest.attainment: rest for rest in rests}
    as_decided = [_as_decided(it, decided.get(it.id)) for it in counting]
    kept = [it for it in as_decided if it is not None]
    decision = found
    if not alone or kept != counting:
        decision = audit(
            tree, kept, exceptions, context=CONTEXT, on=moment.on, previous=found.assignment, solver=solver
        ).today
    if not decision.met:
        return None
    return Grounds(
        version=version,
        moment=moment,
        outcome=decision,
        attainments=tuple(kept),
        exceptions=tuple(decision for decision in exceptions if decision.in_force(moment.on)),
        masteries=rests,
        bases=_bases(rests, ledger),
        ledger=ledger,
    )


def mastered_then(person: Learner, records: Sequence[int], moment: Moment) -> tuple[Attainment, ...]:
    """The mastery of a person as of an earlier day, as it is known now; `person` carries the rows."""
    rows = list(Mastery.objects.filter(learner=person).select_related("competency", "policy_version__scale"))
    inputs = decision_inputs_of(records, [(row.competency_id, row.policy_version) for row in rows])
    found = []
    for row in rows:
        decision = decision_by(
            inputs, row.competency_id, row.policy_version, as_of=moment.as_of, known_at=moment.known_at
        )
        if decision.state is MasteryState.MASTERED:
            found.append(
                mastery_as_attainment(
                    str(row.competency.public_id),
                    str(row.policy_version.public_id),
                    level=decision.level,
                    mastered_on=decision.mastered_on,
                    valid_until=decision.valid_until,
                )
            )
    return tuple(found)


def decision_of(  # noqa: PLR0913 - the members of the record, by name
    grounds: Grounds,
    award: Award,
    *,
    records: Sequence[str],
    achievement_digest: str,
    name_digest: str,
    awards: Iterable[Award],
) -> dict[str, Json]:
    """The decision record of an award about to be granted: ids, figures, dates and digests, no personal text."""
    moment, outcome = grounds.moment, grounds.outcome
    used_awards = {use.attainment for use in outcome.uses if use.attainment.startswith("award:")}
    ids = {row for rest in grounds.masteries for row in observed(rest.inputs)}
    rows = [grounds.ledger[row] for row in sorted(ids)]
    return {
        "format": FORMAT,
        "method": METHOD,
        "engine": outcome.engine,
        "award": str(award.public_id),
        "achievement_version": {"id": str(award.achievement_version.public_id), "digest": achievement_digest},
        "program_version": {"id": str(grounds.version.public_id), "digest": grounds.version.digest},
        "records": [*sorted(records)],
        **columns_told(award),
        "as_of": moment.as_of.isoformat(),
        "known_at": instant(moment.known_at),
        "name": name_digest,
        "earned": grounds.earned,
        "attainments": [attainment_as_json(it) for it in sorted(grounds.attainments, key=lambda it: it.id)],
        "exceptions": [exception_as_json(it) for it in sorted(grounds.exceptions, key=lambda it: it.id)],
        "assignment": assignment_as_json(outcome.assignment),
        "uses": [dict(use._asdict()) for use in outcome.uses],
        "mastery": [_rest_as_json(rest, grounds.bases[rest.attainment]) for rest in grounds.masteries],
        "evidence": [{"id": str(row.public_id), "digest": evidence_digest(row)} for row in rows],
        "policies": _policies(grounds.masteries),
        "awards": [
            {"id": str(row.public_id), "digest": row.decision_digest}
            for row in awards
            if f"award:{row.public_id}" in used_awards
        ],
    }


def attribution_columns(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rows of Attribution say, as a decision tells it: one for each use, in the order of the tree."""
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in decision["attainments"]}
    bases = {rest["attainment"]: rest["basis"] for rest in decision["mastery"]}
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
    """What stays of the name as awarded when its retention ends."""
    return digest_of_bytes(bytes(salt) + name.encode())


def columns_told(award: Award) -> dict[str, Json]:
    """What an award's own columns say, as its decision tells them."""
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
    """Whether what counts at a node counts there because an award brought it."""
    return any(use.node == node and use.attainment.startswith("award:") for use in outcome.node(node).uses)


def _rests(
    records: Sequence[int], masteries: Sequence[Attainment], moment: Moment, competencies: Mapping[str, int]
) -> tuple[tuple[Rest, ...], Mapping[int, Evidence]]:
    """How each mastery was decided, and the rows of the ledger behind all of them."""
    if not masteries:
        return (), {}
    ids = _ids_of({it.competency for it in masteries}, competencies)
    wanted = [(ids[it.competency], frozen_policy(it.policy)) for it in masteries]
    if any(policy.for_parents for _competency, policy in wanted):
        whole = decision_inputs_of(records, wanted)
        ledger = {row.pk: row for row in evidence_rows(observed(whole))}
    else:
        ledger, observations = ledger_of(records, {competency for competency, _policy in wanted})
        whole = DecisionInputs(observations)
    known = {pk: known_by(rows, moment.known_at) for pk, rows in whole.observations.items()}
    found = []
    for it, (competency, policy) in zip(masteries, wanted, strict=True):
        inputs = _own_case(whole, known, competency, policy)
        decision = decision_by(inputs, competency, policy, as_of=moment.as_of, known_at=moment.known_at)
        found.append(Rest(it.id, competency, policy, inputs, decision))
    return tuple(found), ledger


def _ids_of(names: set[str], known: Mapping[str, int]) -> Mapping[str, int]:
    """The ids of competencies by public id; reads those that are not among the `known`."""
    if names <= known.keys():
        return known
    rows = Competency.objects.filter(public_id__in=names).values_list("public_id", "pk")
    return {str(name): pk for name, pk in rows}


@lru_cache(maxsize=1024)
def frozen_policy(name: str) -> MasteryPolicyVersion:
    """The policy version with this public id, read once per process.

    A version that has decided anything is frozen (invariant 7), so that what is kept is never invalid.
    """
    return MasteryPolicyVersion.objects.select_related("scale").get(public_id=name)


def _own_case(
    whole: DecisionInputs, known: Mapping[int, tuple[Observation, ...]], competency: int, policy: MasteryPolicyVersion
) -> DecisionInputs:
    """What decides one mastery out of the inputs of several: its own rows, or those of all below it."""
    if not policy.for_parents:
        return DecisionInputs({competency: known.get(competency, ())})
    family, open_parents = {competency}, [competency]
    for parent in open_parents:
        fresh = [child for child in whole.children.get(parent, ()) if child not in family]
        family.update(fresh)
        open_parents += fresh
    return DecisionInputs(
        {pk: known.get(pk, ()) for pk in sorted(family)},
        {parent: children for parent, children in whole.children.items() if parent in family},
        {child: resolved for child, resolved in whole.child_policies.items() if child in family},
        {child: name for child, name in whole.names.items() if child in family},
    )


def _as_decided(attainment: Attainment, rest: Rest | None) -> Attainment | None:
    """A mastery as its evidence decides it as of that day; None where it does not hold. Others stay as they are."""
    if rest is None:
        return attainment
    if rest.decision.state is not MasteryState.MASTERED:
        return None
    return decided_attainment(attainment, rest.decision)


def decided_attainment(attainment: Attainment, decision: Decision) -> Attainment:
    """The attainment with level and days from the decision."""
    until = decision.valid_until
    return replace(
        attainment,
        level=decision.level,
        achieved_on=decision.mastered_on,
        valid_until=None if until is None else until + DAY,
    )


def _bases(rests: Sequence[Rest], ledger: Mapping[int, Evidence]) -> dict[str, Basis]:
    """Who stands behind each mastery: the best of the rows that counted."""
    order = list(Basis)
    found = {}
    for rest in rests:
        bases = [BASES[ledger[pk].basis] for pk in _used(rest) if pk in ledger]
        found[rest.attainment] = min(bases, key=order.index, default=Basis.ASSESSED_HERE)
    return found


def _used(rest: Rest) -> set[int]:
    if isinstance(rest.decision, MasteryDecision):
        return set(rest.decision.used)
    return set(observed(rest.inputs))


def _rest_as_json(rest: Rest, basis: Basis) -> dict[str, Json]:
    told: dict[str, Json] = {
        "attainment": rest.attainment,
        "competency": rest.competency,
        "policy": str(rest.policy.public_id),
        "basis": basis.value,
        "evidence": [*sorted(observed(rest.inputs))],
        "decision": digest(as_json(rest.decision)),
    }
    family = family_as_json(rest.inputs)
    return {**told, "family": family} if family else told


def _policies(rests: Sequence[Rest]) -> list[Json]:
    named = {str(rest.policy.public_id): rest.policy.digest for rest in rests}
    for rest in rests:
        for resolved in rest.inputs.child_policies.values():
            if resolved.version is not None:
                named[str(resolved.version.public_id)] = resolved.version.digest
    return [{"id": name, "digest": said} for name, said in sorted(named.items())]
