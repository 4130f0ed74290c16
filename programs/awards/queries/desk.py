"""Rows for the desk pages of awards and of reviews."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import Learner
from accounts.queries.learner_search import rows_of_learners_matching
from assessments.models import Evidence
from competencies.models import Competency
from programs.models import (
    Attribution,
    Award,
    AwardConcern,
    ConcernKind,
    Enrollment,
    MilestoneReached,
    Recognition,
    RequirementException,
)
from programs.rules.attainments import AttainmentKind

CAUSES: Mapping[str, tuple[QuerySet[Any], ...]] = {
    ConcernKind.LOWER_ENDED: (Award.objects.select_related("achievement_version"),),
    ConcernKind.TWO_STANDING: (Award.objects.select_related("achievement_version"),),
    ConcernKind.EVIDENCE_VOIDED: (Evidence.objects.select_related("competency"),),
    ConcernKind.EVIDENCE_CORRECTED: (Competency.objects.all(),),
    ConcernKind.NEW_METHOD: (Enrollment.objects.select_related("version__program"),),
    ConcernKind.OTHERS_GROUNDS: (Learner.objects.all(),),
    ConcernKind.DECISION_WITHDRAWN: (
        Recognition.objects.all(),
        MilestoneReached.objects.select_related("milestone"),
        RequirementException.objects.all(),
    ),
    ConcernKind.EXCEPTION_ENDED: (RequirementException.objects.all(),),
}
"""Where the cause that `AwardConcern.subject_id` names is found, by kind of review."""


def awards_of_programs(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the awards of programs, without their decision records."""
    # A decision record can have hundreds of kilobytes, and no list shows it.
    return rows.filter(program_version__isnull=False).defer("decision")


def cause_of(review: AwardConcern) -> str:
    """Return what the cause of a review is called: an award, a competency, a decision, an enrollment, a number."""
    named = (rows.filter(public_id=review.subject_id).first() for rows in CAUSES[review.kind])
    cause = next((row for row in named if row is not None), None)
    # Evidence has no name of its own: what it is about has.
    return str(cause.competency if isinstance(cause, Evidence) else cause or "")


def about_learners_matching(rows: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """Return the rows about learners whose name, number or identifier matches; all rows for an empty term."""
    return rows_of_learners_matching(rows, search_term)


def attributions_without_facts(award: Award) -> QuerySet[Attribution]:
    """Return the attributions that `facts_of` leaves out: milestones, quantities, and transfer of credits alone."""
    rows = Attribution.objects.filter(award=award)
    of_competencies = Recognition.objects.filter(competency__isnull=False).values("public_id")
    return (
        rows.exclude(kind__in=[AttainmentKind.MASTERY, AttainmentKind.AWARD])
        .exclude(kind=AttainmentKind.RECOGNITION, subject_id__in=of_competencies)
        .order_by("position")
    )
