"""The first publication of an achievement version, and of the pictures that signed documents name.

Both happen at the first need: the first badge, or the first reader of the address. From then on they are frozen.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from core.text.canonical import digest_of_bytes
from credentials.badges.formats.achievement import (
    achievement_definition,
    described_requirements,
    published,
)
from credentials.badges.formats.data_integrity import bytes_of
from credentials.badges.formats.lint import lint_definition
from credentials.badges.formats.pictures import achievement_picture, issuer_picture
from credentials.errors import LintError, NoIssuerError
from credentials.issuing.queries.definitions import definition_row, earlier_descriptions
from credentials.issuing.queries.issuers import facts_of_issuer, issuer_for, issuing_organization_of
from credentials.models import AchievementDefinition, Issuer, PublishedImage
from programs.awards.queries.achievement_facts import achievement_facts
from programs.models import AchievementVersion


def publish_definition(version: AchievementVersion, *, at: datetime) -> AchievementDefinition:
    """Return the definition of a published version, and write it down if this is the first time that it is needed.

    Raises NoIssuerError where nobody signs for the organization that awards, LintError where no badge could be signed.
    """
    return definition_row(version.pk) or _first_publication(version, at=at)


@transaction.atomic
def _first_publication(version: AchievementVersion, *, at: datetime) -> AchievementDefinition:
    # The organization of the version made it, whoever has the achievement today.
    issuer = issuer_for(version.organization) or issuer_for(issuing_organization_of(version.achievement))
    if issuer is None:
        raise NoIssuerError("no issuer signs for the organization that awards")
    facts, creator = achievement_facts(version), facts_of_issuer(issuer)
    url = f"{issuer.origin}/achievements/{facts.achievement}/v/{facts.number}"
    described = partial(achievement_definition, facts, creator=creator, url=url)
    # Earlier badges only add to a definition, so what is wrong without them stays wrong. Reading them all first would
    # repeat that work for each reader of an address that cannot be published.
    _refuse_faulty(described())
    definition = described(earlier=earlier_descriptions(version.pk))
    _refuse_faulty(definition)
    content = bytes_of(published(definition))
    row = AchievementDefinition(
        achievement_version=version,
        issuer=issuer,
        content=content,
        digest=digest_of_bytes(content),
        described=described_requirements(facts),
        published_at=at,
    )
    # Two may publish at once, with other words if the issuer was renamed meanwhile: the first one counts.
    AchievementDefinition.objects.bulk_create([row], ignore_conflicts=True)
    return AchievementDefinition.objects.get(achievement_version=version)


def _refuse_faulty(definition: Mapping[str, Any]) -> None:
    problems = lint_definition(definition)
    if problems:
        raise LintError("; ".join(map(str, problems))[:400])


def published_achievement_image(version: AchievementVersion, *, at: datetime) -> bytes:
    """The picture of a published version. Raises as `publish_definition`."""
    definition = publish_definition(version, at=at).document
    creator, achievement = definition["creator"]["name"], str(version.achievement.public_id)
    draw = partial(achievement_picture, title=definition["name"], issuer=creator, seed=achievement)
    return _published_image(definition["image"]["id"], draw, at=at)


def published_issuer_image(issuer: Issuer, *, at: datetime) -> bytes:
    """The picture of an issuer that has a key."""
    return _published_image(facts_of_issuer(issuer).image, partial(issuer_picture, seed=issuer.did), at=at)


@transaction.atomic
def _published_image(address: str, draw: Callable[[], bytes], *, at: datetime) -> bytes:
    kept = PublishedImage.objects.filter(address=address).values_list("content", flat=True)
    if not kept.exists():
        PublishedImage.objects.bulk_create(
            [PublishedImage(address=address, content=draw(), published_at=at)], ignore_conflicts=True
        )
    return bytes(kept.get())
