"""Decides whether mastery of a competency carries over to its replacement."""

from django.db import transaction
from django.db.models import F

from competencies.errors import NotAReplacementError
from competencies.models import Association, Equivalence, Framework, Kind


@transaction.atomic
def decide_equivalence(association: Association, *, equivalence: Equivalence) -> Association:
    """Record whether the new competency is equivalent, partly equivalent or not. Raises NotAReplacementError."""
    locked = Association.objects.select_for_update().get(pk=association.pk)
    if locked.kind != Kind.REPLACED_BY:
        raise NotAReplacementError
    locked.equivalence = equivalence
    locked.save(update_fields=["equivalence"])
    # The CASE package contains the equivalence, so that its ETag must change.
    Framework.objects.filter(pk=locked.framework_id).update(content_version=F("content_version") + 1)
    return locked
