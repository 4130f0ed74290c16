"""Where a learner stands, on what that rests, and what was shown."""

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

from accounts.models import Learner, linked_ids
from accounts.queries import learners_zone
from assessments.formats.decision_json import as_json
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from assessments.queries.decisions import Case, Decision, case_by, case_of, decision_by
from assessments.queries.policies import policy_of
from assessments.rules.decisions import MasteryDecision, State
from assessments.rules.explanations import Explanation, explain, explain_parent
from assessments.rules.parents import ParentDecision
from assessments.rules.policies import ParentPolicy, Policy
from assessments.rules.standings import Standing
from competencies.models import CompetencyRevision, ProficiencyLevel
from config.base import clock
from config.base.canonical import digest
from config.base.compiled import compiled

Name = TypeVar("Name", bound=Hashable)


def records_of(learner: Learner) -> list[int]:
    """The ids of all records of this person."""
    return list(linked_ids(learner.pk))


def standing_of(row: Mastery) -> Standing:
    """What a stored row says."""
    return Standing(State(row.state), row.level, row.score, row.mastered_on, row.valid_until, row.ended_on)


def columns_of(decision: Decision, *, zone: ZoneInfo) -> dict[str, Any]:
    """A decision as the columns of Mastery that keep it; `holds_until` is when that day begins in `zone`."""
    standing = Standing.of(decision)
    turns = decision.holds_until
    return {
        "state": str(standing.state),
        "level": standing.level,
        "score": standing.score,
        "mastered_on": standing.mastered_on,
        "valid_until": standing.valid_until,
        "ended_on": standing.ended_on,
        "holds_until": None if turns is None else clock.day_begins(turns, zone),
        "digest": digest(as_json(decision)),
    }


def mastery_of(learner: Learner, *, at: datetime) -> list[Mastery]:
    """Where the person stands at the instant `at`, with competency and policy at hand, in order of code.

    A row past its `holds_until` is decided again for the reader; the sweep stores it.
    """
    return _as_of(_carried_by(learner.pk), learner, at)


class MasteryToAudit(NamedTuple):
    """A row of mastery with no more than audits read."""

    pk: int
    competency: int
    competency_name: UUID
    policy_name: UUID
    state: str
    level: int | None
    mastered_on: date | None
    valid_until: date | None
    holds_until: datetime | None


def mastery_to_audit(learner: Learner, *, at: datetime) -> list[MasteryToAudit]:
    """`mastery_of` as audits read it, oldest first."""
    rows = [MasteryToAudit(*row) for row in _to_audit(learner.pk)]
    if all(row.holds_until is None or row.holds_until > at for row in rows):
        return rows
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


def _as_of(rows: list[Mastery], learner: Learner, at: datetime) -> list[Mastery]:
    due = [row for row in rows if row.holds_until is not None and row.holds_until <= at]
    if due:
        zone = learners_zone()
        case = case_of(records_of(learner), [(row.competency_id, row.policy_version) for row in due])
        for row in due:
            for name, value in columns_of(_decided(case, row, at, zone), zone=zone).items():
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
)


def _decided(case: Case, row: Mastery, at: datetime, zone: ZoneInfo) -> Decision:
    as_of = clock.civil_date(at, zone)
    return decision_by(case, row.competency_id, row.policy_version, as_of=as_of, known_at=at)


def evidence_of(learner: Learner) -> QuerySet[Evidence]:
    """All evidence about the person with what a page shows of it, newest work first; corrected and voided rows too."""
    return (
        Evidence.objects.of(learner)
        .select_related("competency", "competency_revision", "scale", "level", "assessor", "void", "body", "source")
        .select_related("judgement__submission")
        .order_by("-performed_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with its reasons, ready for `assessments.words` and for JSON."""

    policy: Policy | ParentPolicy
    decision: MasteryDecision | ParentDecision
    explanation: Explanation

    def in_json(self) -> dict[str, Any]:
        """All of it, as RFC 8785 takes it."""
        return {
            "policy": as_json(self.policy),
            "decision": as_json(self.decision),
            "explanation": as_json(self.explanation),
        }


def explanation_of(mastery: Mastery, *, as_of: date, known_at: datetime) -> Explained:
    """Why `mastery` is what it is, as of a civil date and as known at an instant: `decide()`, asked again."""
    wanted = [(mastery.competency_id, mastery.policy_version)]
    return explanations_of(mastery.learner, wanted, as_of=as_of, known_at=known_at)[wanted[0]]


def explanations_of(
    learner: Learner, wanted: Iterable[tuple[int, MasteryPolicyVersion]], *, as_of: date, known_at: datetime
) -> Mapping[tuple[int, MasteryPolicyVersion], Explained]:
    """`explanation_of` of several pairs of competency and policy version, in as many queries as of one."""
    policies = {(competency, version): (competency, policy_of(version)) for competency, version in wanted}
    return explained_by(records_of(learner), policies, as_of=as_of, known_at=known_at)


def explained_by(
    records: Iterable[int],
    wanted: Mapping[Name, tuple[int, Policy | ParentPolicy]],
    *,
    as_of: date,
    known_at: datetime,
) -> Mapping[Name, Explained]:
    """Explanations by whatever names are chosen for pairs of competency and policy; `records` are all of one person."""
    if not wanted:
        return {}
    case = case_by(records, wanted.values())
    names = _statements(case)
    found = {}
    for name, (competency, policy) in wanted.items():
        decision = case.decide(competency, policy, as_of=as_of, known_at=known_at)
        found[name] = Explained(policy, decision, _explained(policy, decision, names))
    return found


def _explained(policy: Policy | ParentPolicy, decision: Decision, names: Mapping[str, str]) -> Explanation:
    if isinstance(policy, ParentPolicy) and isinstance(decision, ParentDecision):
        return explain_parent(policy, decision, names=names)
    if isinstance(policy, Policy) and isinstance(decision, MasteryDecision):
        return explain(policy, decision)
    raise TypeError("a decision and a policy of different kinds")


def _statements(case: Case) -> dict[str, str]:
    """What the children in a case say, by public id."""
    if not case.names:
        return {}
    said = dict(
        CompetencyRevision.objects.current().filter(competency__in=case.names).values_list("competency", "statement")
    )
    return {name: said.get(pk) or name for pk, name in case.names.items()}
