"""Objects of the CASE service as JSON: each in the form of one version, with links that lead back to this service."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from competencies.formats import package as facts
from competencies.formats import writer as writing
from competencies.formats.case_service import SERVED
from competencies.formats.members import EXTENSION_NAME
from competencies.models import Association, Competency, CompetencyRevision, Framework, Kind
from competencies.queries import document_facts, edge_facts, item_facts
from competencies.rules.identifiers import published_guid

Tree = dict[str, Any]


def document(row: Framework, version: str) -> Tree:
    """CFDocument as a response of its own, with the link to its package that the standard requires."""
    own = replace(document_facts(row), package_link=_link(row, version, "package"))
    return _tree(writing.document_tree(own, SERVED[version], packed=False))


def item(row: Competency, version: str) -> Tree:
    """CFItem as a response of its own, with the link to its document."""
    revision = CompetencyRevision.objects.current_of(row)
    own = replace(item_facts(row, revision), document_link=_link(row.framework, version, "document"))
    return _tree(writing.item_tree(own, SERVED[version], packed=False))


def edge(row: Association, version: str) -> Tree:
    """CFAssociation as a response of its own, with the link to its document."""
    own = replace(edge_facts(row), document_link=_link(row.framework, version, "document"))
    return _tree(writing.edge_tree(own, SERVED[version], packed=False, known=_ends(row)))


def packed_edge(row: Association, version: str) -> Tree:
    """CFAssociation beside its item, where the standard has no link to the document."""
    own = replace(edge_facts(row), document_link=None)
    return _tree(writing.edge_tree(own, SERVED[version], known=_ends(row)))


def place_below_document(row: Competency, version: str, *, packed: bool = True) -> Tree:
    """The association of an item that the source has left loose: it is shown directly below its framework.

    The package does not hold it, because the source does not. Its identifier is our public id of the item, under which
    it is found again. `extensions` says that it was added here, where the version has extensions.
    """
    link = _link(row.framework, version, "document")
    own = facts.Edge(
        source_identifier=str(row.public_id),
        source_uri=settings.PUBLIC_URL + reverse(f"case-{version}:association", args=[row.public_id]),
        source_changed=row.source_changed,
        kind=Kind.CHILD_OF,
        origin_link={
            "title": row.code or row.short_statement or row.source_identifier,
            "identifier": published_guid(row.source_identifier),
            "uri": row.source_uri,
        },
        destination_link={**link, "uri": row.framework.source_uri or link["uri"]},
        document_link=None if packed else link,
    )
    tree = _tree(writing.edge_tree(own, SERVED[version], packed=packed))
    if SERVED[version].extensible:
        tree.setdefault("extensions", {}).setdefault(EXTENSION_NAME, {})["added"] = True
    return tree


def _tree(tree: Any) -> Tree:  # noqa: ANN401 - the writer's JSON
    return dict(tree)


def _ends(row: Association) -> Mapping[str, str]:
    """The identifiers of what is written consistently beside the association: its ends and the document."""
    ends = [end.source_identifier for end in (row.origin, row.destination) if end]
    return writing.known_identifiers([*ends, row.framework.source_identifier])


def _link(row: Framework, version: str, route: str) -> Mapping[str, str]:
    """A link to a framework's document or package here, which is found whatever the source calls it."""
    address = settings.PUBLIC_URL + reverse(f"case-{version}:{route}", args=[row.public_id])
    return {"title": row.title, "identifier": published_guid(row.source_identifier), "uri": address}
