"""Cohorts: people who begin a program version together."""

from datetime import date

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.locking import database_now
from accounts.models import User
from core.jobs import enqueue
from programs import jobs
from programs.audit.queries.enrollment_facts import has_conditions
from programs.audit.queries.trees import tree_of
from programs.errors import CohortTitleTakenError, EndsBeforeItStartsError
from programs.models import Cohort, ProgramVersion, Progress

REFUSALS = {
    "cohort_title_once_per_version": CohortTitleTakenError,
    "cohort_ends_after_it_starts": EndsBeforeItStartsError,
}


@transaction.atomic
def save_cohort(
    cohort: Cohort | None,
    *,
    version: ProgramVersion,
    title: str,
    starts_on: date,
    ends_on: date | None,
    by: User | None,
    reason: str = "",
) -> Cohort:
    """Make a cohort, or set title and days of one; its version never changes.

    Where conditions of a program may ask for title or first day, the enrollments are audited again by a job. Raises
    CohortTitleTakenError, EndsBeforeItStartsError.
    """
    # Who is being enrolled in the cohort audits by its old title and day, and holds this lock (`enroll`). After the
    # wait they are among those who are audited again.
    saved = (
        Cohort(version=version) if cohort is None else Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    )
    changed = cohort is not None and (saved.title, saved.starts_on) != (title.strip(), starts_on)
    saved.title, saved.starts_on, saved.ends_on = title.strip(), starts_on, ends_on
    with change_context(reason, by), constraint_errors(REFUSALS):
        saved.save()
    if changed:
        _audit_again(saved)
    return saved


def _audit_again(cohort: Cohort) -> None:
    rows = Progress.objects.filter(enrollment__cohort=cohort, enrollment__ended_on=None)
    asking = [
        row
        for row in rows.select_related("enrollment__version").order_by("learner", "pk")
        if has_conditions(tree_of(row.enrollment.version))
    ]
    # Stale first: no page shows the old figures while the jobs run.
    Progress.objects.filter(pk__in=[row.pk for row in asking], stale_since=None).update(stale_since=database_now())
    for row in asking:
        enqueue(jobs.SETTLE_PROGRESS, row.enrollment_id, unique=True)
