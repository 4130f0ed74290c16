"""What stands around one competency: what is above and below it, and what else its associations lead to.

Nothing here reads the rest of the framework: the cost depends on the ancestors, children and associations alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from competencies.models import Association, Competency, Kind
from competencies.queries.trees import Statement, rows_in, statement_of
from competencies.rules.identifiers import comparable
from competencies.rules.tree import Edge, TreeNode, forest_of


@dataclass(frozen=True)
class Neighbourhood:
    """One competency among its relatives, in the reader's language.

    `path` are the competencies above it, from the top down, in its first place in the tree. `children` are the first
    of `child_count` below it. `statements` has every row that was read, by primary key; a retired competency and a
    translation, which have no place in the tree, are not among them.
    """

    path: tuple[Statement, ...]
    children: tuple[Statement, ...]
    child_count: int
    statements: Mapping[int, Statement]


@dataclass(frozen=True)
class Reference:
    """The other end of an edge: a competency that is here and may be read, or what the source says about it."""

    kind: str
    outward: bool
    competency: Any | None
    link: Mapping[str, Any]
    equivalence: str = ""


# The tree edges of everything above the competency and of its children, and the translations of all of these and of
# the competencies named in `also`. UNION, not UNION ALL: an ancestor that is reached twice is walked once. An edge
# whose other end is retired or elsewhere says nothing, and a competency that is left without one stands at the top.
# The relatives are an array and the edges are materialized: right after an import PostgreSQL has no statistics, and
# free to join as it likes it would read every competency of the framework, or every edge once for each relative.
RELATIVES = """
    WITH RECURSIVE above(id) AS (
        SELECT %(competency)s::bigint
        UNION
        SELECT edge.destination_id
        FROM above JOIN competencies_association edge ON edge.origin_id = above.id
        WHERE edge.framework_id = %(framework)s AND edge.kind = %(child)s AND edge.retired_at IS NULL
          AND edge.destination_id IS NOT NULL
    ), relatives(ids) AS MATERIALIZED (
        SELECT ARRAY(
            SELECT id FROM above
            UNION
            SELECT origin_id FROM competencies_association
            WHERE destination_id = %(competency)s AND framework_id = %(framework)s AND kind = %(child)s
              AND retired_at IS NULL AND origin_id IS NOT NULL
            UNION
            SELECT unnest(%(also)s::bigint[])
        )
    ), edge AS MATERIALIZED (
        SELECT kind, origin_id, destination_id, destination_link, sequence, position
        FROM competencies_association
        WHERE framework_id = %(framework)s AND retired_at IS NULL
          AND (kind IN (%(child)s, %(translation)s) AND origin_id = ANY((SELECT ids FROM relatives)::bigint[])
               OR kind = %(translation)s AND destination_id = ANY((SELECT ids FROM relatives)::bigint[]))
    )
    SELECT edge.kind, edge.origin_id, edge.destination_id, edge.sequence, origin.code, origin.position
    FROM edge
    JOIN competencies_competency origin ON origin.id = edge.origin_id
    LEFT JOIN competencies_competency destination ON destination.id = edge.destination_id
    WHERE origin.framework_id = %(framework)s AND origin.retired_at IS NULL
      AND (destination.framework_id = %(framework)s AND destination.retired_at IS NULL
           OR edge.destination_id IS NULL AND upper(edge.destination_link->>'identifier') = upper(%(document)s))
    ORDER BY edge.position
