"""Cohorts: people who begin a program version together."""

from datetime import date

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.models import User
from programs.errors import CohortTitleTakenError, EndsBeforeItStartsError
from programs.models import Cohort, ProgramVersion

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

    Raises CohortTitleTakenError, EndsBeforeItStartsError.
    """
    saved = cohort or Cohort(version=version)
    saved.title, saved.starts_on, saved.ends_on = title.strip(), starts_on, ends_on
    with change_context(reason, by), constraint_errors(REFUSALS):
        saved.save()
    return saved
