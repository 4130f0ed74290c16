"""Moves open enrollments to the newest method of audit, and keeps their figures before and after.

Nothing that was granted is taken away: an award in force that the new method would not give is listed for review. So
are awards of ended enrollments, which keep their last audit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner
from core import clock
from core.jobs import enqueue
from programs import jobs
from programs.audit.queries.attainments import exceptions_inside, milestones_and_recognitions
from programs.audit.queries.audits import audit_of, kept_assignment
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.trees import stacked_versions
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import NEWEST, Method
from programs.awards.actions.concerns import raise_for_new_method
from programs.awards.actions.granting import AwardInputs, LearnerAwards, grounds_for
from programs.awards.actions.progress import reaudit_person
from programs.awards.queries.awarded_person import awarded_person
from programs.awards.queries.grounds import Moment, mastery_as_of
from programs.models import AuditMove, Award, AwardConcern, ConcernKind, Enrollment, Progress

BATCH = 200


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of one audit: status, percent, distance and the credits at the root, in hundredths."""

    status: str
    percent: int
    distance: int
    credits: int


@transaction.atomic
def ask_to_move_all() -> None:
    """Promise that every open enrollment is moved to the newest method, in batches of learners."""
    enqueue(jobs.MOVE_AUDITS, 0, unique=True)


@transaction.atomic
def enqueue_moves(after: int) -> int:
    """Enqueue a job for each of the next learners with open enrollments of an older method; return their number.

    `after` is the last id of the batch before. A full batch enqueues the next one.
    """
    learners = learners_by_older_methods(after=after, limit=BATCH)
    for learner_id in learners:
        enqueue(jobs.MOVE_LEARNER, learner_id, unique=True)
    if len(learners) == BATCH:
        enqueue(jobs.MOVE_AUDITS, learners[-1], unique=True)
    return len(learners)


def learners_by_older_methods(*, after: int = 0, limit: int | None = None) -> list[int]:
    """Return the records, lowest id first, with open enrollments or awards of ended ones by an older method."""
    standing = Award.objects.standing().filter(enrollment=OuterRef("enrollment"))
    ended = Progress.objects.ended_by_older_methods().filter(Exists(standing))
    rows = (Progress.objects.by_older_methods() | ended).filter(learner__gt=after)
    return list(rows.order_by("learner").values_list("learner", flat=True).distinct()[:limit])


@transaction.atomic
def move_learner(learner_id: int, *, at: datetime, solver: Solver | None = None) -> list[AuditMove]:
    """Move the open enrollments of a person to the newest method; return what changed, one row for each.

    Awards of ended enrollments are listed for review too. Repeating it changes nothing. `solver` decides contested
    audits; without it they are marked stale for a job.
    """
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    for enrollment, award in _of_ended(person, solver):
        raise_for_new_method([award], enrollment, at=at)
    rows = list(
        Progress.objects.by_older_methods()
        .filter(learner__in=person.records)
        .select_related("enrollment__version__program__organization", "enrollment__learner")
        .order_by("pk")
    )
    if not rows:
        return []
    before = {row.pk: _figures(row, person, solver) for row in rows}
    doubtful = {row.pk: _no_longer_given(person, row, solver) for row in rows}
    Progress.objects.filter(pk__in=before).update(method=NEWEST)
    reaudit_person(person, solver=solver)
    moved: list[AuditMove] = []
    for row in Progress.objects.filter(pk__in=before).order_by("pk"):
        enrollment = rows[len(moved)].enrollment
        raise_for_new_method(doubtful[row.pk], enrollment, at=person.at)
        moved.append(_move(rows[len(moved)], before[row.pk], row, person, len(doubtful[row.pk])))
    return AuditMove.objects.bulk_create(moved)


def awards_of_ended_in_question(learner_id: int, *, at: datetime, solver: Solver | None = None) -> list[Award]:
    """Return the awards of ended enrollments that `move_learner` would list for review."""
    with transaction.atomic():
        person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
        return [award for _enrollment, award in _of_ended(person, solver)]


