"""The read operations of CASE 1.1.

An identifier is our public id or the source's identifier; if several frameworks share one, the first framework answers.
The docstrings of the views are part of docs/openapi.yaml.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from competencies.api import schemas
from competencies.api.answers import not_found, status_info, unless_cached
from competencies.formats import writer as writing
from competencies.formats.case_v1p1 import DIALECT
from competencies.formats.package import Json
from competencies.models import Association, Competency, CompetencyRevision, Framework
from competencies.queries import (
    document_facts,
    edge_facts,
    edges_at,
    item_facts,
    package_of,
    public_association,
    public_competency,
    public_framework,
)
from core.access import access, anyone

# A larger limit is reduced and not refused: clients page on with X-Total-Count.
MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100
TAG = ["CASE 1.1"]


def unsupported_parameter(parameter: str) -> Response:
    """400: the standard has this parameter, but the service does not support it."""
    description = _("The parameter %(name)s is not supported here; limit and offset are.") % {"name": parameter}
    return status_info(400, description, "invalid_selection_field")


@access(anyone)
class Documents(APIView):
    """All published frameworks, a page at a time; the header X-Total-Count says how many there are."""

    @extend_schema(
        operation_id="getAllCFDocuments",
        tags=TAG,
        parameters=[
            OpenApiParameter("limit", OpenApiTypes.INT, description="How many at most (100 unless said, up to 1,000)."),
            OpenApiParameter("offset", OpenApiTypes.INT, description="How many to leave out first."),
        ],
        responses={200: schemas.DOCUMENTS, 400: schemas.STATUS},
    )
    def get(self, request: Request) -> Response:
        other = set(request.query_params) - {"limit", "offset"}
        # The standard has fields, sort and filter. Ignoring them silently would return wrong results.
        if other:
            return unsupported_parameter(min(other))
        try:
            limit = min(int(request.query_params.get("limit", DEFAULT_LIMIT)), MAX_LIMIT)
            offset = int(request.query_params.get("offset", 0))
        except ValueError:
            return status_info(400, _("limit and offset are whole numbers."), "invalid_selection_field")
        if limit < 1 or offset < 0:
            return status_info(400, _("limit begins with 1, offset with 0."), "invalid_selection_field")
        rows = Framework.objects.public().order_by("pk")
        response = Response({"CFDocuments": [document_tree(row) for row in rows[offset : offset + limit]]})
        response["X-Total-Count"] = rows.count()
        return response


@access(anyone)
class OneDocument(APIView):
    """What a framework says of itself."""

    @extend_schema(operation_id="getCFDocument", tags=TAG, responses={200: schemas.DOCUMENT, 404: schemas.STATUS})
    def get(self, request: Request, sourced_id: str) -> Response:
        row = public_framework(sourced_id)
        return not_found() if row is None else unless_cached(request, row, lambda: document_tree(row))


@access(anyone)
class OnePackage(APIView):
    """A whole framework: what can be imported elsewhere."""

    @extend_schema(operation_id="getCFPackage", tags=TAG, responses={200: schemas.PACKAGE, 404: schemas.STATUS})
    def get(self, request: Request, sourced_id: str) -> Response:
        row = public_framework(sourced_id)
        if row is None:
            return not_found()
        return unless_cached(request, row, lambda: writing.tree_of(package_of(row), DIALECT))


@access(anyone)
class OneItem(APIView):
    """One competency, as its current revision says."""

    @extend_schema(operation_id="getCFItem", tags=TAG, responses={200: schemas.ITEM, 404: schemas.STATUS})
    def get(self, request: Request, sourced_id: str) -> Response:
        row = public_competency(sourced_id)
        return not_found() if row is None else unless_cached(request, row.framework, lambda: item_tree(row))


@access(anyone)
class ItemAssociations(APIView):
    """One competency with all associations that begin or end at it."""

    @extend_schema(
        operation_id="getCFItemAssociations", tags=TAG, responses={200: schemas.ASSOCIATIONS, 404: schemas.STATUS}
    )
    def get(self, request: Request, sourced_id: str) -> Response:
        row = public_competency(sourced_id)
        if row is None:
            return not_found()

        def item_with_associations() -> Json:
            edges = [
                writing.edge_tree(edge_facts(edge), DIALECT, known=_replaceable_identifiers(edge))
                for edge in edges_at(row)
            ]
            return {"CFItem": item_tree(row), "CFAssociations": edges}

        return unless_cached(request, row.framework, item_with_associations)


@access(anyone)
class OneAssociation(APIView):
    """One association."""

    @extend_schema(operation_id="getCFAssociation", tags=TAG, responses={200: schemas.ASSOCIATION, 404: schemas.STATUS})
    def get(self, request: Request, sourced_id: str) -> Response:
        row = public_association(sourced_id)
        return not_found() if row is None else unless_cached(request, row.framework, lambda: edge_tree(row))


def document_tree(row: Framework) -> Json:
    """CFDocument as a response of its own, with the link to its package that the standard requires."""
    tree = writing.document_tree(document_facts(row), DIALECT, packed=False)
    return {**tree, "CFPackageURI": _link(row, tree, "package")}


def item_tree(row: Competency) -> Json:
    """CFItem as a response of its own, with the link to its document."""
    revision = CompetencyRevision.objects.current_of(row)
    tree = writing.item_tree(item_facts(row, revision), DIALECT, packed=False)
    return {**tree, "CFDocumentURI": tree.get("CFDocumentURI") or _document_link(row.framework)}


def edge_tree(row: Association) -> Json:
    """CFAssociation as a response of its own, with the link to its document."""
    tree = writing.edge_tree(edge_facts(row), DIALECT, packed=False, known=_replaceable_identifiers(row))
    return {**tree, "CFDocumentURI": tree.get("CFDocumentURI") or _document_link(row.framework)}


def _replaceable_identifiers(edge: Association) -> set[str]:
    """The identifiers that the writer replaces consistently if they are no valid GUIDs: the ends and the document."""
    ends = {end.source_identifier for end in (edge.origin, edge.destination) if end}
    return ends | {edge.framework.source_identifier}


def _document_link(row: Framework) -> Json:
    return _link(row, writing.document_tree(document_facts(row), DIALECT), "document")


def _link(row: Framework, tree: Json, route: str) -> dict[str, Any]:
    address = settings.PUBLIC_URL + reverse(f"case-v1p1:{route}", args=[row.public_id])
    return {"title": row.title, "identifier": tree["identifier"], "uri": address}