"""


def neighbourhood_of(
    competency: Competency, *, language: str, references: Iterable[Reference] = (), max_children: int
) -> Neighbourhood:
    """The relatives of `competency` in two queries, with at most `max_children` children read.

    Path and order are those of the framework's tree (`tree_of`). The competencies that `references` lead to are read
    in the reader's language too where they belong to the same framework.
    """
    framework = competency.framework
    also = [each.competency.pk for each in references if each.competency]
    edges, translations, sorting = _relatives(competency, also)
    hidden = {key for several in translations.values() for key in several}
    shown = competency.retired_at is None and competency.pk not in hidden
    edges = [edge for edge in edges if edge.child not in hidden and edge.parent not in hidden]
    children = _children(competency.pk, edges, sorting) if shown else ()
    above = _ancestors(competency.pk, edges) if shown else frozenset()
    keys = {competency.pk, *above, *children[:max_children], *also} - hidden
    rows = rows_in(framework, {*keys, *(each for key in keys for each in translations.get(key, ()))})
    statements = {
        key: statement_of(rows[key], [rows[each] for each in translations.get(key, ())], language=language)
        for key in keys & rows.keys()
    }
    path = _path(competency.pk, above, edges, {key: (row.code, row.position) for key, row in rows.items()})
    return Neighbourhood(
        tuple(statements[key] for key in path),
        tuple(statements[key] for key in children[:max_children]),
        len(children),
        statements,
    )


def _relatives(
    competency: Competency, also: list[int]
) -> tuple[list[Edge[int]], dict[int, list[int]], dict[int, tuple[str, int]]]:
    """The edges of the tree, the translations of each key, and what siblings are sorted by."""
    names: dict[str, Any] = {
        "competency": competency.pk,
        "framework": competency.framework_id,
        "document": competency.framework.source_identifier,
        "child": str(Kind.CHILD_OF),
        "translation": str(Kind.TRANSLATION_OF),
        "also": also,
    }
    with connection.cursor() as cursor:
        cursor.execute(RELATIVES, names)
        found = cursor.fetchall()
    edges: list[Edge[int]] = []
    translations: dict[int, list[int]] = {}
    sorting: dict[int, tuple[str, int]] = {}
    for kind, origin, destination, sequence, code, position in found:
        sorting[origin] = (code, position)
        if kind == Kind.CHILD_OF:
            edges.append(Edge(origin, destination, sequence))
        elif destination is not None:
            translations.setdefault(destination, []).append(origin)
    return edges, translations, sorting


def _children(key: int, edges: list[Edge[int]], sorting: Mapping[int, tuple[str, int]]) -> tuple[int, ...]:
    below = [edge for edge in edges if edge.parent == key]
    (node,) = forest_of([key, *(edge.child for edge in below)], below, sorting={**sorting, key: ("", 0)})
    return tuple(child.key for child in node.children)


def _ancestors(key: int, edges: list[Edge[int]]) -> frozenset[int]:
    parents: dict[int, list[int]] = {}
    for edge in edges:
        if edge.parent is not None:
            parents.setdefault(edge.child, []).append(edge.parent)
    found: set[int] = set()
    waiting = [key]
    while waiting:
        fresh = set(parents.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


def _path(
    key: int, above: frozenset[int], edges: list[Edge[int]], sorting: Mapping[int, tuple[str, int]]
) -> tuple[int, ...]:
    """The way down to `key` in the tree. What is not above it cannot come between: it is left out of the tree."""
    if not above:
        return ()
    keys = above | {key}
    ordered = sorted(keys, key=lambda each: sorting[each])
    forest = forest_of(ordered, [edge for edge in edges if edge.child in keys], sorting=sorting)
    return _way(forest, key) or ()


def _way(forest: Iterable[TreeNode[int]], key: int) -> tuple[int, ...] | None:
    """The keys above the first place of `key`, which is the only one that is not repeated."""
    for node in forest:
        if node.key == key and not node.repeated:
            return ()
        below = _way(node.children, key)
        if below is not None:
            return (node.key, *below)
    return None


def references_of(competency: Competency, *, include_unpublished: bool) -> list[Reference]:
    """All edges of `competency` beside the tree's, with the competencies at their other ends, in any framework.

    Without `include_unpublished`, ends in frameworks that are not public are shown as the source wrote them.
    """
    edges = list(
        Association.objects.listed()
        .filter(Q(origin=competency) | Q(destination=competency))
        .exclude(kind=Kind.CHILD_OF)
        .order_by("kind", "sequence", "position")
    )
    ends = [(edge, edge.origin_id == competency.pk) for edge in edges]
    keys = [edge.destination_id if outward else edge.origin_id for edge, outward in ends]
    links = [edge.destination_link if outward else edge.origin_link for edge, outward in ends]
    names = {str(link.get("identifier", "")) for key, link in zip(keys, links, strict=True) if key is None} - {""}
    found = Competency.objects.with_current_revision().listed().select_related("framework")
    named = Competency.objects.identified_by(names)
    found = found.filter(Q(pk__in=[key for key in keys if key]) | Q(pk__in=named.values("pk")))
    if not include_unpublished:
        found = found.filter(Q(framework=competency.framework_id) | Q(framework__published_at__isnull=False))
    here = {row.pk: row for row in found}
    by_name = {comparable(row.source_identifier): row for row in here.values()}
    return [
        Reference(
            edge.kind,
            outward,
            here.get(key) if key else by_name.get(comparable(str(link.get("identifier", "")))),
            link,
            edge.equivalence,
        )
        for (edge, outward), key, link in zip(ends, keys, links, strict=True)
    ]
