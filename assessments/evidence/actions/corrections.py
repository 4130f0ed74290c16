"""Which rows correct a row of the ledger."""

from django.db.models import QuerySet

from assessments.models import Evidence


def later_than(evidence: Evidence) -> QuerySet[Evidence]:
    """Return the corrections of a row."""
    return Evidence.objects.filter(
        learner=evidence.learner_id, piece=evidence.piece, revision_number__gt=evidence.revision_number
    )
