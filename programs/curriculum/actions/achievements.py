"""Actions on what a program version awards: chosen on its draft, frozen when it is published."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accounts.actions.history import change_context
from accounts.models import Organization, User
from core.text.canonical import Json, digest
from programs.audit.queries.awarding import awarding_of
from programs.audit.queries.trees import tree_of
from programs.curriculum.actions.drafts import locked_draft
from programs.curriculum.queries.achievements import terms_of
from programs.curriculum.queries.criteria import criteria_of
from programs.errors import AchievementExistsError, NotPublishedError
from programs.models import Achievement, AchievementType, AchievementVersion, Granting, ProgramVersion, VersionState

FORMAT = "cairn-achievement@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of an award. Empty `criteria` are written from the tree when the version is published."""

    achievement_type: AchievementType
    granting: Granting
    title: str
    description: str = ""
    criteria: str = ""
    language: str = "en"
    credits: Decimal | None = None
    valid_for_months: int | None = None


@transaction.atomic
def set_achievement(version: ProgramVersion, *, terms: Terms, by: User | None, at: datetime) -> AchievementVersion:
    """Set what a draft will award. Raises NotADraftError."""
    draft = locked_draft(version)
    with change_context("", by):
        return _written(draft, terms, at)


@transaction.atomic
def publish_achievement(version: ProgramVersion, *, at: datetime) -> AchievementVersion:
    """Freeze what a version in force awards: as chosen on its draft, else as before, else by the shape of its tree.

    Publishing a version calls this. A version that was published before this rule existed gets its award here. Raises
    NotPublishedError, AchievementExistsError.
    """
    locked = ProgramVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if locked.state == VersionState.DRAFT:
        raise NotPublishedError
    chosen = AchievementVersion.objects.filter(program_version=locked).first()
    if chosen is not None and chosen.state != VersionState.DRAFT:
        raise AchievementExistsError
    row = chosen or _written(locked, _terms(locked), at)
    _freeze(row, locked, at)
    return row


def retire_achievement(version: ProgramVersion, *, at: datetime) -> None:
    """Retire the achievement version of a retired program version."""
    for row in AchievementVersion.objects.published().filter(program_version=version):
        row.state, row.retired_at = VersionState.RETIRED, at
        row.save(update_fields=["state", "retired_at"])


def _terms(version: ProgramVersion) -> Terms:
    return Terms(**terms_of(version))


def _written(version: ProgramVersion, terms: Terms, at: datetime) -> AchievementVersion:
    achievement = Achievement.objects.filter(program=version.program_id).first() or Achievement(
        program=version.program, made_at=at
    )
    organization = awarding_of(version)
    # A draft touches nothing in force: once a version is frozen, only publishing the next one renames the achievement.
    if not AchievementVersion.objects.frozen().filter(achievement__program=version.program_id).exists():
        _rename(achievement, terms.title.strip(), terms.achievement_type, organization)
    row = AchievementVersion.objects.filter(program_version=version).first() or AchievementVersion(
        achievement=achievement, program_version=version, number=_next_number(achievement), made_at=at
    )
    row.achievement_type, row.organization = terms.achievement_type, organization
    row.title, row.description, row.criteria = terms.title.strip(), terms.description.strip(), terms.criteria.strip()
    row.language, row.granting = terms.language, terms.granting
    row.credits, row.credit_unit, row.valid_for_months = terms.credits, version.credit_unit, terms.valid_for_months
    row.save()
    return row


def _freeze(row: AchievementVersion, version: ProgramVersion, at: datetime) -> None:
    row.organization = awarding_of(version)
    _rename(row.achievement, row.title, AchievementType(row.achievement_type), row.organization)
    row.criteria = row.criteria or criteria_of(tree_of(version), version.content or {}, row.language)
    row.credit_unit = version.credit_unit
    row.content = _content(row, version)
    row.digest = digest(row.content)
    row.state, row.published_at = VersionState.PUBLISHED, at
    row.save(update_fields=["organization", "criteria", "credit_unit", "content", "digest", "state", "published_at"])


def _rename(
    achievement: Achievement, title: str, achievement_type: AchievementType, organization: Organization
) -> None:
    achievement.title, achievement.achievement_type, achievement.organization = title, achievement_type, organization
    achievement.save()


def _content(row: AchievementVersion, version: ProgramVersion) -> dict[str, Json]:
    """Return the whole version as JSON. Decisions and documents read only this, so later changes cannot reach them."""
    return {
        "format": FORMAT,
        "achievement": {
            "id": str(row.achievement.public_id),
            "type": row.achievement_type,
            "organization": str(row.organization.public_id),
        },
        "version": {"id": str(row.public_id), "number": row.number},
        "of": {"kind": "program_version", "id": str(version.public_id), "digest": version.digest},
        "title": row.title,
        "description": row.description,
        "criteria": row.criteria,
        "language": row.language,
        "granting": row.granting,
        "credits": None if row.credits is None else format(row.credits, ".2f"),
        "credit_unit": row.credit_unit,
        "valid_for_months": row.valid_for_months,
    }


def _next_number(achievement: Achievement) -> int:
    last = achievement.versions.aggregate(last=Max("number"))["last"] if achievement.pk else None
    return (last or 0) + 1