def _of_ended(person: LockedLearner, solver: Solver | None) -> list[tuple[Enrollment, Award]]:
    """Return the awards of ended enrollments that the newest method would not give and that nobody has reviewed."""
    rows = Progress.objects.ended_by_older_methods().filter(learner__in=person.records)
    found = []
    for row in rows.select_related("enrollment__version__program__organization", "enrollment__learner").order_by("pk"):
        known = AwardConcern.objects.filter(kind=ConcernKind.NEW_METHOD, subject_id=row.enrollment.public_id)
        reviewed = set(known.values_list("award", flat=True))
        doubtful = _no_longer_given(person, row, solver)
        found += [(row.enrollment, award) for award in doubtful if award.pk not in reviewed]
    return found


class _DryRunError(Exception):
    """Rolls the preview of one learner back."""


def previewed_moves(*, at: datetime, solver: Solver | None = None) -> Iterator[AuditMove]:
    """Yield what `move_learner` would write for every learner: it does the same and rolls it back."""
    for learner_id in learners_by_older_methods():
        found: list[AuditMove] = []
        try:
            with transaction.atomic():
                found += move_learner(learner_id, at=at, solver=solver)
                raise _DryRunError  # noqa: TRY301 - leaving is the point
        except _DryRunError:
            yield from found


def _figures(row: Progress, person: LockedLearner, solver: Solver | None) -> _Figures:
    """Return the figures by the row's own method as of now: what differs afterwards differs by the method alone."""
    on = clock.civil_date(person.at, zone_of(row.enrollment))
    audited = audit_of(
        row.enrollment,
        on=on,
        at=person.at,
        previous=kept_assignment(row),
        solver=solver,
        method=Method(row.method),
    )
    today = audited.today
    return _Figures(audited.status.value, audited.percent, today.distance, today.nodes[0].earned)


def _move(old: Progress, before: _Figures, new: Progress, person: LockedLearner, doubtful: int) -> AuditMove:
    after = _Figures(new.status, new.percent, new.distance, new.audit["today"]["nodes"][0]["earned"])
    return AuditMove(
        learner_id=old.learner_id,
        enrollment=old.enrollment,
        old_method=old.method,
        new_method=new.method,
        moved_at=person.at,
        status_before=before.status,
        status_after=after.status,
        percent_before=before.percent,
        percent_after=after.percent,
        distance_before=before.distance,
        distance_after=after.distance,
        credits_before=before.credits,
        credits_after=after.credits,
        changed=before != after,
        awards_in_question=doubtful,
    )


def _no_longer_given(person: LockedLearner, row: Progress, solver: Solver | None) -> list[Award]:
    """Return the awards in force of an enrollment's programs that its method gives and the newest one does not."""
    enrollment = row.enrollment
    inside = {enrollment.version.public_id, *stacked_versions(enrollment.version).values()}
    awards = [award for award in LearnerAwards(person).valid if _version_of(award) in inside]
    return [
        award
        for award in awards
        if _given(person, award, enrollment, Method(row.method), solver)
        and not _given(person, award, enrollment, NEWEST, solver)
    ]


def _version_of(award: Award) -> object:
    return award.program_version.public_id if award.program_version else None


def _given(person: LockedLearner, award: Award, enrollment: Enrollment, method: Method, solver: Solver | None) -> bool:
    """Return whether a method gives an award as of the day its requirements were met, by all that is known now."""
    version = award.program_version
    if version is None:
        return True
    known_at = awarded_person(person.records, on=award.requirements_met_on).known_at(person.at)
    moment = Moment(award.requirements_met_on, clock.civil_date(award.met_at, person.zone), known_at)
    attainments = (
        *mastery_as_of(person.carrier, person.records, moment, method=method),
        *milestones_and_recognitions(person.carrier, method=method),
    )
    decisions = exceptions_inside(enrollment, version, method=method)
    inputs = AwardInputs(version, enrollment, method, attainments, decisions)
    return grounds_for(person, inputs, moment, solver=solver) is not None
