"""The grounds of an award: an audit of what counts, with the mastery decisions and the evidence behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from accounts.models import Learner
from assessments.mastery.queries.bases import ASSESSED_HERE, MasteryBasis, basis_of
from assessments.mastery.queries.decisions import Decision, DecisionInputs, decision_by, decision_inputs_of, ledger_of
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from competencies.models import Competency
from programs.audit.queries.attainments import DAY, mastery_as_attainment
from programs.audit.queries.audits import CONTEXTS
from programs.audit.queries.mastery_bases import frozen_policy, with_basis
from programs.audit.queries.trees import audited_tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Method
from programs.audit.rules.facts import Facts
from programs.audit.rules.result import AuditOutcome
from programs.audit.rules.sufficiency import decided_by_what_counts
from programs.awards.queries.evidence import evidence_ids_in, evidence_rows, known_by
from programs.models import ProgramVersion
from programs.rules.attainments import Attainment, AttainmentKind, RequirementException

NO_COMPETENCIES: Mapping[str, int] = {}


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
    method: Method
    facts: Facts
    moment: Moment
    outcome: AuditOutcome
    attainments: tuple[Attainment, ...]
    exceptions: tuple[RequirementException, ...]
    masteries: tuple["MasteryGround", ...]
    ledger: Mapping[int, Evidence]

    @property
    def earned(self) -> int:
        """The credits that count at the root, in hundredths."""
        return self.outcome.nodes[0].earned


@dataclass(frozen=True)
class MasteryGround:
    """One mastery that counts: its competency (id and public id), its policy version, and its decision with all inputs.

    `basis` is what the decision rests on.
    """

    attainment: str
    competency: int
    name: str
    policy: MasteryPolicyVersion
    inputs: DecisionInputs
    decision: Decision
    basis: MasteryBasis


def grounds_of(  # noqa: PLR0913 - the inputs of an audit, by name
    version: ProgramVersion,
    *,
    method: Method,
    facts: Facts,
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
    tree = audited_tree_of(version, method)
    audited_with = partial(audit, tree, context=CONTEXTS[method], on=moment.on, facts=facts, solver=solver)
    outcome, decided_alone = audited, audited is not None and decided_by_what_counts(audited)
    # An audit takes most of the time of a grant: the one that the caller has made is used wherever it is sufficient.
    # From `audit@3` on an audit that is fed its own result gives it again, so that there is nothing to repeat.
    if outcome is None or not (decided_alone or method.counts_only_needed):
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
    kept = [known for it in counting if (known := _as_decided(it, ground_of.get(it.id), method)) is not None]
    decision = outcome
    if not decided_alone or kept != counting:
        decision = audited_with(kept, exceptions, previous=outcome.assignment).today
    if not decision.met:
        return None
    return Grounds(
        version=version,
        method=method,
        facts=facts,
        moment=moment,
        outcome=decision,
        attainments=tuple(kept),
        # What waits for an approval counts in projections only: no award rests on it.
        exceptions=tuple(it for it in exceptions if it.in_force(moment.on) and not it.pending),
        masteries=grounds_of_mastery,
        ledger=ledger,
    )


def mastery_as_of(person: Learner, records: Sequence[int], moment: Moment, *, method: Method) -> tuple[Attainment, ...]:
    """Return the mastery of a learner as of an earlier day, by what is known now; `person` is the canonical record."""
    rows = list(Mastery.objects.filter(learner=person).select_related("competency", "policy_version__scale"))
    inputs = decision_inputs_of(records, [(row.competency_id, row.policy_version) for row in rows])
    attainments = []
    for row in rows:
        policy = row.policy_version
        decision = decision_by(inputs, row.competency_id, policy, as_of=moment.as_of, known_at=moment.known_at)
        if decision.state is MasteryState.MASTERED:
            attainment = mastery_as_attainment(
                str(row.competency.public_id),
                str(policy.public_id),
                level=decision.level,
                mastered_on=decision.mastered_on,
                valid_until=decision.valid_until,
                method=method,
            )
            basis = _basis(inputs.of(row.competency_id), row.competency_id, policy, decision, moment)
            attainments.append(with_basis(attainment, basis) if method is not Method.ONE else attainment)
    return tuple(attainments)


def _basis(
    inputs: DecisionInputs, competency: int, policy: MasteryPolicyVersion, decision: Decision, moment: Moment
) -> MasteryBasis:
    if not inputs.bases:
        return ASSESSED_HERE
    return basis_of(inputs, competency, policy, decision, as_of=moment.as_of, known_at=moment.known_at)


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
        ledger, whole = ledger_of(records, {competency for competency, _policy in wanted})
    known_rows = {pk: known_by(rows, moment.known_at) for pk, rows in whole.observations.items()}
    known = replace(whole, observations=known_rows)
    grounds = []
    for it, (competency, policy) in zip(masteries, wanted, strict=True):
        inputs = known.of(competency)
        decision = decision_by(inputs, competency, policy, as_of=moment.as_of, known_at=moment.known_at)
        basis = _basis(inputs, competency, policy, decision, moment)
        grounds.append(MasteryGround(it.id, competency, it.competency, policy, inputs, decision, basis))
    return tuple(grounds), ledger


def _ids_of(names: set[str], known_ids: Mapping[str, int]) -> Mapping[str, int]:
    """The ids of competencies by public id; reads those that are not among the `known_ids`."""
    if names <= known_ids.keys():
        return known_ids
    rows = Competency.objects.filter(public_id__in=names).values_list("public_id", "pk")
    return {str(name): pk for name, pk in rows}


def _as_decided(attainment: Attainment, ground: MasteryGround | None, method: Method) -> Attainment | None:
    """Return a mastery as its evidence decides it; None where it is not mastered. Other attainments are unchanged."""
    if ground is None:
        return attainment
    if ground.decision.state is not MasteryState.MASTERED:
        return None
    return decided_attainment(attainment, ground.decision, ground.basis, method=method)


def decided_attainment(
    attainment: Attainment, decision: Decision, basis: MasteryBasis, *, method: Method
) -> Attainment:
    """Return the attainment with level and days of the decision, and with its basis where the method reads that."""
    until = decision.valid_until
    decided = replace(
        attainment,
        level=decision.level,
        achieved_on=decision.mastered_on,
        valid_until=None if until is None else until + DAY,
    )
    return decided if method is Method.ONE else with_basis(decided, basis)
