"""Record what a reviewer found where the rule of a parent competency recommends it."""

import uuid
from datetime import date, datetime

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.models import User
from assessments.errors import NotRecommendedError
from assessments.evidence.actions.items import EvidenceItem, RecordedEvidence, SourceReference
from assessments.evidence.actions.recording import record_evidence
from assessments.models import AssessmentKind, Mastery, SourceKind
from competencies.models import ProficiencyLevel


@transaction.atomic
def review_recommendation(
    row: Mastery, *, level: ProficiencyLevel, performed_on: date, by: User, at: datetime | None = None
) -> RecordedEvidence:
    """Record the level that a reviewer found where the rule of a parent recommends it.

    Raises OwnRecordError, NotRecommendedError.
    """
    locked_learner(row.learner, at=at).require_another(by)
    # Asked after the lock: another reviewer may have decided since the page was shown.
    if not Mastery.objects.recommended().filter(pk=row.pk).exists():
        raise NotRecommendedError
    item = EvidenceItem(
        competency=row.competency,
        performed_on=performed_on,
        kind=AssessmentKind.OBSERVATION,
        source=SourceReference(SourceKind.RECORD, f"review {uuid.uuid4()}"),
        level=level,
    )
    return record_evidence(row.learner, items=[item], by=by, at=at)
