"""Let evidence count no longer. The row stays, and a second row says so."""

from datetime import datetime

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.models import User
from assessments.errors import AlreadyVoidedError, NotTheNewestError
from assessments.evidence.actions.corrections import later_than
from assessments.mastery.actions.recomputing import recompute
from assessments.mastery.announcements import MasteryChange
from assessments.models import Evidence, EvidenceVoid, VoidReason


@transaction.atomic
def void_evidence(
    evidence: Evidence, *, reason: VoidReason, by: User, at: datetime | None = None
) -> tuple[MasteryChange, ...]:
    """Let a row count no longer, from this instant on. Earlier decisions are still explained by it.

    Voiding a correction does not restore the row that it corrected. Raises AlreadyVoidedError, and NotTheNewestError
    for a row that was corrected since, and OwnRecordError.
    """
    person = locked_learner(evidence.learner, at=at)
    person.require_another(by)
    if EvidenceVoid.objects.filter(evidence=evidence).exists():
        raise AlreadyVoidedError
    if later_than(evidence).exists():
        raise NotTheNewestError
    # A replayed instant may be older than the row; the row was never known as voided before it was recorded.
    voided_at = max(person.at, evidence.recorded_at)
    EvidenceVoid.objects.create(
        evidence=evidence, learner=person.record, reason=reason, voided_at=voided_at, voided_by=by
    )
    return recompute(person, touched={evidence.competency_id}, voided=(evidence.pk,))
