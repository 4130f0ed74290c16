"""Checks of rows that no constraint can express; `check_integrity` calls them."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Coalesce

from accounts.models import ApprovalAct, ApprovalOutcome, Learner
from accounts.queries.time_zones import learner_time_zone
from core import clock
from core.text.canonical import digest
from programs.audit.queries.attainments import milestones_and_recognitions
from programs.audit.queries.audits import audit_of, columns_of, events_of, kept_assignment
from programs.audit.queries.awarding import zone_of
from programs.audit.rules.audit import BOUNDS
from programs.audit.rules.context import NEWEST, Method
from programs.audit.solvers.cp_sat import CpSat
from programs.awards.queries.ground_owners import OthersGrounds, others_behind
from programs.awards.queries.grounds import Moment, mastery_as_of
from programs.awards.queries.replay import differences_of
from programs.decisions.queries import applying_tree_for_decisions
from programs.decisions.rules import approval_reason, path_to
from programs.enrollment.queries import enrolled_twice
from programs.models import (
    AchievementVersion,
    Award,
    AwardConcern,
    ConcernKind,
    ConcernOutcome,
    Enrollment,
    ProgramVersion,
    Progress,
    RequirementException,
    VersionState,
)
from programs.rules.attainments import Attainment, ExceptionKind
from programs.rules.enrollment import OutOfTurnError, status_on

NEEDS_APPROVAL = (ExceptionKind.FORCE_COMPLETE.value, ExceptionKind.WAIVE.value, ExceptionKind.SUBSTITUTE.value)
COMPARED = ("status", "percent", "distance", "proven", "digest", "holds_until")


def problems(*, at: datetime | None = None) -> Iterator[str]:
    """Yield a sentence for each fault at the instant `at`, by default now."""
    yield from (sentence for sentence, wrong in findings(at=at) if wrong)


def findings(*, at: datetime | None = None) -> Iterator[tuple[str, bool]]:
    """Yield each sentence of `problems` with True, and each note with False.

    A note waits for a person, or a person has decided it so, because records were linked or parted; it is no fault.
    """
    yield from ((sentence, True) for sentence in _faults(at=at or clock.now()))
    yield from _others_grounds()
    for row in enrolled_twice(Enrollment.objects.all()).order_by("learner", "pk"):
        yield f"Enrollment {row.public_id} is in a program in which the same person has another open enrollment.", False


def _faults(*, at: datetime) -> Iterator[str]:
    yield from _wrong_contents()
    yield from _wrong_folds()
    yield from _missing_progress()
    yield from wrong_progress(at=at)
    yield from wrong_awards()
    yield from _awards_missing()
    yield from _held_twice()
    yield from _unapproved_exceptions()


def wrong_awards() -> Iterator[str]:
    """Yield awards whose replayed decision differs from the award."""
    rows = Award.objects.awarded().select_related("achievement_version", "program_version__program")
    solver = CpSat()
    for award in rows.order_by("learner", "pk").iterator():
        for difference in differences_of(award, solver=solver):
            yield f"Award {award.public_id}: {difference}."


def _awards_missing() -> Iterator[str]:
    """Yield enrollments with met requirements for which no award was granted, proposed or declined.

    No rule awards to somebody who has died, or before the day of admission.
    """
    rows = Progress.objects.filter(
        status="met",
        stale_since=None,
        enrollment__ended_on=None,
        enrollment__version__achievement_version__isnull=False,
    ).select_related("enrollment__version__achievement_version", "enrollment__learner")
    for row in rows.order_by("learner", "pk").iterator():
        if row.audited_at.date() < row.enrollment.admitted_on:
            continue
        learner, version = row.enrollment.learner, row.enrollment.version.achievement_version
        if Award.objects.of(learner).filter(achievement=version.achievement_id).exists():
            continue
        if not Learner.objects.of(learner).filter(deceased_on__isnull=False).exists():
            yield f"Enrollment {row.enrollment_id} has met its requirements, and nothing was awarded or proposed."


def _held_twice() -> Iterator[str]:
    """Yield duplicate valid awards (invariant 3); after two records were linked, a review must be open."""
    twice = (
        Award.objects.standing()
        .annotate(person=Coalesce("learner__same_as_id", "learner_id"))
        .values("person", "achievement", "cycle")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
    )
    for duplicate in twice.order_by("person", "achievement", "cycle"):
        rows = Award.objects.standing().filter(achievement=duplicate["achievement"], cycle=duplicate["cycle"])
        theirs = rows.annotate(person=Coalesce("learner__same_as_id", "learner_id")).filter(person=duplicate["person"])
        if not AwardConcern.objects.filter(award__in=theirs, kind=ConcernKind.TWO_STANDING).exists():
            names = ", ".join(str(name) for name in theirs.order_by("pk").values_list("public_id", flat=True))
            yield f"One person holds an award twice: {names}."


def _others_grounds() -> Iterator[tuple[str, bool]]:
    """Yield awards in force that rest on the record of another person: wrong where nobody was asked to review it."""
    for found in others_behind(Award.objects.standing().order_by("pk").iterator()):
        reviewed = _reviews_of(found)
        for other in found.others:
            sentence = f"Award {found.award.public_id} rests on the record {other} of another person"
            if other in reviewed:
                state = "waits for a review" if reviewed[other] else "stays, as a person has decided"
                yield f"{sentence}: it {state}.", False
            else:
                yield f"{sentence}.", True


def _reviews_of(found: OthersGrounds) -> dict[UUID, bool]:
    """Return the people for whom the award itself is or was reviewed; true where a review is open."""
    rows = AwardConcern.objects.filter(
        award=found.award,
        kind=ConcernKind.OTHERS_GROUNDS,
        outcome__in=["", ConcernOutcome.STAYS],
    )
    reviews: dict[UUID, bool] = {}
    for other, outcome in rows.values_list("subject_id", "outcome"):
        reviews[other] = reviews.get(other, False) or not outcome
    return reviews


def _unapproved_exceptions() -> Iterator[str]:
    """Yield exceptions that count without the approval that they need, and the awards that were granted on them.

    Exceptions without a code of their reason are older than that rule: they stay as they were decided.
    """
    rows = RequirementException.objects.counting().exclude(reason="").filter(kind__in=NEEDS_APPROVAL)
    related = ("learner__same_as", "approval", "batch", "enrollment__version__program", "enrollment__cohort")
    for row in rows.select_related(*related, "enrollment__organization").order_by("learner", "pk").iterator():
        if _is_approved(row):
            continue
        yield f"Exception {row.public_id} counts without the approval that it needs."
        for award in Award.objects.awarded().of(row.learner).order_by("pk"):
            if any(entry["id"] == str(row.public_id) for entry in (award.decision or {}).get("exceptions", ())):
                yield f"Award {award.public_id} was granted on exception {row.public_id}, which nobody approved."


def _is_approved(row: RequirementException) -> bool:
    """Return whether an exception has the approval of its batch, or needs none."""
    if row.approval is not None:
        given = row.approval.outcome == ApprovalOutcome.APPROVED and row.approval.act == ApprovalAct.EXCEPT
        return given and row.batch is not None and row.approval.subject_id == row.batch.public_id
    tree = applying_tree_for_decisions(row.enrollment)
    needs = path_to(tree, row.node) and approval_reason(ExceptionKind(row.kind), tree, row.node, _substitute_of(row))
    return not needs


def _substitute_of(row: RequirementException) -> Attainment | None:
    """Return what an exception lets count, as it was known when that was decided: it may have been corrected since."""
    if not row.attainment:
        return None
    as_of = clock.civil_date(row.decided_at, learner_time_zone())
    person, moment = row.learner.same_as or row.learner, Moment(as_of, as_of, row.decided_at)
    records = list(Learner.objects.of(row.learner).values_list("pk", flat=True))
    then = (
        *mastery_as_of(person, records, moment, method=NEWEST),
        *milestones_and_recognitions(row.learner, method=NEWEST),
    )
    return next((it for it in then if it.id == row.attainment), None)


def wrong_progress(*, at: datetime) -> Iterator[str]:
    """Yield stored progress of open enrollments that differs from an audit of all facts.

    Rows that are due or stale are left out: a sweep and a job will audit them.
    """
    rows = Progress.objects.filter(stale_since=None, enrollment__ended_on=None).select_related(
        "enrollment__version__program__organization", "enrollment__learner"
    )
    for row in rows.order_by("learner", "pk").iterator():
        moment = max(at, row.audited_at)
        if row.holds_until is not None and row.holds_until <= moment:
            continue
        zone = zone_of(row.enrollment)
        on = clock.civil_date(moment, zone)
        solver = None if row.audit["today"]["engine"] == BOUNDS else CpSat()
        method = Method(row.method)
        previous = kept_assignment(row)
        duplicate = audit_of(row.enrollment, on=on, at=moment, previous=previous, solver=solver, method=method)
        stored = columns_of(duplicate, on=on, zone=zone)
        wrong = [name for name in COMPARED if stored[name] != getattr(row, name)]
        if wrong:
            yield f"Progress {row.pk} is not what the audit says: {', '.join(wrong)}."


def _wrong_contents() -> Iterator[str]:
    """Yield published content that differs from its digest."""
    rows = ProgramVersion.objects.exclude(state=VersionState.DRAFT).order_by("pk")
    for pk, content, stored in rows.values_list("pk", "content", "digest").iterator():
        if digest(content) != stored:
            yield f"Program version {pk} has another content than its digest says."
    achievements = AchievementVersion.objects.frozen().order_by("pk")
    for pk, content, stored in achievements.values_list("pk", "content", "digest").iterator():
        if digest(content) != stored:
            yield f"Achievement version {pk} has another content than its digest says."


def _wrong_folds() -> Iterator[str]:
    """Yield enrollments with stored columns that differ from their events."""
    for enrollment in Enrollment.objects.order_by("pk").iterator():
        try:
            standing = status_on(events_of(enrollment), None)
        except OutOfTurnError:
            yield f"The events of enrollment {enrollment.pk} do not follow one another."
            continue
        ended_on = standing.since if standing.ended else None
        if (enrollment.version_id, enrollment.ended_on) != (standing.version, ended_on):
            yield f"Enrollment {enrollment.pk} is not what its events say."


def _missing_progress() -> Iterator[str]:
    """Yield enrollments that were never audited."""
    for pk in Enrollment.objects.filter(progress=None).order_by("pk").values_list("pk", flat=True):
        yield f"Enrollment {pk} has no progress."
