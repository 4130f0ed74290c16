"""Rows for the desk pages of awards and of reviews."""

from typing import Any

from django.db.models import QuerySet

from accounts.queries import learner_ids_matching
from programs.models import Attribution, Award
from programs.rules.attainments import AttainmentKind


def awards_of_programs(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the awards of programs, without their decision records."""
    # A decision record can have hundreds of kilobytes, and no list shows it.
    return rows.filter(program_version__isnull=False).defer("decision")


def about_learners_matching(rows: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """Return the rows about learners whose name, number or identifier matches; all rows for an empty term."""
    return rows.filter(learner__in=learner_ids_matching(search_term)) if search_term else rows


def attributions_without_facts(award: Award) -> QuerySet[Attribution]:
    """Return the attributions that `facts_of` leaves out: milestones, quantities and recognitions, in order."""
    rows = Attribution.objects.filter(award=award)
    return rows.exclude(kind__in=[AttainmentKind.MASTERY, AttainmentKind.AWARD]).order_by("position")
