"""Whether awards rest on pieces of evidence: assessments ask before a judgement is corrected without a reason."""

from collections.abc import Collection
from uuid import UUID

from assessments.models import Evidence
from programs.models import Award, AwardState

# A lapsed award was signed and may be shown still; a rescinded one has ended with all its documents.
RESTING = (AwardState.GRANTED, AwardState.LAPSED)


def award_rests_on(records: Collection[int], pieces: Collection[UUID]) -> bool:
    """Return whether the decision record of an award of these records names a row of one of the pieces."""
    rows = Evidence.objects.filter(learner__in=records, piece__in=pieces).values_list("public_id", flat=True)
    names = {str(name) for name in rows}
    decisions = Award.objects.filter(learner__in=records, state__in=RESTING).values_list("decision", flat=True)
    return any(entry["id"] in names for decision in decisions for entry in (decision or {}).get("evidence", ()))
