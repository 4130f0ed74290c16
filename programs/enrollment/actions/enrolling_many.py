"""Enrolling a list of people: the preview is exact, and all rows are enrolled or none (invariant 15)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions.locking import lock_learners
from accounts.errors import OwnRecordError
from accounts.models import Learner, Organization, User
from accounts.queries.time_zones import learner_civil_date
from programs.enrollment.actions.enrolling import enroll
from programs.enrollment.formats import COLUMNS, EnrollmentRow, RowFault, read_rows
from programs.errors import AlreadyEnrolledError, ClosedToEntryError, NotPublishedError, RowsRefusedError
from programs.models import Cohort, Enrollment, ProgramVersion

NUMBER, STARTS = COLUMNS


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a list: rows to enroll, rows of people who are enrolled already, and faults."""

    fresh: tuple[EnrollmentRow, ...]
    already: tuple[EnrollmentRow, ...]
    faults: tuple[RowFault, ...]


class _DryRunError(Exception):
    """Rolls the preview's transaction back."""


def preview_enrollments(
    text: str,
    *,
    version: ProgramVersion,
    on: date,
    by: User,
    at: datetime,
    organization: Organization | None = None,
    cohort: Cohort | None = None,
    learners: QuerySet[Learner] | None = None,
) -> Preview:
    """Return what `enroll_many` would do: it does the same and rolls it back, so the two cannot differ."""
    previews: list[Preview] = []
    try:
        with transaction.atomic():
            previews.append(
                _enroll(
                    text,
                    version=version,
                    on=on,
                    by=by,
                    at=at,
                    organization=organization,
                    cohort=cohort,
                    learners=learners,
                )[0]
            )
            raise _DryRunError  # noqa: TRY301 - leaving is the point
    except _DryRunError:
        return previews[0]


@transaction.atomic
def enroll_many(
    text: str,
    *,
    version: ProgramVersion,
    on: date,
    by: User,
    at: datetime,
    organization: Organization | None = None,
    cohort: Cohort | None = None,
    learners: QuerySet[Learner] | None = None,
) -> tuple[Enrollment, ...]:
    """Enroll everybody on the list who is not in the version already; return the new enrollments.

    `organization` is the place of study, by default the organization of the program. Numbers are looked up among
    `learners`, by default among all: a list must not tell who else is known here. Repeating it changes nothing. Raises
    RowsRefusedError with every fault, and then nobody is enrolled.
    """
    preview, made = _enroll(
        text, version=version, on=on, by=by, at=at, organization=organization, cohort=cohort, learners=learners
    )
    if preview.faults:
        raise RowsRefusedError(preview.faults)
    return made


def _enroll(
    text: str,
    *,
    version: ProgramVersion,
    on: date,
    by: User,
    at: datetime,
    organization: Organization | None,
    cohort: Cohort | None,
    learners: QuerySet[Learner] | None,
) -> tuple[Preview, tuple[Enrollment, ...]]:
    rows, previews = read_rows(text, today=learner_civil_date(at))
    faults = list(previews)
    wrong = {fault.line for fault in faults}
    numbers = [row.learner_number for row in rows]
    known = Learner.objects.all() if learners is None else learners
    people = {row.learner_number: row for row in known.filter(learner_number__in=numbers)}
    # All locks are taken in order of id before any write, so that two lists cannot wait for each other.
    locked = {row.pk: row for row in lock_learners(row.pk for row in people.values())}
    # All linked records are one person: who is in the version under another number is in it.
    inside = {
        locked[learner].canonical_id
        for learner in Enrollment.objects.open()
        .filter(version=version, learner__in=list(locked))
        .values_list("learner", flat=True)
    }
    fresh: list[EnrollmentRow] = []
    already: list[EnrollmentRow] = []
    made: list[Enrollment] = []
    for row in rows:
        if row.line in wrong:
            continue
        if row.learner_number not in people:
            faults.append(RowFault(row.line, NUMBER, "unknown_learner", row.learner_number))
        elif locked[people[row.learner_number].pk].canonical_id in inside:
            already.append(row)
        else:
            enrolled = _one(
                row,
                people[row.learner_number],
                version=version,
                on=on,
                by=by,
                at=at,
                organization=organization,
                cohort=cohort,
            )
            if isinstance(enrolled, RowFault):
                faults.append(enrolled)
            else:
                fresh.append(row)
                made.append(enrolled)
    ordered = tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return Preview(tuple(fresh), tuple(already), ordered), tuple(made)


def _one(
    row: EnrollmentRow,
    learner: Learner,
    *,
    version: ProgramVersion,
    on: date,
    by: User,
    at: datetime,
    organization: Organization | None,
    cohort: Cohort | None,
) -> Enrollment | RowFault:
    try:
        with transaction.atomic():
            return enroll(
                learner,
                version=version,
                on=row.starts_on or on,
                organization=organization,
                by=by,
                at=at,
                cohort=cohort,
            )
    except AlreadyEnrolledError:
        return RowFault(row.line, NUMBER, "in_another_version", row.learner_number)
    except OwnRecordError:
        return RowFault(row.line, NUMBER, "own_record", row.learner_number)
    except ClosedToEntryError:
        return RowFault(row.line, STARTS, "closed_to_entry", str(row.starts_on or on))
    except NotPublishedError:
        return RowFault(row.line, "", "not_published")
