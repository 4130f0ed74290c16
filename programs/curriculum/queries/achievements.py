"""What programs award: the terms of a version, the achievement version of its awards, and the criteria as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext

from core.database.compiled import compiled
from programs.audit.queries.trees import stacking, tree_of
from programs.audit.rules import requirements as rules
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


def criteria_of(tree: rules.Requirement, content: Mapping[str, Any], language: str) -> str:
    """Return the requirements of a published tree as a Markdown list in a language."""
    with translation.override(language):
        # The whole is what the award is called: where all of it is asked for, its parts say what that is.
        parts = tree.children if tree.kind is rules.Kind.ALL else (tree,)
        return "\n".join(line for part in parts for line in _listed(part, content, 0))


def _listed(node: rules.Requirement, content: Mapping[str, Any], depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}* {_requirement_line(node, content)}"
    if node.kind is not rules.Kind.PROGRAM:  # a stacked program says itself what it asks for
        for child in node.children:
            yield from _listed(child, content, depth + 1)


def _requirement_line(node: rules.Requirement, content: Mapping[str, Any]) -> str:
    title = " ".join(node.title.split())
    if node.kind is rules.Kind.COMPETENCY:
        competency = content.get("competencies", {}).get(node.names[0], {})
        return " ".join(str(competency.get("statement") or title).split())
    if node.kind is rules.Kind.CHOOSE:
        return gettext("%(title)s: %(n)d of these") % {"title": title, "n": node.n}
    if node.kind is rules.Kind.PROGRAM:
        return gettext("The award of %(title)s") % {"title": title}
    return title
