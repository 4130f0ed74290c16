"""The tree of a draft as publishing freezes it: with the credit of each competency, and nothing left unsaid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from competencies.models import Competency, CompetencyRevision
from core.text.canonical import Json
from programs.audit.formats.audit_result_json import requirement_as_json
from programs.audit.queries.trees import draft_tree, nodes_of, tree_of
from programs.audit.rules.qualifiers import hundredths
from programs.audit.rules.requirements import ANYTHING, Kind
from programs.audit.rules.requirements import Requirement as Node
from programs.models import ProgramVersion, Requirement, RequirementKind

CreditTable = tuple[tuple[str, int], ...]


def resolved_tree(version: ProgramVersion, nodes: Sequence[Requirement] | None = None) -> Node:
    """Return the tree of a version; of a draft, with the credit of each competency as it would be frozen now.

    `nodes` are the rows of the draft where the caller has them.
    """
    if version.digest:
        return tree_of(version)
    rows = nodes_of(version) if nodes is None else nodes
    tree = draft_tree(rows)
    return replace(tree, credit_table=_credit_table(version, tree, rows))


def explicit_tree(tree: Node) -> dict[str, Json]:
    """Return a resolved tree as JSON of content `cairn-program@2`, which says what silence would leave open.

    Each group says whether its parts share pieces. A stacked program keeps the credits that its own version froze: the
    table of the program outside gives its competencies nothing more.
    """
    return _explicit(_stated(tree, tree.credit_table))


def _stated(node: Node, outside: CreditTable) -> Node:
    children = tuple(_stated(child, outside) for child in node.children)
    if node.kind is Kind.PROGRAM:
        children = tuple(_sealed(child, outside) for child in children)
    return replace(node, children=children)


def _sealed(stacked: Node, outside: CreditTable) -> Node:
    if not any(_collects(node) for node in stacked.walk()):
        return stacked
    table = {**dict.fromkeys((name for name, _credits in outside), 0), **dict(stacked.credit_table)}
    return replace(stacked, credit_table=tuple(sorted(table.items())))


def _explicit(node: Node) -> dict[str, Json]:
    members = requirement_as_json(node)
    if node.children:
        members["children"] = [_explicit(child) for child in node.children]
        members["exclusive"] = node.exclusive
    return members


def _collects(node: Node) -> bool:
    return node.kind is Kind.CREDITS and node.leaf


def _credit_table(version: ProgramVersion, tree: Node, rows: Sequence[Requirement]) -> CreditTable:
    """Return the credits of competencies: of a requirement, else of the version's table, else of the framework.

    Only what the version's own credits groups accept is listed. A competency with different credits at several
    requirements has those of the version's table; without an entry there it is left out, and the linter says so.
    """
    own = [node for node in _own(tree) if _collects(node)]
    if not own:
        return ()
    accepted = {name for node in own for name in node.accepts}
    entered: dict[str, int] = {
        str(row.competency.public_id) if row.competency else ANYTHING: hundredths(row.credits)
        for row in version.credit_table.select_related("competency")
    }
    table = {**entered, **_of_requirements(rows)}
    if ANYTHING not in table:
        table = {**_of_frameworks(version.credit_unit, accepted - table.keys()), **table}
    return tuple(sorted((name, worth) for name, worth in table.items() if _counts(name, accepted)))


def _counts(name: str, accepted: Iterable[str]) -> bool:
    return name == ANYTHING or name in accepted or ANYTHING in accepted


def _own(node: Node) -> Iterable[Node]:
    yield node
    for child in node.children if node.kind is not Kind.PROGRAM else ():
        yield from _own(child)


def _of_requirements(rows: Iterable[Requirement]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for row in rows:
        if row.kind == RequirementKind.COMPETENCY and row.competency is not None and row.credits:
            found.setdefault(str(row.competency.public_id), set()).add(hundredths(row.credits))
    return {name: worths.pop() for name, worths in found.items() if len(worths) == 1}


def _of_frameworks(unit: str, accepted: Iterable[str]) -> Mapping[str, int]:
    """Return the credits that frameworks declare in this unit, for competencies that can be mastered."""
    names = set(accepted)
    declaring = Competency.objects.filter(framework__default_credit__isnull=False, framework__default_credit_unit=unit)
    if ANYTHING not in names:
        declaring = declaring.filter(public_id__in=names)
    # A competency without a scale cannot be mastered, so its credit would never be read.
    assessable: Any = CompetencyRevision.objects.current().filter(scale__isnull=False).values("competency")
    rows = declaring.filter(pk__in=assessable).values_list("public_id", "framework__default_credit")
    return {str(name): hundredths(worth) for name, worth in rows}
