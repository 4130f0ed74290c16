"""Checks of the stored rows that no constraint can make; the command `check_integrity` runs them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.queries.time_zones import learner_time_zone
from assessments.mastery.queries.decisions import decision_inputs_of
from assessments.mastery.queries.standings import columns_of, records_of
from assessments.models import (
    Evidence,
    EvidenceSource,
    EvidenceVoid,
    Judgement,
    Mastery,
    MasteryPolicyVersion,
    PolicyAssignment,
)
from core import clock
from core.text.canonical import digest


def problems(*, at: datetime | None = None) -> Iterator[str]:
    """Yield a sentence for each problem found at the instant `at`; None is now."""
    yield from wrong_mastery(at=at or clock.now())
    yield from _missing_mastery()
    yield from _strays()
    yield from _wrong_policies()


def wrong_mastery(*, at: datetime) -> Iterator[str]:
    """Yield the rows of mastery that differ from what `decide()` returns for all evidence (invariant 5).

    A row that is due was right when it was decided, and is checked as of that instant: the sweep decides it again
    within a minute.
    """
    zone = learner_time_zone()
    rows = Mastery.objects.awake().select_related("learner", "policy_version").order_by("learner", "pk")
    # Learner by learner: the evidence of one person is read once for all their rows, and memory stays small.
    for _learner, group in groupby(rows.iterator(), key=lambda row: row.learner_id):
        yield from _wrong_rows(list(group), at, zone)


def _wrong_rows(rows: list[Mastery], at: datetime, zone: ZoneInfo) -> Iterator[str]:
    case = decision_inputs_of(records_of(rows[0].learner), [(row.competency_id, row.policy_version) for row in rows])
    for row in rows:
        due = row.holds_until is not None and row.holds_until <= at
        moment = row.decided_at if due else max(at, row.decided_at)
        # As `recompute` does: never as known before the newest fact.
        known_at = max(moment, case.newest or moment)
        day = clock.civil_date(moment, zone)
        expected = columns_of(case, row, as_of=day, known_at=known_at, zone=zone)
        wrong = sorted(name for name, value in expected.items() if getattr(row, name) != value)
        if wrong:
            yield f"Mastery {row.pk} of learner {row.learner_id} is not what the ledger says: {', '.join(wrong)}."


def _missing_mastery() -> Iterator[str]:
    """Yield people who have evidence for a competency, but no row of mastery for it."""
    mastery = Mastery.objects.filter(learner=OuterRef("person"), competency=OuterRef("competency"))
    without = (
        # Linked records are one person, and only the canonical one has rows of mastery.
        Evidence.objects.annotate(person=Coalesce("learner__same_as_id", "learner_id"))
        .filter(~Exists(mastery))
        .values_list("person", "competency")
        .order_by("person", "competency")
        .distinct()
    )
    for person, competency in without:
        yield f"Learner {person} has evidence for competency {competency} and no mastery of it."


def _strays() -> Iterator[str]:
    """Yield rows that belong together but name different learners or competencies."""
    for row in EvidenceSource.objects.exclude(learner=F("evidence__learner")).order_by("pk"):
        yield f"The source {row.pk} names another learner than its evidence."
    for void in EvidenceVoid.objects.exclude(learner=F("evidence__learner")).order_by("pk"):
        yield f"The void {void.pk} names another learner than its evidence."
    for judgement in Judgement.objects.exclude(learner=F("submission__learner")).order_by("pk"):
        yield f"Judgement {judgement.pk} names another learner than its work."
    for evidence in Evidence.objects.exclude(competency=F("competency_revision__competency")).order_by("pk"):
        yield f"Evidence {evidence.pk} names a revision of another competency."


def _wrong_policies() -> Iterator[str]:
    """Yield policy versions that differ from their digest, and assignments that differ from their version."""
    for version in MasteryPolicyVersion.objects.order_by("pk"):
        if digest(version.definition) != version.digest:
            yield f"Policy version {version.pk} is not what its digest says."
    elsewhere = ~Q(scale=F("policy_version__scale")) | ~Q(for_parents=F("policy_version__for_parents"))
    for assignment in PolicyAssignment.objects.filter(elsewhere).order_by("pk"):
        yield f"Policy assignment {assignment.pk} names another scale or kind than its policy version."
