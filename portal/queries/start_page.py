"""How much waits on the desk, and since when: one aggregate for each card of the start page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from accounts.permissions import approvals_waiting_for
from competencies.models import CaseImport, ImportState
from competencies.queries import imports_waiting
from core.jobs.models import Job
from credentials.issuing.queries.credentials import awards_without_credential
from credentials.models import StatusList
from credentials.permissions import reads_credentials
from programs.enrollment.queries import enrolled_twice
from programs.models import Award, AwardConcern, Enrollment
from programs.permissions import grants_awards, reads_enrollments


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows wait, and the time of the one that has waited longest; None when nothing waits."""

    count: int
    oldest: datetime | None


def failed_jobs() -> Waiting:
    """Background jobs that failed for good, which nobody has retried or dismissed."""
    return _waiting(Job.objects.dead(), since="finished_at")


def refused_imports(*, after: datetime) -> Waiting:
    """Framework files uploaded after `after` that were refused."""
    return _waiting(CaseImport.objects.filter(state=ImportState.REFUSED, asked_at__gt=after), since="asked_at")


def imports_to_decide() -> Waiting:
    """Checked framework files on which nobody has decided yet."""
    return _waiting(imports_waiting(), since="asked_at")


def approvals_to_decide(user: User) -> Waiting:
    """Open approvals that `user` can decide."""
    return _waiting(approvals_waiting_for(user), since="asked_at")


def awards_to_review(user: User) -> Waiting:
    """Open concerns about awards that `user` can settle."""
    return _waiting(grants_awards.among(user, AwardConcern.objects.open()), since="raised_at")


def double_enrollments(user: User) -> Waiting:
    """Open enrollments of one person in one program, twice under linked records, that `user` sees."""
    return _waiting(enrolled_twice(reads_enrollments.among(user, Enrollment.objects.all())), since="enrolled_at")


def awards_to_grant(user: User) -> Waiting:
    """Proposed awards that `user` can grant: their requirements are met."""
    unmet = Award.objects.proposed().unmet()
    return _waiting(grants_awards.among(user, Award.objects.proposed().exclude(pk__in=unmet)), since="proposed_at")


def proposals_no_longer_met(user: User) -> Waiting:
    """Proposed awards that `user` can decline: their requirements were met, and are not any more."""
    return _waiting(grants_awards.among(user, Award.objects.proposed().unmet()), since="proposed_at")


def unsigned_awards(user: User, *, decided_before: datetime) -> Waiting:
    """Awards that `user` sees, decided before that time, for which no credential has been signed."""
    rows = awards_without_credential().filter(decided_at__lt=decided_before)
    return _waiting(reads_credentials.among(user, rows), since="decided_at")


def expiring_status_lists(*, until: datetime) -> Waiting:
    """Status lists that were never signed, or that are no longer valid at `until`."""
    lists = StatusList.objects.filter(Q(valid_until=None) | Q(valid_until__lt=until))
    return _waiting(lists, since="signed_at")


def _waiting(rows: QuerySet[Any], *, since: str) -> Waiting:
    row = rows.aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(row["count"], row["oldest"])
