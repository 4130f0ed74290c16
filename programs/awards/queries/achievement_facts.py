"""A published achievement version as a whole, whoever earns it: the facts of its definition."""

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from competencies.models import Competency
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import ANYTHING, Kind, Requirement
from programs.awards.queries.facts import level_required_by, named_competencies, scales_named, uri_of, with_levels
from programs.awards.rules import AchievementFacts, RequirementFact
from programs.models import AchievementVersion


def achievement_facts(version: AchievementVersion) -> AchievementFacts:
    """Return the facts of a published version, read from frozen content; what competencies are called outside is live.

    The caller has joined the program version. Raises ValueError for a draft.
    """
    frozen = version.content
    if frozen is None:
        raise ValueError("a draft has no definition")
    content: Mapping[str, Any] = (version.program_version.content or {}) if version.program_version else {}
    requirements = tuple(_requirements(version, content))
    stated = frozen.get("credits")
    return AchievementFacts(
        achievement=str(version.achievement.public_id),
        number=version.number,
        achievement_type=frozen["achievement"]["type"],
        title=frozen["title"],
        description=frozen["description"],
        criteria=frozen["criteria"],
        language=frozen["language"],
        program_code=content.get("program", {}).get("code", ""),
        credits=None if stated is None else Decimal(stated),
        requirements=requirements,
        scales=tuple(scales_named({each.scale for each in requirements if each.scale}).values()),
    )


def _requirements(version: AchievementVersion, content: Mapping[str, Any]) -> Iterator[RequirementFact]:
    if version.program_version is None or not content:
        return
    root = tree_of(version.program_version)
    found = list(with_levels(root, 0))
    ids = {uuid.UUID(name) for node, _level in found if (name := _one_competency(node))}
    competencies = {str(row.public_id): row for row in named_competencies(tuple(ids))} if ids else {}
    if not _one_competency(root):
        yield RequirementFact(root.id, version.title)
    for node, level in found:
        name = _one_competency(node)
        if name:
            yield _of_competency(node, level, content, competencies.get(name))
        elif node is not root and (node.kind is Kind.PROGRAM or (node.kind is Kind.CREDITS and node.leaf)):
            yield RequirementFact(node.id, node.title or version.title)


def _one_competency(node: Requirement) -> str:
    """Return the one competency (public id) that a leaf asks for; empty for all other nodes."""
    if node.kind is not Kind.COMPETENCY or len(node.accepts) != 1 or node.accepts[0] == ANYTHING:
        return ""
    return node.accepts[0]


def _of_competency(
    node: Requirement, level: int, content: Mapping[str, Any], row: Competency | None
) -> RequirementFact:
    name = node.accepts[0]
    frozen = content["competencies"].get(name, {})
    statement = frozen.get("statement", "")
    code = frozen.get("code") or (row.code if row else "")
    return RequirementFact(
        key=node.id,
        title=statement or code or node.title,
        competency=name,
        code=code,
        uri=uri_of(row.source_uri, row.get_absolute_url()) if row else "",
        framework=row.framework.title if row else "",
        scale=frozen.get("scale") or "",
        required_rank=max(level, level_required_by(content, node)),
    )
