"""What programs award: the terms of a version, and the achievement version of its awards."""

from typing import Any

from django.db.models import QuerySet

from core.database.compiled import compiled
from programs.audit.queries.trees import stacking, tree_of
from programs.models import AchievementType, AchievementVersion, Granting, ProgramVersion

STACKED_ONCE = 1


def terms_of(version: ProgramVersion) -> dict[str, Any]:
    """Return the members of actions.achievements.Terms: as chosen on the draft, else as before, else by shape.

    By shape, a program without stacked programs is a micro-credential, granted by rule. One level of stacked programs
    makes a certificate, more make a diploma; a registrar grants these.
    """
    chosen = AchievementVersion.objects.filter(program_version=version).first()
    before = (
        AchievementVersion.objects.frozen().filter(achievement__program=version.program_id).order_by("-number").first()
    )
    row = chosen or before
    if row is not None:
        return {
            "achievement_type": AchievementType(row.achievement_type),
            "granting": Granting(row.granting),
            "title": row.title if chosen else version.program.title,
            "description": row.description,
            "criteria": row.criteria if chosen else "",  # those of the version before speak of its own tree
            "language": row.language,
            "credits": row.credits,
            "valid_for_months": row.valid_for_months,
        }
    depth = stacking(tree_of(version))
    if depth > STACKED_ONCE:
        kind = AchievementType.DIPLOMA
    else:
        kind = AchievementType.CERTIFICATE if depth else AchievementType.MICRO_CREDENTIAL
    languages = version.program.organization.languages
    return {
        "achievement_type": kind,
        "granting": Granting.REGISTRAR if depth else Granting.AUTOMATIC,
        "title": version.program.title,
        "language": languages[0] if languages else "en",
    }


def achievement_of(version: ProgramVersion) -> AchievementVersion | None:
    """Return the achievement version of a program version's awards; None for a draft, or where it awards nothing."""
    for row in _frozen(version.pk):
        return row
    return None


@compiled
def _frozen(version: int) -> QuerySet[AchievementVersion]:
    return (
        AchievementVersion.objects.frozen()
        .select_related("achievement__organization", "program_version__program__organization")
        .defer("program_version__content")
        .filter(program_version=version)
        .order_by("pk")[:1]
    )
