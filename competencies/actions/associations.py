"""Associations of an imported package: resolving their ends, and refusing cycles in the graph that results."""

from collections.abc import Mapping, Sequence
from typing import Any

from competencies.errors import FaultCode, PackageFault, PackageRefusedError
from competencies.formats.package import Edge, Link
from competencies.models import Association, Competency, Framework, Kind
from competencies.rules.cycles import cycle_in
from competencies.rules.identifiers import comparable

ACYCLIC = (Kind.CHILD_OF, Kind.PRECEDES)
MAX_NAMED = 12

Node = int | str


class EndIndex:
    """Finds the competency that an end of an association names: by its identifier, or by its URI if it has none.

    Identifiers are compared exactly first and then without case, because some tools change the case of GUIDs.
    """

    def __init__(self, framework: Framework) -> None:
        rows = list(framework.competencies.values_list("pk", "source_identifier", "source_uri"))
        self._by_identifier = {identifier: key for key, identifier, _uri in rows}
        self._by_any_case = {identifier.casefold(): key for key, identifier, _uri in rows}
        self._by_uri = {uri: key for key, _identifier, uri in rows if uri}

    def key_of(self, end: Link) -> int | None:
        """The primary key; None for the document itself and for competencies outside the framework."""
        identifier = str(end.get("identifier", ""))
        if identifier:
            return self._by_identifier.get(identifier) or self._by_any_case.get(identifier.casefold())
        return self._by_uri.get(str(end.get("uri", "")))


def checked_association_columns(edges: Sequence[Edge], framework: Framework) -> dict[str, Mapping[str, Any]]:
    """The columns of each association by source identifier. Raises PackageRefusedError if there is a cycle.

    The caller holds the graph lock. Otherwise two imports could each add one half of a cycle.
    """
    ends = EndIndex(framework)
    decided = (
        Association.objects.filter(framework=framework)
        .exclude(equivalence="")
        .values_list("source_identifier", "equivalence")
    )
    verdicts = {comparable(identifier): equivalence for identifier, equivalence in decided}
    incoming: dict[str, Mapping[str, Any]] = {
        edge.source_identifier: {
            "source_uri": edge.source_uri,
            "source_changed": edge.source_changed,
            "extra": dict(edge.extra),
            "position": position,
            "kind": edge.kind,
            "sequence": edge.sequence,
            "origin_id": ends.key_of(edge.origin_link),
            "origin_link": dict(edge.origin_link),
            "destination_id": ends.key_of(edge.destination_link),
            "destination_link": dict(edge.destination_link),
            "grouping_link": dict(edge.grouping_link) if edge.grouping_link else None,
            "document_link": dict(edge.document_link) if edge.document_link else None,
            "notes": edge.notes,
            # A decision by staff stays unless the package itself states an equivalence.
            "equivalence": edge.equivalence
            if edge.equivalence is not None
            else verdicts.get(comparable(edge.source_identifier), ""),
        }
        for position, edge in enumerate(edges)
    }
    faults = [fault for kind in ACYCLIC for fault in _circle_faults(kind, edges, incoming, framework)]
    if faults:
        raise PackageRefusedError(faults)
    return incoming


def _circle_faults(
    kind: Kind, edges: Sequence[Edge], incoming: Mapping[str, Mapping[str, Any]], framework: Framework
) -> list[PackageFault]:
    """One fault if the package's edges of this kind form a cycle with the current edges of all other frameworks."""
    # Without edges of this kind the edges of all other frameworks need not be read.
    own = [(edge, incoming[edge.source_identifier]) for edge in edges if edge.kind == kind]
    if not own:
        return []
    columns = ("origin_id", "origin_link", "destination_id", "destination_link")
    others = Association.objects.listed().of_kind(kind).exclude(framework=framework).values(*columns)
    rows = [*(row for _edge, row in own), *others]
    keys_by_identifier = _unambiguous_keys(rows)
    pairs = [(_node(row, "origin", keys_by_identifier), _node(row, "destination", keys_by_identifier)) for row in rows]
    circle = cycle_in(pairs)
    if not circle:
        return []
    inside = set(circle)
    # The fault points at the first edge of this package in the cycle, where a person can correct the file.
    first = next(
        (edge.where for (edge, _row), (start, end) in zip(own, pairs, strict=False) if {start, end} <= inside), ""
    )
    return [PackageFault(FaultCode.CYCLE, first, {"kind": kind.value, "items": _circle_text(circle)})]


def _unambiguous_keys(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The competencies that unresolved ends name, by identifier, if exactly one competency has the identifier."""
    # An end outside its own framework is stored as text only. It is resolved here for this check, because two
    # frameworks can form a cycle together. A name that several competencies have stays unresolved.
    outside = {
        comparable(str(row[f"{end}_link"].get("identifier", "")))
        for row in rows
        for end in ("origin", "destination")
        if row[f"{end}_id"] is None
    }
    keys: dict[str, list[int]] = {}
    found = Competency.objects.identified_by(outside - {""}).values_list("pk", "source_identifier")
    for key, identifier in found:
        keys.setdefault(comparable(identifier), []).append(key)
    return {identifier: keys_found[0] for identifier, keys_found in keys.items() if len(keys_found) == 1}


def _node(row: Mapping[str, Any], end: str, keys_by_identifier: Mapping[str, int]) -> Node:
    """The key of a competency, or the identifier or URI of one that is not in the database."""
    if row[f"{end}_id"] is not None:
        return int(row[f"{end}_id"])
    link = row[f"{end}_link"]
    identifier = comparable(str(link.get("identifier") or link.get("uri")))
    return keys_by_identifier.get(identifier, identifier)


def _circle_text(circle: Sequence[Node]) -> str:
    """The cycle in one line; a long cycle is cut."""
    keys_found = [node for node in circle if isinstance(node, int)]
    labels = {row.pk: f"{row} ({row.source_identifier})" for row in Competency.objects.filter(pk__in=keys_found)}
    names = [labels.get(node, str(node)) if isinstance(node, int) else node for node in circle]
    shown = names if len(names) <= MAX_NAMED else [*names[:MAX_NAMED], "…"]
    return " → ".join([*shown, names[0]])
