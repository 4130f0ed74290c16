"""Requirement trees as the rules take them: from the rows of a draft, or from a published version's content."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from assessments.mastery.queries.decisions import parents_above
from assessments.models import Assessment, PolicyAssignment
from competencies.models import Competency, CompetencyRevision
from programs.audit.formats.audit_json import read_requirement
from programs.audit.rules import requirements as rules
from programs.audit.rules.context import Method
from programs.audit.rules.qualifiers import Qualifiers, hundredths
from programs.models import ProgramVersion, Requirement, RequirementKind, Sharing

FIRST_CONTENT = "cairn-program@1"
"""The format of content before authors were asked whether parts share; the one that `audit@1` can read."""
INSIDE = "/"
"""The separator between the key of a program node and the keys of the tree stacked in it."""


def tree_of(version: ProgramVersion) -> rules.Requirement:
    """Return the tree of a version: from the rows of a draft, else as it was published."""
    if not version.digest:
        return draft_tree(nodes_of(version))
    return _published(version.pk, version.digest)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def _published(version_id: int, digest: str) -> rules.Requirement:
    # The digest is part of the key and published content never changes, so it is read once per process.
    content = ProgramVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest)
    if content is None:
        raise ProgramVersion.DoesNotExist
    return _one_of_equals(read_requirement(content["tree"]))


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def _one_of_equals(tree: rules.Requirement) -> rules.Requirement:
    # A draft and versions with an equal tree share one object, so other caches find it by identity, without comparison.
    return tree


def audited_tree_of(version: ProgramVersion, method: Method) -> rules.Requirement:
    """Return the tree of a published version as a method of audit reads it.

    From `audit@2` on, a leaf asks for the level of the policy that its version froze, on the scale of that policy: what
    was studied elsewhere has no policy, and is compared with the same level. `audit@1` compares the levels of nodes.
    """
    if method is Method.ONE or not version.digest:
        return tree_of(version)
    return _with_levels(version.pk, version.digest)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def _with_levels(version_id: int, digest: str) -> rules.Requirement:
    content = ProgramVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest) or {}
    asked = {name: entry["definition"] for name, entry in content["policies"].items()}
    scales = {name: entry.get("scale") or "" for name, entry in content["competencies"].items()}
    return _one_of_equals(_asking_for_levels(_published(version_id, digest), asked, scales))


def _asking_for_levels(
    node: rules.Requirement, policies: Mapping[str, Mapping[str, Any]], scales: Mapping[str, str]
) -> rules.Requirement:
    children = tuple(_asking_for_levels(child, policies, scales) for child in node.children)
    level, scale = node.level, node.scale
    if node.leaf and node.kind is rules.Kind.COMPETENCY:
        scale = scale or (scales.get(node.accepts[0], "") if len(node.accepts) == 1 else "")
        policy = policies.get(node.policy, {})
        # A policy for parents states no level. Its children are decided by policies of their own.
        asks, on_scale = int(policy.get("level") or 0), _scale_in(policy)
        if asks and (not scale or scale == on_scale):
            level, scale = max(level, asks), on_scale
    elif level and not scale:
        below = {scales.get(name, "") for leaf in node.walk() if leaf.leaf for name in leaf.accepts}
        scale = below.pop() if len(below) == 1 else ""
    return replace(node, children=children, level=level, scale=scale if level else "")


def _scale_in(policy: Mapping[str, Any]) -> str:
    scale = policy.get("scale") or ""
    return str(scale["id"]) if isinstance(scale, Mapping) else str(scale)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def named_in(tree: rules.Requirement) -> frozenset[str]:
    """Return the competencies (public ids, or `*`) that leaves of the tree name."""
    return frozenset(name for node in tree.walk() if node.kind in rules.LEARNING for name in node.accepts)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def programs_in(tree: rules.Requirement) -> frozenset[str]:
    """Return the programs (public ids) that are stacked anywhere in the tree."""
    return frozenset(name for node in tree.walk() if node.kind is rules.Kind.PROGRAM for name in node.names)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def stacking(tree: rules.Requirement) -> int:
    """Return how many levels of programs are stacked in the tree."""
    return _levels(tree)


def _levels(node: rules.Requirement) -> int:
    # This recursion is not cached: the nodes of one tree would push dozens of other trees out of the cache.
    return max(map(_levels, node.children), default=0) + (node.kind is rules.Kind.PROGRAM)


def stacked_versions(version: ProgramVersion) -> Mapping[str, uuid.UUID]:
    """Return the stacked versions (public ids) of a published version, by the public id of their program."""
    return _stacked(version.pk, version.digest)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def _stacked(version_id: int, digest: str) -> Mapping[str, uuid.UUID]:
    content = ProgramVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest) or {}
    return {name: uuid.UUID(entry["version"]) for name, entry in content["programs"].items()}


def content_format_of(version: ProgramVersion) -> str:
    """Return the format of a published version's content."""
    return _format(version.pk, version.digest)


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def _format(version_id: int, digest: str) -> str:
    rows = ProgramVersion.objects.filter(pk=version_id, digest=digest)
    return str(rows.values_list("content__format", flat=True).get())


