"""Changes what a competency means."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from competencies.errors import NothingToReviseError, RetiredError
from competencies.models import Competency, CompetencyRevision, Framework, ProficiencyScale
from competencies.rules.meaning import Change, Meaning, change_of


@transaction.atomic
def revise_competency(
    competency: Competency,
    *,
    statement: str,
    criteria: str,
    scale: ProficiencyScale | None,
    reason: str,
    at: datetime,
) -> CompetencyRevision:
    """The current revision with this meaning: the same row while nothing points at it, else a new one that follows it.

    Raises NothingToReviseError and RetiredError.
    """
    locked = Competency.objects.select_for_update().get(pk=competency.pk)
    if locked.retired or (scale is not None and scale.retired_at is not None):
        raise RetiredError
    current = CompetencyRevision.objects.current().select_for_update().get(competency=locked)
    held = Meaning(current.statement, current.criteria, current.scale_id)
    wanted = Meaning(statement, criteria, scale.pk if scale else None)
    change = change_of(held, wanted, used=current.in_use)
    if change is Change.NONE:
        raise NothingToReviseError
    Framework.objects.filter(pk=locked.framework_id).update(content_version=F("content_version") + 1)
    if change is Change.UPDATE:
        return _update(current, wanted, reason)
    current.superseded_at = at
    current.save(update_fields=["superseded_at"])
    return CompetencyRevision.objects.create(
        competency=locked,
        number=current.number + 1,
        statement=wanted.statement,
        criteria=wanted.criteria,
        scale_id=wanted.scale_id,
        reason=reason,
        made_at=at,
    )


def _update(current: CompetencyRevision, wanted: Meaning, reason: str) -> CompetencyRevision:
    current.statement = wanted.statement
    current.criteria = wanted.criteria
    current.scale_id = wanted.scale_id
    current.reason = reason
    current.save(update_fields=["statement", "criteria", "scale", "reason"])
    return current
