"""A version's tree as its authors read it: every node with what it names, its statement and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from assessments.mastery.queries.policies_in_force import Nearer, Origin, policy_of, resolved_policies
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, CompetencyRevision
from programs.audit.queries.trees import INSIDE, nodes_of, showable_competencies, statements_of
from programs.audit.rules.requirements import ANYTHING
from programs.curriculum.queries.findings import findings_of
from programs.curriculum.rules.lint import Finding
from programs.models import ProgramVersion, Requirement, RequirementKind

GROUPS = frozenset({RequirementKind.ALL, RequirementKind.CHOOSE, RequirementKind.CREDITS})
WITHOUT_SCALE = "without_scale"
MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """One requirement in its place (from 1) among its siblings; `inside` is true in a stacked program.

    `statement` is what its competency says, `level` the name of the level asked for (its own, that of a group above, or
    its policy's: the highest), `policy` and `origin` what decides it, as it would be frozen now. `accepts` is what a
    *credits* leaf takes, as codes; `findings` block publishing.
    """

    row: Requirement
    key: str
    place: int
    siblings: int
    inside: bool
    statement: str
    level: str
    policy: str
    origin: str
    accepts: tuple[str, ...]
    findings: tuple[Finding, ...]
    children: tuple["OutlineNode", ...]

    @property
    def group(self) -> bool:
        """Whether it takes parts: a *credits* node that names what it accepts does not."""
        return self.row.kind in GROUPS and not self.row.qualifiers.get("accepts")

    def walk(self) -> Iterator["OutlineNode"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def outline_of(version: ProgramVersion) -> OutlineNode:
    """The whole tree, stacked programs with their own; queries grow with the programs inside, not with the nodes.

    Findings are those of the linter, and a competency that no scale lets anybody decide; a published version has none.
    """
    rows = nodes_of(version)
    roots, every = _with_stacked(rows)
    found: dict[str, list[Finding]] = {}
    for entry in findings_of(version) if version.writable else ():
        found.setdefault(entry.finding.node, []).append(entry.finding)
    reading = _Reading(
        below=_by_parent(every),
        roots=roots,
        statements=_statements(every, version, found),
        decided=_decided(every, version),
        codes=_codes(every),
        findings=found,
    )
    root = next(row for row in rows if row.parent_id is None)
    return reading.node(root, prefix="", least=0, place=(1, 1))


def competencies_matching(words: str, *, limit: int = MOST_FOUND) -> list[Any]:
    """Competencies of published frameworks whose code or words hold all of `words`, with `statement` and `showable`."""
    rows = Competency.objects.public().listed().with_current_revision().select_related("framework")
    for word in words.replace("\x00", "").split():
        rows = rows.filter(
            Q(code__icontains=word)
            | Q(statement__icontains=word)
            | Q(short_statement__icontains=word)
            | Q(framework__title__icontains=word)
        )
    found = list(rows.order_by("framework__title", "position", "pk")[:limit])
    return with_showable(found)


def competencies_named(names: Iterable[str]) -> list[Any]:
    """The competencies of published frameworks with these public ids, as `competencies_matching` gives them."""
    rows = Competency.objects.public().listed().with_current_revision().select_related("framework")
    return with_showable(list(rows.filter(public_id__in=list(names)).order_by("framework__title", "position", "pk")))


def with_showable(rows: Sequence[Any]) -> list[Any]:
    """The rows, each with `showable`: whether some assessment can show it and a scale lets it be decided."""
    shown = showable_competencies() if rows else frozenset()
    for row in rows:
        row.showable = str(row.public_id) in shown and row.scale_id is not None
    return list(rows)


@dataclass(frozen=True)
class _Decision:
    """What decides a leaf: its policy and where that was chosen, the rank it asks for, and what ranks are called."""

    policy: str = ""
    origin: str = ""
    asked: int = 0
    names: Mapping[int, str] = field(default_factory=dict)

    def level_at(self, least: int) -> str:
        """The name of the level asked for, when the places above ask for `least`."""
        return self.names.get(max(least, self.asked), "")


UNDECIDED = _Decision()


def _decided(rows: Sequence[Requirement], version: ProgramVersion) -> dict[int, _Decision]:
    """By row: what was frozen, and for the leaves of a draft what would be frozen now."""
    leaves = [row for row in rows if row.competency is not None]
    found = {
        row.pk: _decision(policy_of(row.policy_in_force), row.policy_in_force, row.policy_origin)
        for row in leaves
        if row.policy_in_force is not None
    }
    open_leaves = [row for row in leaves if row.pk not in found]
    if not open_leaves:
        return found
    assigned = {row.scale_id: row.policy_version for row in version.policy_assignments.select_related("policy_version")}
    current = CompetencyRevision.objects.current().filter(competency__in=[row.competency_id for row in open_leaves])
    scales = dict(current.values_list("competency", "scale"))
    nearer = {name: Nearer(None, assigned.get(scale or 0)) for name, scale in scales.items()}
    resolved = resolved_policies(scales, nearer=nearer)
    for row in open_leaves:
        near = resolved.get(row.competency_id or 0)
        if row.policy_version is not None:
            found[row.pk] = _decision(policy_of(row.policy_version), row.policy_version, Origin.REQUIREMENT.value)
        elif near is not None:
            found[row.pk] = _decision(near.policy, near.version, near.origin.value)
    return found


def _decision(policy: Policy | ParentPolicy, version: MasteryPolicyVersion | None, origin: str) -> _Decision:
    title = str(version.policy) if version else ""
    if isinstance(policy, ParentPolicy):
        return _Decision(title, origin)  # what it asks for is said of the children
    return _Decision(title, origin, policy.level, {level.rank: level.display_name for level in policy.scale.levels})


@dataclass(frozen=True)
class _Reading:
    below: Mapping[int, list[Requirement]]
    roots: Mapping[int, Requirement]
    statements: Mapping[str, str]
    decided: Mapping[int, "_Decision"]
    codes: Mapping[str, str]
    findings: Mapping[str, list[Finding]]

    def node(self, row: Requirement, *, prefix: str, least: int, place: tuple[int, int]) -> OutlineNode:
        key = f"{prefix}{row.key}"
        named = str(row.competency.public_id) if row.competency else ""
        if row.pk in self.roots:
            root = self.roots[row.pk]
            parts, prefix = self.below.get(root.pk, []), f"{key}{INSIDE}"
            # What is wrong with a stacked tree's root is said at the node that holds it.
            found = [*self.findings.get(key, ()), *self.findings.get(f"{prefix}{root.key}", ())]
        else:
            parts, found = self.below.get(row.pk, []), [*self.findings.get(key, ())]
        least = max(least, row.level.rank if row.level else 0)
        decision = self.decided.get(row.pk, UNDECIDED)
        return OutlineNode(
            row=row,
            key=key,
            place=place[0],
            siblings=place[1],
            inside=INSIDE in key,
            statement=self.statements.get(named, ""),
            level=decision.level_at(least),
            policy=decision.policy,
            origin=decision.origin,
            accepts=tuple(self.codes.get(name, name) for name in row.qualifiers.get("accepts", ())),
            findings=tuple(found),
            children=tuple(
                self.node(part, prefix=prefix, least=least, place=(number, len(parts)))
                for number, part in enumerate(parts, start=1)
            ),
        )


def _with_stacked(rows: Sequence[Requirement]) -> tuple[dict[int, Requirement], list[Requirement]]:
    """The root of the tree stacked at each *program* node, at any depth, and every row of all these trees."""
    trees: dict[int, list[Requirement]] = {}
    roots: dict[int, Requirement] = {}
    every, waiting = [*rows], [*rows]
    while waiting:
        row = waiting.pop()
        if row.nested_version is None:
            continue
        if row.nested_version.pk not in trees:
            trees[row.nested_version.pk] = inside = nodes_of(row.nested_version)
            every += inside
            waiting += inside
        roots[row.pk] = next(inner for inner in trees[row.nested_version.pk] if inner.parent_id is None)
    return roots, every


def _by_parent(rows: Iterable[Requirement]) -> dict[int, list[Requirement]]:
    below: dict[int, list[Requirement]] = {}
    for row in rows:
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    return below


def _statements(
    rows: Sequence[Requirement], version: ProgramVersion, found: dict[str, list[Finding]]
) -> dict[str, str]:
    """What competencies say: as published, or now; those without a scale are written into `found`."""
    named = {str(row.competency.public_id) for row in rows if row.competency}
    if version.content is not None:
        known: Mapping[str, Any] = version.content["competencies"]
        return {name: entry["statement"] for name, entry in known.items()}
    revisions = statements_of(named)
    for row in rows:
        revision = revisions.get(str(row.competency.public_id)) if row.competency else None
        if revision is not None and revision.scale_id is None and row.version_id == version.pk:
            found.setdefault(row.key, []).append(Finding(row.key, WITHOUT_SCALE, {"names": str(row.competency)}))
    return {name: revision.statement for name, revision in revisions.items()}


def _codes(rows: Sequence[Requirement]) -> dict[str, str]:
    names = {name for row in rows for name in row.qualifiers.get("accepts", ()) if name != ANYTHING}
    if not names:
        return {}
    return {str(row.public_id): str(row) for row in Competency.objects.filter(public_id__in=names)}
