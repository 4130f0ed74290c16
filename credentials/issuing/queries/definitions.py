"""Definitions of achievement versions as they were published, and what they are made from."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from core.database.compiled import compiled
from credentials.badges.formats.achievement import embedded
from credentials.badges.rules import Definition
from credentials.models import AchievementDefinition, Credential


def definition_row(achievement_version: int) -> AchievementDefinition | None:
    """The published definition of an achievement version (primary key); None before its first publication."""
    return next(iter(_definitions(achievement_version)), None)


# Compiled once per process: preparing and signing ask for every credential.
@compiled
def _definitions(achievement_version: int) -> QuerySet[AchievementDefinition]:
    return AchievementDefinition.objects.filter(achievement_version=achievement_version)


def definition_of(row: AchievementDefinition) -> Definition:
    """A published definition as badges repeat it."""
    return Definition(achievement=embedded(row.document), described=row.described)


def repeats_its_definition(credential: Credential) -> bool:
    """Whether a prepared credential embeds the published definition of its achievement version."""
    row = definition_row(credential.award.achievement_version_id)
    prepared = credential.prepared or {}
    return row is not None and prepared["credentialSubject"]["achievement"] == embedded(row.document)


def earlier_descriptions(achievement_version: int) -> Iterator[dict[str, Any]]:
    """The result descriptions in badges of a version that were signed before it had a definition, each once."""
    seen = set()
    rows = Credential.objects.published().filter(award__achievement_version=achievement_version)
    contents = rows.exclude(content=None).order_by("pk").values_list("content", flat=True)
    for content in contents.iterator(chunk_size=200):
        achievement = json.loads(bytes(content or b""))["credentialSubject"]["achievement"]
        for description in achievement.get("resultDescription", []):
            key = json.dumps(description, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield description
