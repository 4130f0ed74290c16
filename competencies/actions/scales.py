"""Creating, editing, retiring and importing proficiency scales."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from competencies.errors import FaultCode, LevelsRefusedError, PackageFault, PackageRefusedError, ScaleInUseError
from competencies.formats.package import Scale
from competencies.models import ProficiencyLevel, ProficiencyScale
from competencies.queries import scale_facts

MIN_LEVELS = 2


@transaction.atomic
def create_scale(
    title: str, *, description: str, levels: Sequence[tuple[str, str]], at: datetime, public_id: uuid.UUID | None = None
) -> ProficiencyScale:
    """Create a scale; `levels` are titles and descriptions from the lowest up. Raises LevelsRefusedError."""
    _check_levels(levels)
    scale = ProficiencyScale.objects.create(
        title=title, description=description, made_at=at, public_id=public_id or uuid.uuid4()
    )
    _write_levels(scale, levels)
    return scale


@transaction.atomic
def edit_scale(
    scale: ProficiencyScale, *, title: str, description: str, levels: Sequence[tuple[str, str]]
) -> ProficiencyScale:
    """Replace title, description and levels of a scale. Raises ScaleInUseError, LevelsRefusedError."""
    # The lock keeps an action from marking the scale as used between the check and the update.
    locked = ProficiencyScale.objects.select_for_update().get(pk=scale.pk)
    if locked.in_use:
        raise ScaleInUseError
    _check_levels(levels)
    locked.title = title
    locked.description = description
    locked.save(update_fields=["title", "description"])
    # Levels of an unused scale are referred to by nothing, so they can be deleted and written again.
    ProficiencyLevel.objects.filter(scale=locked).delete()
    _write_levels(locked, levels)
    return locked


@transaction.atomic
def retire_scale(scale: ProficiencyScale, *, at: datetime) -> ProficiencyScale:
    """Retire a scale: it can no longer be selected. Decisions on it stay valid."""
    ProficiencyScale.objects.filter(pk=scale.pk, retired_at__isnull=True).update(retired_at=at)
    scale.refresh_from_db()
    return scale


def import_scales(scales: Iterable[Scale], *, at: datetime) -> tuple[dict[str, int], set[str], set[str]]:
    """Create or update the scales of a package in the caller's transaction.

    Returns the primary keys by identifier, the identifiers of new scales, and the identifiers of changed scales.
    Raises PackageRefusedError if a scale in use would change.
    """
    keys: dict[str, int] = {}
    created, changed = set(), set()
    for source in scales:
        levels = [(level.title, level.description) for level in source.levels]
        scale = ProficiencyScale.objects.select_for_update().filter(public_id=source.identifier).first()
        if scale is None:
            scale = create_scale(
                source.title,
                description=source.description,
                levels=levels,
                at=at,
                public_id=uuid.UUID(source.identifier),
            )
            created.add(source.identifier)
        elif scale_facts(scale) != source:
            if scale.in_use:
                raise PackageRefusedError([PackageFault(FaultCode.SCALE_IN_USE, "", {"title": scale.title})])
            edit_scale(scale, title=source.title, description=source.description, levels=levels)
            changed.add(source.identifier)
        keys[source.identifier] = scale.pk
    return keys, created, changed


def _check_levels(levels: Sequence[tuple[str, str]]) -> None:
    """Raise LevelsRefusedError unless there are at least two levels with different titles."""
    titles = [title.strip().casefold() for title, _description in levels]
    if len(titles) < MIN_LEVELS or not all(titles) or len(set(titles)) < len(titles):
        raise LevelsRefusedError


def _write_levels(scale: ProficiencyScale, levels: Sequence[tuple[str, str]]) -> None:
    ProficiencyLevel.objects.bulk_create(
        ProficiencyLevel(scale=scale, rank=rank, title=title, description=description)
        for rank, (title, description) in enumerate(levels, start=1)
    )
