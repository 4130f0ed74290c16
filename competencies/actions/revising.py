"""Revising the statement, the criteria or the scale of a competency."""

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
    """Give a competency this meaning and return its current revision.

    The current revision is changed in place while nothing refers to it. Otherwise a new revision supersedes it.
    Raises NothingToReviseError, RetiredError.
    """
    # Two revisions at once would both get the next number: the second one waits here.
    locked = Competency.objects.select_for_update().get(pk=competency.pk)
    # Locked before the check: a scale that is being retired must not be selected any more.
    chosen = None if scale is None else ProficiencyScale.objects.select_for_update(no_key=True).get(pk=scale.pk)
    if locked.retired or (chosen is not None and chosen.retired_at is not None):
        raise RetiredError
    # The lock on the revision keeps an action from marking it as used between this check and the update.
    current = CompetencyRevision.objects.current().select_for_update().get(competency=locked)
    current_meaning = Meaning(current.statement, current.criteria, current.scale_id)
    target = Meaning(statement, criteria, scale.pk if scale else None)
    change = change_of(current_meaning, target, used=current.in_use)
    if change is Change.NONE:
        raise NothingToReviseError
    Framework.objects.filter(pk=locked.framework_id).update(content_version=F("content_version") + 1)
    if change is Change.UPDATE:
        return _update_in_place(current, target, reason)
    # Supersede before inserting: a unique constraint allows one current revision per competency.
    current.superseded_at = at
    current.save(update_fields=["superseded_at"])
    return CompetencyRevision.objects.create(
        competency=locked,
        number=current.number + 1,
        statement=target.statement,
        criteria=target.criteria,
        scale_id=target.scale_id,
        reason=reason,
        made_at=at,
    )


def _update_in_place(current: CompetencyRevision, target: Meaning, reason: str) -> CompetencyRevision:
    current.statement = target.statement
    current.criteria = target.criteria
    current.scale_id = target.scale_id
    current.reason = reason
    current.save(update_fields=["statement", "criteria", "scale", "reason"])
    return current
