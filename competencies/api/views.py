"""The twelve read operations of CASE, in the versions 1.0 and 1.1.

An identifier is our public id, the GUID in our answers or the source's identifier; if several frameworks share one, the
first framework answers. Only what is published and listed has one.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from rest_framework.request import Request
from rest_framework.response import Response

from competencies.api import trees
from competencies.api.answers import CaseView, not_found, status_info, unless_cached, unless_same
from competencies.api.description import description_of
from competencies.api.document_list import RefusedSelectionError, page_links, selection_of
from competencies.formats import writer as writing
from competencies.models import Definition, DefinitionKind
from competencies.queries import (
    definition_facts,
    definitions_below,
    edges_at,
    package_of,
    public_association,
    public_competency,
    public_definition,
    public_framework,
    published_frameworks,
    published_state,
)
from core.access import access, anyone

# A framework with thousands of items is some megabytes of JSON, a tenth of that compressed. There is nothing secret in
# these answers that could be guessed from their length.
compressed = method_decorator(gzip_page, name="dispatch")


@compressed
@access(anyone)
class Documents(CaseView):
    """All published frameworks, a page at a time; the headers Link and X-Total-Count tell the other pages."""

    def get(self, request: Request) -> Response:
        """Answer with the wanted documents. Sorting and filtering are about what is published, not about columns."""
        try:
            selection = selection_of(request.query_params, self.dialect)
        except RefusedSelectionError as refusal:
            return status_info(HTTPStatus.BAD_REQUEST, refusal.description, refusal.minor)

        def listed() -> Response:
            rows = published_frameworks()
            if selection.of_all:
                # An installation has tens of frameworks, so that all of them can be read for this.
                wanted = selection.applied_to([trees.document(row, self.case_version) for row in rows])
                total, page = len(wanted), selection.page_of(wanted)
            else:
                total = rows.count()
                page = [trees.document(row, self.case_version) for row in selection.page_of(rows)]
            response = Response({"CFDocuments": [selection.with_fields(tree) for tree in page]})
            response["X-Total-Count"] = total
            address = settings.PUBLIC_URL + reverse(f"case-{self.case_version}:documents")
            links = page_links(address, request.query_params, selection, total=total)
            if links:
                response["Link"] = links
            return response

        return unless_same(request, published_state(), listed)


@access(anyone)
class OneDocument(CaseView):
    """What a framework says of itself."""

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with CFDocument."""
        row = public_framework(sourced_id)
        if row is None:
            return not_found()
        return unless_cached(request, row, lambda: trees.document(row, self.case_version))


@compressed
@access(anyone)
class OnePackage(CaseView):
    """A whole framework: what can be imported elsewhere."""

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with CFPackage."""
        row = public_framework(sourced_id)
        if row is None:
            return not_found()
        return unless_cached(request, row, lambda: writing.tree_of(package_of(row), self.dialect))


@access(anyone)
class OneItem(CaseView):
    """One competency, as its current revision says."""

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with CFItem."""
        row = public_competency(sourced_id)
        if row is None:
            return not_found()
        return unless_cached(request, row.framework, lambda: trees.item(row, self.case_version))


@access(anyone)
class ItemAssociations(CaseView):
    """One competency with all associations that begin or end at it."""

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with CFItem and CFAssociations."""
        row = public_competency(sourced_id)
        if row is None:
            return not_found()

        def item_with_associations() -> Mapping[str, Any]:
            edges = [trees.packed_edge(edge, self.case_version) for edge in edges_at(row)]
            # The standard asks for at least one association.
            return {
                "CFItem": trees.item(row, self.case_version),
                "CFAssociations": edges or [trees.place_below_document(row, self.case_version)],
            }

        return unless_cached(request, row.framework, item_with_associations)


@access(anyone)
class OneAssociation(CaseView):
    """One association."""

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with CFAssociation."""
        row = public_association(sourced_id)
        if row is not None:
            return unless_cached(request, row.framework, lambda: trees.edge(row, self.case_version))
        # The place of an item that no association names; see `trees.place_below_document`.
        item = public_competency(sourced_id)
        if item is None or str(item.public_id) != sourced_id.lower() or edges_at(item).exists():
            return not_found()
        return unless_cached(
            request, item.framework, lambda: trees.place_below_document(item, self.case_version, packed=False)
        )


@access(anyone)
class OneDefinition(CaseView):
    """One definition that stands alone: a licence, an association grouping, or a rubric."""

    kind = DefinitionKind.LICENCE

    def get(self, request: Request, sourced_id: str) -> Response:
        """Answer with the definition."""
        row = public_definition(self.kind, sourced_id)
        if row is None:
            return not_found()
        return unless_cached(request, row.framework, lambda: self.tree_of(row))

    def tree_of(self, row: Definition) -> Any:  # noqa: ANN401 - a JSON object
        """The body of the answer."""
        return writing.definition_tree(definition_facts(row), self.dialect)


@access(anyone)
class DefinitionSet(OneDefinition):
    """One definition with those below it by their hierarchy codes: an item type, a subject, or a concept."""

    def tree_of(self, row: Definition) -> Any:  # noqa: ANN401 - a JSON object
        """The body of the answer: first what was asked for, then what is below it."""
        rows = [row, *definitions_below(row)]
        return {str(self.kind): [writing.definition_tree(definition_facts(each), self.dialect) for each in rows]}


@access(anyone)
class Description(CaseView):
    """What the service can do, in OpenAPI: for programs that are made from it."""

    def get(self, _request: Request) -> Response:
        """Answer with the description of this version."""
        return Response(description_of(self.case_version, server=settings.PUBLIC_URL))


@access(anyone)
class Nowhere(CaseView):
    """Every other path of the service."""

    def get(self, _request: Request, **_path: str) -> Response:
        """Answer 404, in the form of the standard."""
        return not_found()
