"""Marks revisions and scales as used: from then on the database refuses to change them (invariant 7)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from competencies.models import CompetencyRevision, ProficiencyScale


@transaction.atomic
def mark_used(revisions: Iterable[CompetencyRevision], *, at: datetime) -> int:
    """Freeze `revisions` and the scales they name. Called by the action that first points at them, in its transaction.

    Returns how many were not frozen before; repeating it changes nothing.
    """
    wanted = [revision.pk for revision in revisions]
    rows = list(
        CompetencyRevision.objects.filter(pk__in=wanted, used_at__isnull=True)
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    CompetencyRevision.objects.filter(pk__in=rows).update(used_at=at)
    _freeze(
        CompetencyRevision.objects.filter(pk__in=wanted, scale__used_at__isnull=True).values_list("scale", flat=True),
        at,
    )
    return len(rows)


@transaction.atomic
def mark_scale_used(scale: ProficiencyScale, *, at: datetime) -> bool:
    """Freeze a scale and its levels. Returns whether it was free before."""
    return _freeze([scale.pk], at) > 0


def _freeze(scales: Iterable[int | None], at: datetime) -> int:
    rows = list(
        ProficiencyScale.objects.filter(pk__in={key for key in scales if key}, used_at__isnull=True)
        .select_for_update()
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return ProficiencyScale.objects.filter(pk__in=rows).update(used_at=at)