def nodes_of(version: ProgramVersion) -> list[Requirement]:
    """Return the requirement rows of a version with their related rows, in order; one query."""
    return list(
        version.requirements.select_related(
            "competency",
            "level__scale",
            "milestone",
            "nested_version__program",
            "policy_version__policy",
            "policy_in_force__policy",
        ).order_by("sequence", "pk")
    )


def draft_tree(nodes: Sequence[Requirement]) -> rules.Requirement:
    """Return the tree of rows, which belong to one version and include its root."""
    below: dict[int | None, list[Requirement]] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
    return _one_of_equals(_node(below[None][0], below))


def _node(row: Requirement, below: Mapping[int | None, list[Requirement]]) -> rules.Requirement:
    qualifiers = Qualifiers.read(row.qualifiers)
    children = tuple(_node(child, below) for child in below.get(row.pk, ()))
    accepts = qualifiers.accepts
    if row.competency is not None:
        accepts = (str(row.competency.public_id),)
    elif row.nested_version is not None:
        accepts = (str(row.nested_version.program.public_id),)
        children = (_inside(tree_of(row.nested_version), row.key),)
    elif row.milestone is not None:
        accepts = (str(row.milestone.public_id),)
    return rules.Requirement(
        id=row.key,
        kind=rules.Kind(row.kind),
        # A condition without a name is none of its own to learners: they see the part that it chooses.
        title=row.title if row.kind == RequirementKind.IF else str(row),
        children=children,
        accepts=accepts,
        policy=str(row.policy_in_force.public_id) if row.policy_in_force else "",
        nominal=hundredths(row.credits),
        n=row.choose_count or 0,
        min_credits=hundredths(row.credits_least),
        min_quantity=hundredths(row.quantity_least),
        level=row.level.rank if row.level else 0,
        within_days=qualifiers.within_days,
        earned_here=qualifiers.earned_here,
        max_source=qualifiers.max_source,
        exclusive=row.sharing == Sharing.EXCLUSIVE,
        share_caps=qualifiers.share_caps,
        scale=str(row.level.scale.public_id) if row.level else "",
        min_pieces=qualifiers.min_pieces,
        max_listed=qualifiers.max_listed,
        excludes=qualifiers.excludes,
        condition=qualifiers.condition,
        met_by=rules.MetBy(row.met_by),
    )


def _inside(tree: rules.Requirement, key: str) -> rules.Requirement:
    """Return a stacked tree with ids that start with the key of its program node."""
    caps = tuple(
        replace(cap, first=f"{key}{INSIDE}{cap.first}", second=f"{key}{INSIDE}{cap.second}") for cap in tree.share_caps
    )
    children = tuple(_inside(child, key) for child in tree.children)
    return replace(tree, id=f"{key}{INSIDE}{tree.id}", children=children, share_caps=caps)


def showable_competencies() -> frozenset[str]:
    """Return the competencies (public ids) of criteria of open assessments, and parents that are decided from them."""
    shown = set(
        Assessment.objects.filter(
            opened_at__isnull=False,
            retired_at=None,
            revisions__superseded_at=None,
        ).values_list("revisions__rubric_revision__criteria__competency_revision__competency", flat=True)
    ) - {None}
    by_children = PolicyAssignment.objects.filter(for_parents=True, ended_at=None)
    if shown and by_children.exists():
        above = Competency.objects.filter(pk__in=parents_above(shown))
        everywhere = by_children.filter(framework=None, competency=None).exists()
        if not everywhere:
            above = above.filter(policy_assignments__in=by_children) | above.filter(
                framework__policy_assignments__in=by_children
            )
        shown |= set(above.values_list("pk", flat=True))
    return frozenset(str(name) for name in Competency.objects.filter(pk__in=shown).values_list("public_id", flat=True))


def statements_of(competencies: Iterable[str]) -> dict[str, CompetencyRevision]:
    """Return the current revisions of competencies (public ids), with their scales."""
    rows = (
        CompetencyRevision.objects.current()
        .filter(competency__public_id__in=[name for name in competencies if name != rules.ANYTHING])
        .select_related("competency", "scale")
    )
    return {str(row.competency.public_id): row for row in rows}
