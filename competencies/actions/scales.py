"""Makes and edits proficiency scales, as long as nothing rests on them."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from competencies.errors import Fault, FaultCode, LevelsRefusedError, PackageRefusedError, ScaleInUseError
from competencies.formats.package import Scale
from competencies.models import ProficiencyLevel, ProficiencyScale
from competencies.queries import scale_facts

FEWEST_LEVELS = 2


@transaction.atomic
def make_scale(
    title: str, *, description: str, levels: Sequence[tuple[str, str]], at: datetime, public_id: uuid.UUID | None = None
) -> ProficiencyScale:
    """A new scale; `levels` are titles and descriptions from the lowest up. Raises LevelsRefusedError."""
    _check(levels)
    scale = ProficiencyScale.objects.create(
        title=title, description=description, made_at=at, public_id=public_id or uuid.uuid4()
    )
    _write_levels(scale, levels)
    return scale


@transaction.atomic
def edit_scale(
    scale: ProficiencyScale, *, title: str, description: str, levels: Sequence[tuple[str, str]]
) -> ProficiencyScale:
    """Write the scale anew. Raises ScaleInUseError once anything rests on it, and LevelsRefusedError."""
    locked = ProficiencyScale.objects.select_for_update().get(pk=scale.pk)
    if locked.in_use:
        raise ScaleInUseError
    _check(levels)
    locked.title = title
    locked.description = description
    locked.save(update_fields=["title", "description"])
    ProficiencyLevel.objects.filter(scale=locked).delete()
    _write_levels(locked, levels)
    return locked


@transaction.atomic
def retire_scale(scale: ProficiencyScale, *, at: datetime) -> ProficiencyScale:
    """Offer the scale no longer; what was judged on it stays."""
    ProficiencyScale.objects.filter(pk=scale.pk, retired_at__isnull=True).update(retired_at=at)
    scale.refresh_from_db()
    return scale


def take_in_scales(scales: Iterable[Scale], *, at: datetime) -> tuple[dict[str, int], set[str], set[str]]:
    """Make or update a package's scales in the caller's transaction: keys by identifier, those new, those changed.

    Raises PackageRefusedError when a scale in use would change.
    """
    keys: dict[str, int] = {}
    made, changed = set(), set()
    for offered in scales:
        levels = [(level.title, level.description) for level in offered.levels]
        held = ProficiencyScale.objects.select_for_update().filter(public_id=offered.identifier).first()
        if held is None:
            held = make_scale(
                offered.title,
                description=offered.description,
                levels=levels,
                at=at,
                public_id=uuid.UUID(offered.identifier),
            )
            made.add(offered.identifier)
        elif scale_facts(held) != offered:
            if held.in_use:
                raise PackageRefusedError([Fault(FaultCode.SCALE_IN_USE, "", {"title": held.title})])
            edit_scale(held, title=offered.title, description=offered.description, levels=levels)
            changed.add(offered.identifier)
        keys[offered.identifier] = held.pk
    return keys, made, changed


def _check(levels: Sequence[tuple[str, str]]) -> None:
    titles = [title.strip().casefold() for title, _description in levels]
    if len(titles) < FEWEST_LEVELS or not all(titles) or len(set(titles)) < len(titles):
        raise LevelsRefusedError


def _write_levels(scale: ProficiencyScale, levels: Sequence[tuple[str, str]]) -> None:
    ProficiencyLevel.objects.bulk_create(
        ProficiencyLevel(scale=scale, rank=rank, title=title, description=description)
        for rank, (title, description) in enumerate(levels, start=1)
    )
