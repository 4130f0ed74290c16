"""Requirement trees as the rules take them: from the rows of a draft, or from what a published version stored."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from assessments.mastery.queries.decisions import parents_above
from assessments.models import Assessment, PolicyAssignment
from competencies.models import Competency, CompetencyRevision
from programs.audit.formats.audit_json import read_requirement
from programs.audit.rules import requirements as rules
from programs.audit.rules.qualifiers import Qualifiers, hundredths
from programs.models import ProgramVersion, Requirement

INSIDE = "/"
"""Between the key of a program node and the keys of the tree stacked in it."""

"""Values of findings that name another node."""


def tree_of(version: ProgramVersion) -> rules.Requirement:
    """The tree of a version: of a draft as its rows stand, of others as it was published."""
    if not version.digest:
        return draft_tree(nodes_of(version))
    return _published(version.pk, version.digest)


@lru_cache(maxsize=rules.TREES_KEPT)
def _published(version_id: int, digest: str) -> rules.Requirement:
    # The digest is the key: content under it never changes, so it is read once per process.
    content = ProgramVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest)
    if content is None:
        raise ProgramVersion.DoesNotExist
    return _one_of_equals(read_requirement(content["tree"]))


@lru_cache(maxsize=rules.TREES_KEPT)
def _one_of_equals(tree: rules.Requirement) -> rules.Requirement:
    # A draft and versions with its tree share one object: other caches find it by identity and compare no node.
    return tree


@lru_cache(maxsize=rules.TREES_KEPT)
def named_in(tree: rules.Requirement) -> frozenset[str]:
    """The competencies (public ids, or `*`) that leaves of the tree name."""
    learning = {rules.Kind.COMPETENCY, rules.Kind.CREDITS}
    return frozenset(name for node in tree.walk() if node.kind in learning for name in node.accepts)


@lru_cache(maxsize=rules.TREES_KEPT)
def programs_in(tree: rules.Requirement) -> frozenset[str]:
    """The programs (public ids) that are stacked anywhere in the tree."""
    return frozenset(name for node in tree.walk() if node.kind is rules.Kind.PROGRAM for name in node.names)


@lru_cache(maxsize=rules.TREES_KEPT)
def stacking(tree: rules.Requirement) -> int:
    """How many levels of programs stand inside the tree."""
    return _levels(tree)


def _levels(node: rules.Requirement) -> int:
    # Not through the cache: each tree would push dozens of others out with its nodes.
    return max(map(_levels, node.children), default=0) + (node.kind is rules.Kind.PROGRAM)


def stacked_versions(version: ProgramVersion) -> Mapping[str, uuid.UUID]:
    """Which version (public id) of each stacked program a published version holds, by the program's public id."""
    return _stacked(version.pk, version.digest)


@lru_cache(maxsize=rules.TREES_KEPT)
def _stacked(version_id: int, digest: str) -> Mapping[str, uuid.UUID]:
    content = ProgramVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest) or {}
    return {name: uuid.UUID(entry["version"]) for name, entry in content["programs"].items()}


def nodes_of(version: ProgramVersion) -> list[Requirement]:
    """The rows of a version with what they name, in order of place; one query."""
    return list(
        version.requirements.select_related(
            "competency",
            "level",
            "milestone",
            "nested_version__program",
            "policy_version__policy",
            "policy_in_force__policy",
        ).order_by("sequence", "pk")
    )


def draft_tree(nodes: Sequence[Requirement]) -> rules.Requirement:
    """The tree that rows make; they belong to one version and hold its root."""
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
        title=str(row),
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
    )


def _inside(tree: rules.Requirement, key: str) -> rules.Requirement:
    """A stacked tree with ids of its own."""
    return replace(tree, id=f"{key}{INSIDE}{tree.id}", children=tuple(_inside(child, key) for child in tree.children))


def showable_competencies() -> frozenset[str]:
    """The competencies (public ids) that an open assessment has a criterion for, and parents decided from such."""
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
    """What competencies (public ids) say now, with their scales and levels at hand."""
    rows = (
        CompetencyRevision.objects.current()
        .filter(competency__public_id__in=[name for name in competencies if name != rules.ANYTHING])
        .select_related("competency", "scale")
    )
    return {str(row.competency.public_id): row for row in rows}
