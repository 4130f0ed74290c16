"""A version's tree as its authors read it: every node with its statement, level, policy and findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.models import Organization
from assessments.mastery.queries.policies_in_force import PolicyOrigin, ProgramPolicies, policy_of, resolved_policies
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, CompetencyRevision
from competencies.queries.choices import with_originals
from programs.audit.queries.trees import INSIDE, nodes_of, showable_competencies, statements_of
from programs.audit.rules.known_facts import FactName
from programs.audit.rules.requirements import ANYTHING, Kind
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.queries.findings import findings_of
from programs.curriculum.queries.resolved import resolved_tree
from programs.curriculum.rules.lint_credits import brings_credit
from programs.curriculum.rules.own_nodes import own_nodes
from programs.models import ProgramVersion, Requirement, RequirementKind
from programs.models.requirements import GROUP_KINDS

WITHOUT_SCALE = "without_scale"
MAX_MATCHES = 30


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """One requirement, with its place (from 1) among its siblings; `inside` is true in a stacked program.

    `statement` is of its competency. `level` is the name of the highest level required: by the node, by a group above,
    or by its policy. `policy` and `origin` say which policy decides it and where it was chosen, as it would be frozen
    now. `accepts` are the codes of what a *credits* leaf accepts; `findings` block publishing. `names` are the codes of
    all competencies, and the names of all places, that qualifiers name by id. `unfilled`: a *credits* leaf to which no
    competency brings credit, so that only recognized study fills it.
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
    names: Mapping[str, str] = field(default_factory=dict)
    unfilled: bool = False

    @property
    def group(self) -> bool:
        """Whether it can have parts: a *credits* node with accepted competencies cannot."""
        return self.row.kind in GROUP_KINDS and not self.row.qualifiers.get("accepts")

    @property
    def lists(self) -> tuple[str, ...]:
        """The addresses of its lists with a maximum: `at-most-1` and so on."""
        return tuple(
            f"at-most-{place}" for place, _cap in enumerate(self.row.qualifiers.get("max_listed", ()), start=1)
        )

    def walk(self) -> Iterator["OutlineNode"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def outline_of(version: ProgramVersion) -> OutlineNode:
    """Return the whole tree, with the trees of stacked programs. Queries grow with stacked programs, not with nodes.

    Findings are those of the linter, and competencies without a scale; a published version has none.
    """
    rows = nodes_of(version)
    roots, every = _with_stacked(rows)
    by_node: dict[str, list[Finding]] = {}
    for entry in findings_of(version) if version.writable else ():
        by_node.setdefault(entry.finding.node, []).append(entry.finding)
    reading = _OutlineInputs(
        below=_by_parent(every),
        roots=roots,
        statements=_statements(every, version, by_node),
        decided=_decided(every, version),
        codes={**_codes(every), **_places(every)},
        findings=by_node,
        unfilled=_unfilled(version, rows),
    )
    root = next(row for row in rows if row.parent_id is None)
    return reading.node(root, prefix="", least=0, place=(1, 1))


def competencies_matching(words: str, *, limit: int = MAX_MATCHES) -> list[Any]:
    """Return competencies of published frameworks that match all words, with `statement` and `showable`.

    Words of a translation find the competency that it translates; translations themselves are not offered.
    """
    found = Competency.objects.public().listed().with_current_revision()
    for word in words.replace("\x00", "").split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(statement__icontains=word)
            | Q(short_statement__icontains=word)
            | Q(framework__title__icontains=word)
        )
    rows = with_originals(found).public().with_current_revision().select_related("framework")
    matches = list(rows.order_by("framework__title", "position", "pk")[:limit])
    return with_showable(matches)


def competencies_named(names: Iterable[str]) -> list[Any]:
    """Return competencies of published frameworks by public id, with `statement` and `showable`."""
    rows = Competency.objects.public().listed().with_current_revision().select_related("framework")
    return with_showable(list(rows.filter(public_id__in=list(names)).order_by("framework__title", "position", "pk")))


def with_showable(rows: Sequence[Any]) -> list[Any]:
    """Add `showable` to rows: whether an assessment has a criterion for it, and it has a scale."""
    shown = showable_competencies() if rows else frozenset()
    for row in rows:
        row.showable = str(row.public_id) in shown and row.scale_id is not None
    return list(rows)


@dataclass(frozen=True)
class _Decision:
    """The policy of a leaf, where it was chosen, the rank that it requires, and the names of ranks."""

    policy: str = ""
    origin: str = ""
    level_required: int = 0
    names: Mapping[int, str] = field(default_factory=dict)

    def level_at(self, least: int) -> str:
        """Return the name of the level required, if nodes above require the rank `least`."""
        return self.names.get(max(least, self.level_required), "")


UNDECIDED = _Decision()


