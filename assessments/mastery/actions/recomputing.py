"""Decide rows of mastery again and store the results. Every write of mastery goes through here (invariant 5)."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner
from assessments import jobs
from assessments.mastery.actions.policies import mark_policies_used, policies_deciding
from assessments.mastery.announcements import MasteryChange, MasteryChanged, mastery_changed
from assessments.mastery.queries.decisions import decision_inputs_of, parents_above
from assessments.mastery.queries.standings import columns_of, result_of
from assessments.mastery.rules.standings import MasteryResult
from assessments.models import Evidence, Mastery, MasteryPolicyVersion
from competencies.models import Competency
from core import clock
from core.database.compiled import compiled
from core.database.storing import insert_rows, update_columns
from core.jobs import enqueue

BATCH = 200
DECIDED = (
    "state",
    "level",
    "score",
    "mastered_on",
    "valid_until",
    "ended_on",
    "holds_until",
    "recommended_at",
    "digest",
    "decided_at",
)
Subscription = tuple[int, MasteryPolicyVersion]  # a competency, and what decides it


def recompute(
    person: LockedLearner,
    *,
    touched: Collection[int] | None = None,
    tracking: Iterable[Subscription] = (),
    voided: tuple[int, ...] = (),
    corrected: bool = False,
) -> tuple[MasteryChange, ...]:
    """Decide a locked person's rows of the `touched` competencies (None: all) and of their parents; announce changes.

    `tracking` are subscriptions to add where they are missing. Rows are decided as of now and as known now, but never
    as known before the newest fact in the ledger: the replay of an older instant leaves nothing out.
    """
    rows = _rows(person, touched)
    known = {(row.competency_id, row.policy_version_id) for row in rows}
    for competency, version in tracking:
        if (competency, version.pk) not in known:
            known.add((competency, version.pk))
            rows.append(Mastery(learner=person.carrier, competency_id=competency, policy_version=version))
    changes = _decide(person, rows) if rows else ()
    # A void is announced even if mastery stays: awards may rest on the voided row itself.
    if changes or voided:
        mastery_changed.send(MasteryChanged(person, changes, voided, corrected))
    return changes


@transaction.atomic
def track_all(
    learner: Learner, *, subscriptions: Iterable[Subscription], at: datetime | None = None
) -> tuple[MasteryChange, ...]:
    """Store the person's mastery of each competency by each policy version from now on. Repeating changes nothing."""
    wanted = list(subscriptions)
    person = locked_learner(learner, at=at)
    existing = set(
        Mastery.objects.filter(
            learner=person.carrier, competency__in={competency for competency, _ in wanted}
        ).values_list("competency", "policy_version")
    )
    missing = [(competency, version) for competency, version in wanted if (competency, version.pk) not in existing]
    if not missing:
        return ()
    mark_policies_used((version for _, version in missing), at=person.at)
    return recompute(person, touched=(), tracking=missing)


@transaction.atomic
def track(
    learner: Learner, *, competency: Competency, policy_version: MasteryPolicyVersion, at: datetime | None = None
) -> Mastery:
    """Subscribe to one competency decided by one policy version, and return its row of mastery."""
    track_all(learner, subscriptions=[(competency.pk, policy_version)], at=at)
    return Mastery.objects.carried_by(learner).get(competency=competency, policy_version=policy_version)


@transaction.atomic
def recompute_person(
    learner: Learner, *, tracking: Iterable[Subscription] = (), at: datetime | None = None
) -> tuple[MasteryChange, ...]:
    """Decide every row of a person again, from the ledger of all their records.

    Missing rows are added: one by default for each competency with evidence, and the subscriptions of all records.
    Called after records were linked or unlinked, with `tracking` of those that were one person before.
    """
    person = locked_learner(learner, at=at)
    with_evidence = set(Evidence.objects.filter(learner__in=person.records).values_list("competency", flat=True))
    subscriptions = [
        *policies_deciding(with_evidence, at=person.at).items(),
        *subscriptions_of(person.records),
        *tracking,
    ]
    return recompute(person, tracking=subscriptions)


def subscriptions_of(records: Iterable[int]) -> list[Subscription]:
    """Return the subscriptions of these records, with those of records that are linked to another one."""
    rows = Mastery.objects.filter(learner__in=list(records)).select_related("policy_version__scale")
    return [(row.competency_id, row.policy_version) for row in rows]


@transaction.atomic
def recompute_if_due(learner_id: int, *, at: datetime) -> tuple[MasteryChange, ...]:
    """Decide a person's rows that may have changed by `at` with time alone. Repeating changes nothing."""
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    # Read after the lock: the job may run twice, and evidence may have decided the rows since it was enqueued.
    touched = set(Mastery.objects.filter(learner=person.carrier).due(at).values_list("competency", flat=True))
    return recompute(person, touched=touched) if touched else ()


