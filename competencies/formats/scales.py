"""Proficiency scales in the extensions of a package: CASE has skill levels as items, but no ranked scale."""

import re
from collections.abc import Mapping

from competencies.errors import FaultCode
from competencies.formats.dialect import Member, Shape
from competencies.formats.members import FaultLog, integer_of, is_empty, pointer_step, text_of
from competencies.formats.package import Json, Scale, ScaleLevel

# The title has the length of its database column.
_TITLE = Member(Shape.TEXT, longest=200)
_TEXT = Member(Shape.TEXT)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MIN_LEVELS = 2
MAX_LEVELS = 30


def scales_of(raw: Json, where: str, faults: FaultLog) -> tuple[Scale, ...]:
    """The scales in the list `raw`; faults are added to `faults`."""
    if is_empty(raw):
        return ()
    if not isinstance(raw, list):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="list", found="something else")
        return ()
    scales = [_scale_of(row, where + pointer_step(index), faults) for index, row in enumerate(raw)]
    scales_read = tuple(scale for scale in scales if scale is not None)
    if len({scale.identifier for scale in scales_read}) < len(scales_read):
        faults.add(FaultCode.IDENTIFIER_TWICE, where, identifier="proficiencyScales", first=where)
    return scales_read


def scales_written(scales: tuple[Scale, ...]) -> Json:
    """The scales as JSON, as `scales_of` reads them."""
    return [
        {
            "identifier": scale.identifier,
            "title": scale.title,
            **({"description": scale.description} if scale.description else {}),
            "levels": [
                {
                    "rank": level.rank,
                    "title": level.title,
                    **({"description": level.description} if level.description else {}),
                }
                for level in scale.levels
            ],
        }
        for scale in scales
    ]


def _scale_of(raw: Json, where: str, faults: FaultLog) -> Scale | None:
    if not isinstance(raw, Mapping):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="object", found="something else")
        return None
    identifier = text_of(raw.get("identifier"), _TITLE, where + "/identifier", faults)
    title = text_of(raw.get("title"), _TITLE, where + "/title", faults)
    levels = raw.get("levels")
    rows = levels if isinstance(levels, list) else []
    levels_read = [_level_of(row, where + "/levels" + pointer_step(index), faults) for index, row in enumerate(rows)]
    valid_levels = tuple(sorted((level for level in levels_read if level is not None), key=lambda level: level.rank))
    if not _UUID.fullmatch(identifier) or not title:
        faults.add(FaultCode.MISSING, where, member="title" if identifier else "identifier")
    ranks = [level.rank for level in valid_levels]
    if not MIN_LEVELS <= len(ranks) <= MAX_LEVELS or ranks != list(range(1, len(ranks) + 1)):
        faults.add(FaultCode.MISSING, where, member="levels")
    description = text_of(raw.get("description"), _TEXT, where + "/description", faults)
    return Scale(identifier=identifier, title=title, description=description, levels=valid_levels)


def _level_of(raw: Json, where: str, faults: FaultLog) -> ScaleLevel | None:
    if not isinstance(raw, Mapping):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="object", found="something else")
        return None
    rank = integer_of(raw.get("rank"), where + "/rank", faults)
    title = text_of(raw.get("title"), _TITLE, where + "/title", faults)
    if rank is None or not title:
        faults.add(FaultCode.MISSING, where, member="title" if rank else "rank")
        return None
    return ScaleLevel(rank=rank, title=title, description=text_of(raw.get("description"), _TEXT, where, faults))
