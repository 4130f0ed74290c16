"""Reads of stored mastery, of the reasons for it, and of the evidence under it."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import Learner, linked_learner_ids
from accounts.queries.time_zones import learner_time_zone
from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.queries.decisions import (
    Decision,
    DecisionInputs,
    decision_inputs_by,
    decision_inputs_of,
)
from assessments.mastery.queries.policies_in_force import policy_of
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.explanations import Explanation, explain, explain_parent
from assessments.mastery.rules.parents import ParentDecision, RuleOutcome
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.mastery.rules.standings import MasteryResult
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from assessments.rules.mastery_states import MasteryState
from competencies.models import CompetencyRevision, ProficiencyLevel
from core import clock
from core.database.compiled import compiled

Name = TypeVar("Name", bound=Hashable)


def records_of(learner: Learner) -> list[int]:
    """Return the ids of all records of this person."""
    return list(linked_learner_ids(learner.pk))


def result_of(row: Mastery) -> MasteryResult:
    """Return what a stored row of mastery says."""
    return MasteryResult(MasteryState(row.state), row.level, row.score, row.mastered_on, row.valid_until, row.ended_on)


def columns_of(
    case: DecisionInputs, row: Mastery, *, as_of: date, known_at: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """Decide a row of mastery and return its columns; `holds_until` is when that day begins in `zone`."""
    policy = policy_of(row.policy_version)
    decision = case.decide(row.competency_id, policy, as_of=as_of, known_at=known_at)
    result = MasteryResult.of(decision)
    return {
        "state": str(result.state),
        "level": result.level,
        "score": result.score,
        "mastered_on": result.mastered_on,
        "valid_until": result.valid_until,
        "ended_on": result.ended_on,
        "holds_until": None if decision.holds_until is None else clock.day_begins(decision.holds_until, zone),
        "recommended_at": (row.recommended_at or known_at) if _recommended(decision) else None,
        "digest": case.digest_of(decision, row.competency_id, policy),
    }


def _recommended(decision: Decision) -> bool:
    return isinstance(decision, ParentDecision) and decision.outcome == RuleOutcome.RECOMMENDED


def mastery_of(learner: Learner, *, at: datetime) -> list[Mastery]:
    """Return the person's mastery at the instant `at` with competency and policy loaded, ordered by code.

    A row past its `holds_until` is decided again for the reader only; the sweep stores it within a minute.
    """
    return _decided_at(_carried_by(learner.pk), learner, at)


class MasteryToAudit(NamedTuple):
    """The part of a row of mastery that audits read."""

    pk: int
    competency: int
    competency_name: UUID
    policy_name: UUID
    state: str
    level: int | None
    mastered_on: date | None
    valid_until: date | None
    holds_until: datetime | None
    digest: str


def mastery_to_audit(learner: Learner, *, at: datetime) -> list[MasteryToAudit]:
    """Return what `mastery_of` returns, reduced to what audits read, oldest row first."""
    rows = [MasteryToAudit(*row) for row in _to_audit(learner.pk)]
    if all(row.holds_until is None or row.holds_until > at for row in rows):
        return rows  # the usual case: one light query, and no decision
    # At least one row is due: take the long way, which decides it again.
    decided = sorted(mastery_of(learner, at=at), key=lambda row: row.pk)
    return [MasteryToAudit(*(attrgetter(name.replace("__", "."))(row) for name in AUDITED)) for row in decided]


class MasteryNamed(NamedTuple):
    """A row of mastery as a short list names it: its competency, and the titles of the levels of its scale by rank."""

    pk: int
    code: str
    title: str
    levels: Mapping[int, str]


def mastery_named(rows: Iterable[int]) -> list[MasteryNamed]:
    """The names of rows of mastery by their ids, in no order; one query."""
    return [
        MasteryNamed(pk, code, short or code or identifier, {rung["rank"]: rung["title"] for rung in rungs})
        for pk, code, short, identifier, rungs in _named(tuple(rows))
    ]


@compiled
def _named(rows: tuple[int, ...]) -> QuerySet[Mastery, tuple[Any, ...]]:
    rungs = ProficiencyLevel.objects.filter(scale=OuterRef("policy_version__scale"))
    return (
        Mastery.objects.filter(pk__in=rows)
        .annotate(rungs=ArraySubquery(rungs.values(rung=JSONObject(rank="rank", title="title"))))
        .values_list("pk", "competency__code", "competency__short_statement", "competency__source_identifier", "rungs")
    )


def _decided_at(rows: list[Mastery], learner: Learner, at: datetime) -> list[Mastery]:
    """Decide the rows again that are past their `holds_until`, in memory only."""
    due = [row for row in rows if row.holds_until is not None and row.holds_until <= at]
    if due:
        zone = learner_time_zone()
        case = decision_inputs_of(records_of(learner), [(row.competency_id, row.policy_version) for row in due])
        for row in due:
            columns = columns_of(case, row, as_of=clock.civil_date(at, zone), known_at=at, zone=zone)
            for name, value in columns.items():
                setattr(row, name, value)
    return rows


@compiled
def _carried_by(learner: int) -> QuerySet[Mastery]:
    rows = Mastery.objects.carried_by(Learner(pk=learner))
    return rows.select_related("competency__framework", "policy_version__policy").order_by(
        "competency__code", "competency", "policy_version"
    )


@compiled
def _to_audit(learner: int) -> QuerySet[Mastery, tuple[Any, ...]]:
    return Mastery.objects.carried_by(Learner(pk=learner)).order_by("pk").values_list(*AUDITED)


# In the order of the fields of MasteryToAudit.
AUDITED = (
    "pk",
    "competency_id",
    "competency__public_id",
    "policy_version__public_id",
    "state",
    "level",
    "mastered_on",
    "valid_until",
    "holds_until",
    "digest",
)


def evidence_of(learner: Learner) -> QuerySet[Evidence]:
    """Return all evidence about the person with what a page shows of it, newest work first.

    Corrected and voided rows are part of it: the page shows that they do not count any more.
    """
    return (
        Evidence.objects.of(learner)
        .with_corrected()
        .select_related("competency", "competency_revision", "scale", "level", "assessor", "void", "body", "source")
        .select_related("judgement__submission")
        .order_by("-performed_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class ExplainedDecision:
    """A decision with its policy, its reasons and its digest, ready for `assessments.mastery.labels` and for JSON."""

    policy: Policy | ParentPolicy
    decision: MasteryDecision | ParentDecision
    explanation: Explanation
    digest: str

    def in_json(self) -> dict[str, Any]:
        """Return all of it as JSON that RFC 8785 can canonicalize."""
        return {
            "policy": as_json(self.policy),
            "decision": as_json(self.decision),
            "explanation": as_json(self.explanation),
        }


def explanation_of(mastery: Mastery, *, as_of: date, known_at: datetime) -> ExplainedDecision:
    """Decide `mastery` again as of a civil date, as known at an instant, and return the decision with its reasons."""
    wanted = [(mastery.competency_id, mastery.policy_version)]
    return explanations_of(mastery.learner, wanted, as_of=as_of, known_at=known_at)[wanted[0]]


def explanations_of(
    learner: Learner, wanted: Iterable[tuple[int, MasteryPolicyVersion]], *, as_of: date, known_at: datetime
) -> Mapping[tuple[int, MasteryPolicyVersion], ExplainedDecision]:
    """`explanation_of` of several pairs of competency and policy version, in as many queries as of one."""
    policies = {(competency, version): (competency, policy_of(version)) for competency, version in wanted}
    return explained_by(records_of(learner), policies, as_of=as_of, known_at=known_at)


def explained_by(
    records: Iterable[int],
    wanted: Mapping[Name, tuple[int, Policy | ParentPolicy]],
    *,
    as_of: date,
    known_at: datetime,
) -> Mapping[Name, ExplainedDecision]:
    """Explanations by whatever names are chosen for pairs of competency and policy; `records` are all of one person."""
    if not wanted:
        return {}
    case = decision_inputs_by(records, wanted.values())
    names = _statements(case)
    found = {}
    for name, (competency, policy) in wanted.items():
        decision = case.decide(competency, policy, as_of=as_of, known_at=known_at)
        digest = case.digest_of(decision, competency, policy)
        found[name] = ExplainedDecision(policy, decision, _explanation(policy, decision, names), digest)
    return found


def _explanation(policy: Policy | ParentPolicy, decision: Decision, names: Mapping[str, str]) -> Explanation:
    if isinstance(policy, ParentPolicy) and isinstance(decision, ParentDecision):
        return explain_parent(policy, decision, names=names)
    if isinstance(policy, Policy) and isinstance(decision, MasteryDecision):
        return explain(policy, decision)
    raise TypeError("a decision and a policy of different kinds")


def _statements(case: DecisionInputs) -> dict[str, str]:
    """Return the statements of the children in a case, by public id; the id where there is none."""
    if not case.names:
        return {}
    statements = statements_of(case.names)
    return {name: statements.get(pk) or name for pk, name in case.names.items()}


def statements_of(competencies: Iterable[int]) -> dict[int, str]:
    """Return the current statement of each competency, by its id; one query."""
    rows = CompetencyRevision.objects.current().filter(competency__in=list(competencies))
    return dict(rows.values_list("competency", "statement"))


def level_titles(scales: Iterable[int]) -> dict[tuple[int, int], str]:
    """Return the titles of the levels of these scales, by scale id and rank; one query."""
    rows = ProficiencyLevel.objects.filter(scale__in=list(scales)).values_list("scale", "rank", "title")
    return {(scale, rank): title for scale, rank, title in rows}
