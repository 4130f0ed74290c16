"""Says what a replacement means for those who mastered the old competency."""

from django.db import transaction
from django.db.models import F

from competencies.errors import NotAReplacementError
from competencies.models import Association, Equivalence, Framework, Kind


@transaction.atomic
def judge_replacement(association: Association, *, equivalence: Equivalence) -> Association:
    """Write down whether the new competency is equivalent, partly or not. Raises NotAReplacementError."""
    locked = Association.objects.select_for_update().get(pk=association.pk)
    if locked.kind != Kind.REPLACED_BY:
        raise NotAReplacementError
    locked.equivalence = equivalence
    locked.save(update_fields=["equivalence"])
    Framework.objects.filter(pk=locked.framework_id).update(content_version=F("content_version") + 1)
    return locked
