"""Rows for the desk pages of awards and of reviews."""

from typing import Any

from django.db.models import QuerySet

from accounts.queries import learner_ids_matching
from programs.models import Attribution, Award, Program, Recognition
from programs.rules.attainments import AttainmentKind


def awards_in(rows: QuerySet[Any], programs: QuerySet[Program]) -> QuerySet[Any]:
    """Return the awards of these programs, without their decision records."""
    # A decision record can have hundreds of kilobytes, and no list shows it.
    return rows.filter(program_version__program__in=programs).defer("decision")


def reviews_in(rows: QuerySet[Any], programs: QuerySet[Program]) -> QuerySet[Any]:
    """Return the awards to review of these programs."""
    return rows.filter(award__program_version__program__in=programs)


def moves_in(rows: QuerySet[Any], programs: QuerySet[Program]) -> QuerySet[Any]:
    """Return the moves of enrollments in these programs to another method of audit."""
    return rows.filter(enrollment__program__in=programs)


def about_learners_matching(rows: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """Return the rows about learners whose name, number or identifier matches; all rows for an empty term."""
    return rows.filter(learner__in=learner_ids_matching(search_term)) if search_term else rows


def attributions_without_facts(award: Award) -> QuerySet[Attribution]:
    """Return the attributions that `facts_of` leaves out: milestones, quantities, and transfer of credits alone."""
    rows = Attribution.objects.filter(award=award)
    of_competencies = Recognition.objects.filter(competency__isnull=False).values("public_id")
    return (
        rows.exclude(kind__in=[AttainmentKind.MASTERY, AttainmentKind.AWARD])
        .exclude(kind=AttainmentKind.RECOGNITION, subject_id__in=of_competencies)
        .order_by("position")
    )