def _decided(rows: Sequence[Requirement], version: ProgramVersion) -> dict[int, _Decision]:
    """Return the policy of each leaf: as it was frozen, or as it would be frozen now."""
    leaves = [row for row in rows if row.competency is not None]
    by_row = {
        row.pk: _decision(policy_of(row.policy_in_force), row.policy_in_force, row.policy_origin)
        for row in leaves
        if row.policy_in_force is not None
    }
    open_leaves = [row for row in leaves if row.pk not in by_row]
    if not open_leaves:
        return by_row
    assigned = {row.scale_id: row.policy_version for row in version.policy_assignments.select_related("policy_version")}
    current = CompetencyRevision.objects.current().filter(competency__in=[row.competency_id for row in open_leaves])
    scales = dict(current.values_list("competency", "scale"))
    chosen = {name: ProgramPolicies(None, assigned.get(scale or 0)) for name, scale in scales.items()}
    resolved = resolved_policies(scales, program_policies=chosen)
    for row in open_leaves:
        decided_by = resolved.get(row.competency_id or 0)
        if row.policy_version is not None:
            by_row[row.pk] = _decision(
                policy_of(row.policy_version), row.policy_version, PolicyOrigin.REQUIREMENT.value
            )
        elif decided_by is not None:
            by_row[row.pk] = _decision(decided_by.policy, decided_by.version, decided_by.origin.value)
    return by_row


def _decision(policy: Policy | ParentPolicy, version: MasteryPolicyVersion | None, origin: str) -> _Decision:
    title = str(version.policy) if version else ""
    if isinstance(policy, ParentPolicy):
        return _Decision(title, origin)  # what it asks for is said of the children
    return _Decision(title, origin, policy.level, {level.rank: level.display_name for level in policy.scale.levels})


@dataclass(frozen=True)
class _OutlineInputs:
    """What the nodes of an outline are made of, each part by row or key."""

    below: Mapping[int, list[Requirement]]
    roots: Mapping[int, Requirement]
    statements: Mapping[str, str]
    decided: Mapping[int, "_Decision"]
    codes: Mapping[str, str]
    findings: Mapping[str, list[Finding]]
    unfilled: frozenset[str]

    def node(self, row: Requirement, *, prefix: str, least: int, place: tuple[int, int]) -> OutlineNode:
        """Return the node of a row and all below it; `least` is the rank that nodes above require."""
        key = f"{prefix}{row.key}"
        named = str(row.competency.public_id) if row.competency else ""
        if row.pk in self.roots:
            root = self.roots[row.pk]
            parts, prefix = self.below.get(root.pk, []), f"{key}{INSIDE}"
            # The root of a stacked tree is not shown itself, so its findings move to the program node.
            findings = [*self.findings.get(key, ()), *self.findings.get(f"{prefix}{root.key}", ())]
        else:
            parts, findings = self.below.get(row.pk, []), [*self.findings.get(key, ())]
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
            findings=tuple(findings),
            names=self.codes,
            unfilled=key in self.unfilled,
            children=tuple(
                self.node(part, prefix=prefix, least=least, place=(number, len(parts)))
                for number, part in enumerate(parts, start=1)
            ),
        )


def _with_stacked(rows: Sequence[Requirement]) -> tuple[dict[int, Requirement], list[Requirement]]:
    """Return the stacked root of each *program* node, at any depth, and the rows of all these trees."""
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
    rows: Sequence[Requirement], version: ProgramVersion, by_node: dict[str, list[Finding]]
) -> dict[str, str]:
    """Return statements of competencies, as published or as of now; add a finding for those without a scale."""
    named = {str(row.competency.public_id) for row in rows if row.competency}
    if version.content is not None:
        known: Mapping[str, Any] = version.content["competencies"]
        return {name: entry["statement"] for name, entry in known.items()}
    revisions = statements_of(named)
    for row in rows:
        revision = revisions.get(str(row.competency.public_id)) if row.competency else None
        if revision is not None and revision.scale_id is None and row.version_id == version.pk:
            by_node.setdefault(row.key, []).append(Finding(row.key, WITHOUT_SCALE, {"names": str(row.competency)}))
    return {name: revision.statement for name, revision in revisions.items()}


def _codes(rows: Sequence[Requirement]) -> dict[str, str]:
    names = {name for row in rows for name in _named_in(row.qualifiers)} - {ANYTHING}
    if not names:
        return {}
    return {str(row.public_id): str(row) for row in Competency.objects.filter(public_id__in=names)}


def _named_in(qualifiers: Mapping[str, Any]) -> Iterator[str]:
    yield from qualifiers.get("accepts", ())
    yield from qualifiers.get("excludes", ())
    for cap in qualifiers.get("max_listed", ()):
        yield from cap["accepts"]


def _places(rows: Iterable[Requirement]) -> dict[str, str]:
    asked = [row.qualifiers["condition"] for row in rows if row.kind == RequirementKind.IF]
    named = {name for entry in asked if entry["fact"] == FactName.PLACE_OF_STUDY for name in entry["values"]}
    if not named:
        return {}
    return {str(row.public_id): row.name for row in Organization.objects.filter(public_id__in=named)}


def _unfilled(version: ProgramVersion, rows: Sequence[Requirement]) -> frozenset[str]:
    """Return the keys of the version's own *credits* leaves that mastery cannot fill."""
    tree = resolved_tree(version, rows)
    return frozenset(
        node.id
        for node, above in own_nodes(tree)
        if node.kind is Kind.CREDITS and node.leaf and not brings_credit((*above, node))
    )
