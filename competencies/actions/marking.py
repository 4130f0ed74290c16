"""Marks revisions and scales as used. From then on a trigger refuses to change them (invariant 7)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from competencies.models import CompetencyRevision, ProficiencyScale


@transaction.atomic
def mark_used(revisions: Iterable[CompetencyRevision], *, at: datetime) -> int:
    """Mark `revisions` and their scales as used; return how many revisions were unused before.

    An action calls this in its own transaction when it first refers to the revisions. Repeating the call has no effect.
    """
    revision_ids = [revision.pk for revision in revisions]
    # In key order, so that two actions that mark the same revisions cannot deadlock.
    locked_ids = list(
        CompetencyRevision.objects.filter(pk__in=revision_ids, used_at__isnull=True)
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    CompetencyRevision.objects.filter(pk__in=locked_ids).update(used_at=at)
    _mark_scales_used(
        CompetencyRevision.objects.filter(pk__in=revision_ids, scale__used_at__isnull=True).values_list(
            "scale", flat=True
        ),
        at,
    )
    return len(locked_ids)


@transaction.atomic
def mark_scale_used(scale: ProficiencyScale, *, at: datetime) -> bool:
    """Mark a scale and its levels as used; return whether the scale was unused before."""
    return _mark_scales_used([scale.pk], at) > 0


def _mark_scales_used(scale_ids: Iterable[int | None], at: datetime) -> int:
    locked_ids = list(
        ProficiencyScale.objects.filter(pk__in={key for key in scale_ids if key}, used_at__isnull=True)
        .select_for_update()
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return ProficiencyScale.objects.filter(pk__in=locked_ids).update(used_at=at)
