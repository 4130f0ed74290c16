"""Associations on their way in: their ends found, and the graph they join checked for circles."""

from collections.abc import Mapping, Sequence
from typing import Any

from competencies.errors import Fault, FaultCode, PackageRefusedError
from competencies.formats.package import Edge, Link
from competencies.models import Association, Competency, Framework, Kind
from competencies.rules.cycles import cycle_in

ACYCLIC = (Kind.CHILD_OF, Kind.PRECEDES)
MOST_NAMED = 12

Node = int | str


class Ends:
    """Finds the competency of `framework` that an end names: by identifier, else by URI where it gives none."""

    def __init__(self, framework: Framework) -> None:
        rows = list(framework.competencies.values_list("pk", "source_identifier", "source_uri"))
        self._by_identifier = {identifier: key for key, identifier, _uri in rows}
        self._by_any_case = {identifier.casefold(): key for key, identifier, _uri in rows}
        self._by_uri = {uri: key for key, _identifier, uri in rows if uri}

    def key_of(self, end: Link) -> int | None:
        """The primary key, or None for the document itself and for everything outside."""
        identifier = str(end.get("identifier", ""))
        if identifier:
            return self._by_identifier.get(identifier) or self._by_any_case.get(identifier.casefold())
        return self._by_uri.get(str(end.get("uri", "")))


def checked_edges(edges: Sequence[Edge], framework: Framework) -> dict[str, Mapping[str, Any]]:
    """The columns of each association by identifier. Raises PackageRefusedError naming a circle.

    The caller holds the graph lock: nobody can close a circle with us at the same time.
    """
    ends = Ends(framework)
    verdicts = dict(
        Association.objects.filter(framework=framework)
        .exclude(equivalence="")
        .values_list("source_identifier", "equivalence")
    )
    incoming: dict[str, Mapping[str, Any]] = {
        edge.source_identifier: {
            "source_uri": edge.source_uri,
            "source_changed": edge.source_changed,
            "extra": dict(edge.extra),
            "position": place,
            "kind": edge.kind,
            "sequence": edge.sequence,
            "origin_id": ends.key_of(edge.origin_link),
            "origin_link": dict(edge.origin_link),
            "destination_id": ends.key_of(edge.destination_link),
            "destination_link": dict(edge.destination_link),
            "grouping_link": dict(edge.grouping_link) if edge.grouping_link else None,
            "document_link": dict(edge.document_link) if edge.document_link else None,
            "notes": edge.notes,
            # What staff decided stays, unless the package itself decides.
            "equivalence": edge.equivalence
            if edge.equivalence is not None
            else verdicts.get(edge.source_identifier, ""),
        }
        for place, edge in enumerate(edges)
    }
    faults = [fault for kind in ACYCLIC for fault in _circle(kind, edges, incoming, framework)]
    if faults:
        raise PackageRefusedError(faults)
    return incoming


def _circle(
    kind: Kind, edges: Sequence[Edge], incoming: Mapping[str, Mapping[str, Any]], framework: Framework
) -> list[Fault]:
    """A fault when the package's edges of this kind, with all others that stand, lead in a circle."""
    own = [(edge, incoming[edge.source_identifier]) for edge in edges if edge.kind == kind]
    if not own:
        return []
    columns = ("origin_id", "origin_link", "destination_id", "destination_link")
    others = Association.objects.standing().of_kind(kind).exclude(framework=framework).values(*columns)
    rows = [*(row for _edge, row in own), *others]
    known = _alone_of(rows)
    pairs = [(_node(row, "origin", known), _node(row, "destination", known)) for row in rows]
    circle = cycle_in(pairs)
    if not circle:
        return []
    inside = set(circle)
    first = next(
        (edge.where for (edge, _row), (start, end) in zip(own, pairs, strict=False) if {start, end} <= inside), ""
    )
    return [Fault(FaultCode.CYCLE, first, {"kind": kind.value, "items": _names(circle)})]


def _alone_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Competencies of other frameworks that ends outside their own name, where the identifier is only one's."""
    outside = {
        str(row[f"{end}_link"].get("identifier", ""))
        for row in rows
        for end in ("origin", "destination")
        if row[f"{end}_id"] is None
    }
    found: dict[str, list[int]] = {}
    for key, identifier in Competency.objects.filter(source_identifier__in=outside - {""}).values_list(
        "pk", "source_identifier"
    ):
        found.setdefault(identifier, []).append(key)
    return {identifier: keys[0] for identifier, keys in found.items() if len(keys) == 1}


def _node(row: Mapping[str, Any], end: str, known: Mapping[str, int]) -> Node:
    """A competency's key, or the text by which the source names what is not here."""
    if row[f"{end}_id"] is not None:
        return int(row[f"{end}_id"])
    link = row[f"{end}_link"]
    identifier = str(link.get("identifier") or link.get("uri"))
    return known.get(identifier, identifier)


def _names(circle: Sequence[Node]) -> str:
    keys = [node for node in circle if isinstance(node, int)]
    called = {row.pk: f"{row} ({row.source_identifier})" for row in Competency.objects.filter(pk__in=keys)}
    names = [called.get(node, str(node)) if isinstance(node, int) else node for node in circle]
    shown = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], "…"]
    return " → ".join([*shown, names[0]])
