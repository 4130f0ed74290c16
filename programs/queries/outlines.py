"""A version's tree as its authors read it: every node with what it names, its statement and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from competencies.models import Competency
from programs.models import ProgramVersion, Requirement, RequirementKind
from programs.queries.trees import INSIDE, findings_of, nodes_of, showable_competencies, statements_of
from programs.rules.lint import Finding
from programs.rules.requirements import ANYTHING

GROUPS = frozenset({RequirementKind.ALL, RequirementKind.CHOOSE, RequirementKind.CREDITS})
WITHOUT_SCALE = "without_scale"
MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """One requirement in its place (from 1) among its siblings; `inside` is true in a stacked program.

    `statement` is what its competency says; `accepts` what a *credits* leaf takes, as codes; `findings` block
    publishing.
    """

    row: Requirement
    key: str
    place: int
    siblings: int
    inside: bool
    statement: str
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
        codes=_codes(every),
        findings=found,
    )
    root = next(row for row in rows if row.parent_id is None)
    return reading.node(root, prefix="", place=1, siblings=1)


def competencies_matching(words: str, *, limit: int = MOST_FOUND) -> list[Any]:
    """Competencies of published frameworks whose code or words hold all of `words`, with `statement` and `showable`."""
    rows = Competency.objects.public().standing().saying().select_related("framework")
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
    rows = Competency.objects.public().standing().saying().select_related("framework")
    return with_showable(list(rows.filter(public_id__in=list(names)).order_by("framework__title", "position", "pk")))


def with_showable(rows: Sequence[Any]) -> list[Any]:
    """The rows, each with `showable`: whether some assessment can show it and a scale lets it be decided."""
    shown = showable_competencies() if rows else frozenset()
    for row in rows:
        row.showable = str(row.public_id) in shown and row.scale_id is not None
    return list(rows)


@dataclass(frozen=True)
class _Reading:
    below: Mapping[int, list[Requirement]]
    roots: Mapping[int, Requirement]
    statements: Mapping[str, str]
    codes: Mapping[str, str]
    findings: Mapping[str, list[Finding]]

    def node(self, row: Requirement, *, prefix: str, place: int, siblings: int) -> OutlineNode:
        key = f"{prefix}{row.key}"
        named = str(row.competency.public_id) if row.competency else ""
        if row.pk in self.roots:
            root = self.roots[row.pk]
            parts, prefix = self.below.get(root.pk, []), f"{key}{INSIDE}"
            # What is wrong with a stacked tree's root is said at the node that holds it.
            found = [*self.findings.get(key, ()), *self.findings.get(f"{prefix}{root.key}", ())]
        else:
            parts, found = self.below.get(row.pk, []), [*self.findings.get(key, ())]
        return OutlineNode(
            row=row,
            key=key,
            place=place,
            siblings=siblings,
            inside=INSIDE in key,
            statement=self.statements.get(named, ""),
            accepts=tuple(self.codes.get(name, name) for name in row.qualifiers.get("accepts", ())),
            findings=tuple(found),
            children=tuple(
                self.node(part, prefix=prefix, place=number, siblings=len(parts))
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
