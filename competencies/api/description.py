"""The description of the service in OpenAPI 3.0, of one version of CASE: the operations, and what they answer."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from competencies.api.document_list import DEFAULT_LIMIT, MAX_LIMIT
from competencies.api.schemas import SETS, SINGLE, schemas_of
from competencies.formats.case_service import SERVED

Json = dict[str, Any]

# The path of each operation, its name in the standard, and the schema of its answer.
OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("/CFDocuments", "getAllCFDocuments", "CFDocumentSet"),
    ("/CFDocuments/{sourcedId}", "getCFDocument", "CFDocument"),
    ("/CFPackages/{sourcedId}", "getCFPackage", "CFPackage"),
    ("/CFItems/{sourcedId}", "getCFItem", "CFItem"),
    ("/CFItemAssociations/{sourcedId}", "getCFItemAssociations", "CFAssociationSet"),
    ("/CFAssociations/{sourcedId}", "getCFAssociation", "CFAssociation"),
    *((f"/{kind}/{{sourcedId}}", f"get{name}", f"{name}Set") for kind, name in SETS.items()),
    *((f"/{kind}/{{sourcedId}}", f"get{name}", name) for kind, name in SINGLE.items()),
)
_PARAMETERS: Mapping[str, Json] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "sort": {"type": "string"},
    "orderBy": {"type": "string", "enum": ["asc", "desc"], "default": "asc"},
    "filter": {"type": "string"},
    "fields": {"type": "array", "items": {"type": "string"}},
}


# By version and server: an installation has one server, so that two descriptions stay. They follow from the code alone.
@lru_cache(maxsize=8)
def description_of(version: str, *, server: str) -> Json:
    """The description of one version, `v1p0` or `v1p1`, at the origin `server`."""
    dialect = SERVED[version]
    return {
        "openapi": "3.0.3",
        "info": {"title": f"Cairn, CASE {dialect.version}", "version": dialect.version},
        "servers": [{"url": f"{server}/ims/case/{version}"}],
        "paths": {path: {"get": _operation(path, name, schema)} for path, name, schema in OPERATIONS},
        "components": {"schemas": dict(schemas_of(dialect))},
    }


def _operation(path: str, name: str, schema: str) -> Json:
    one = "{" in path
    parameters = [_parameter("sourcedId", "path", {"type": "string"})] if one else []
    parameters += [] if one else [_parameter(key, "query", value) for key, value in _PARAMETERS.items()]
    refusal = {"404": _answer("imsx_StatusInfo")} if one else {"400": _answer("imsx_StatusInfo")}
    return {
        "operationId": name,
        "parameters": parameters,
        "responses": {"200": _answer(schema), "304": {"description": "Not Modified"}, **refusal},
    }


def _parameter(name: str, place: str, schema: Json) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _answer(schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": schema, "content": content}