def due_learners(*, at: datetime) -> list[int]:
    """Return the ids of the records with mastery that may have changed by `at`, the longest overdue first."""
    rows = Mastery.objects.awake().due(at).order_by("holds_until", "learner").values_list("learner", flat=True)
    return list(dict.fromkeys(rows))


def learners_with_parents(competency: int, *, after: int = 0, limit: int | None = None) -> list[int]:
    """Return the records, lowest id first, with mastery that is decided from children above a competency; 0 means any.

    Another policy of a child changes what decides its parents, although no evidence was added.
    """
    rows = Mastery.objects.awake().filter(policy_version__for_parents=True, learner__gt=after)
    if competency:
        rows = rows.filter(competency__in=parents_above([competency]))
    return list(rows.order_by("learner").values_list("learner", flat=True).distinct()[:limit])


@transaction.atomic
def enqueue_learners_with_parents(competency: int, *, after: int) -> int:
    """Enqueue a job for each of the next learners of `learners_with_parents`; a full batch enqueues the next one."""
    learners = learners_with_parents(competency, after=after, limit=BATCH)
    for learner_id in learners:
        enqueue(jobs.DECIDE_PARENTS_OF_LEARNER, learner_id, unique=True)
    if len(learners) == BATCH:
        enqueue(jobs.DECIDE_PARENTS_AGAIN, competency, learners[-1], unique=True)
    return len(learners)


@transaction.atomic
def recompute_parents(learner_id: int, *, at: datetime) -> tuple[MasteryChange, ...]:
    """Decide a person's rows that rest on children, by the policies in force now. Repeating changes nothing."""
    # The lock is taken first: who recomputes this person meanwhile has read the policies from before, and ends before.
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    rows = Mastery.objects.filter(learner=person.carrier, policy_version__for_parents=True)
    touched = set(rows.values_list("competency", flat=True))
    return recompute(person, touched=touched) if touched else ()


def _rows(person: LockedLearner, touched: Collection[int] | None) -> list[Mastery]:
    """Return the stored rows to decide: those of touched competencies, and those of parents above them."""
    if touched is None:
        return list(_rows_with_policy().filter(learner=person.carrier))
    if not touched:
        return []
    rows = _touched(person.carrier.pk, tuple(touched))
    if all(row.competency_id in touched for row in rows):
        return rows  # the usual case: no parents are tracked, and the recursive query is saved
    above = parents_above(touched)
    return [row for row in rows if row.competency_id in touched or row.competency_id in above]


@compiled
def _touched(carrier: int, competencies: tuple[int, ...]) -> QuerySet[Mastery]:
    touched = Q(competency__in=competencies) | Q(policy_version__for_parents=True)
    return _rows_with_policy().filter(touched, learner=carrier)


def _rows_with_policy() -> QuerySet[Mastery]:
    return Mastery.objects.select_related("policy_version").order_by("pk")


def _decide(person: LockedLearner, rows: list[Mastery]) -> tuple[MasteryChange, ...]:
    """Decide the rows from one read of the ledger, write those that differ, and return the changes."""
    case = decision_inputs_of(person.records, [(row.competency_id, row.policy_version) for row in rows])
    # A replayed instant may lie before facts of the ledger: stored mastery rests on all of them.
    known_at = max(person.at, case.newest or person.at)
    as_of = clock.civil_date(known_at, person.zone)
    changes: list[MasteryChange] = []
    added: list[Mastery] = []
    changed: list[Mastery] = []
    for row in rows:
        old = None if row._state.adding else result_of(row)  # public in all but name: docs, "Model instances"
        columns = columns_of(case, row, as_of=as_of, known_at=known_at, zone=person.zone)
        if old is not None and (row.digest, row.holds_until) == (columns["digest"], columns["holds_until"]):
            continue  # nothing to write; the digest covers every member of the decision
        for name, value in columns.items():
            setattr(row, name, value)
        row.decided_at = known_at
        (added if old is None else changed).append(row)
        new = result_of(row)
        # Other evidence under the same result can change its basis, which only those above compare: they are told.
        if old is None or case.bases or _without_score(old) != _without_score(new):
            changes.append(MasteryChange(row.competency_id, row.policy_version_id, old, new))
    # New and changed rows in one statement each, however many there are.
    insert_rows(added)
    update_columns(changed, DECIDED)
    return tuple(changes)


def _without_score(result: MasteryResult) -> MasteryResult:
    """Return the result without its score: a change of the score alone is not announced."""
    return replace(result, score=None)
