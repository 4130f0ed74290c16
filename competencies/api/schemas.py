"""JSON schemas of the responses, built from the same tables as the writer, so that they cannot differ from it."""

from collections.abc import Mapping
from typing import Any

from competencies.formats.case_v1p1 import DIALECT
from competencies.formats.dialect import Shape, Table

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_LINK: Schema = {
    "type": "object",
    "properties": {"title": _TEXT, "identifier": _TEXT, "uri": {"type": "string", "format": "uri"}},
    "required": ["title", "identifier", "uri"],
}
_SHAPES: Mapping[Shape, Schema] = {
    Shape.IDENTIFIER: {"type": "string", "format": "uuid"},
    Shape.URI: {"type": "string", "format": "uri"},
    Shape.TEXT: _TEXT,
    Shape.KIND: _TEXT,
    Shape.DATE: {"type": "string", "format": "date"},
    Shape.MOMENT: {"type": "string", "format": "date-time"},
    Shape.INTEGER: {"type": "integer", "format": "int32"},
    Shape.NUMBER: {"type": "number"},
    Shape.TEXTS: {"type": "array", "items": _TEXT},
    Shape.LINK: _LINK,
    Shape.LINKS: {"type": "array", "items": _LINK},
    Shape.END: _LINK,
}


def schema_of(table: Table) -> Schema:
    """The schema of an object with the members of `table`."""
    properties = {
        name: {"type": "array", "items": schema_of(member.rows)} if member.rows else _SHAPES[member.shape]
        for name, member in table.items()
    }
    required = [name for name, member in table.items() if member.required]
    return {"type": "object", "properties": {**properties, "extensions": {"type": "object"}}, "required": required}


def rows_of(schema: Schema) -> Schema:
    """The schema of a list of such objects."""
    return {"type": "array", "items": schema}


DOCUMENT = schema_of(DIALECT.document)
ITEM = schema_of(DIALECT.item)
ASSOCIATION = schema_of(DIALECT.edge)
DOCUMENTS: Schema = {"type": "object", "properties": {"CFDocuments": rows_of(DOCUMENT)}, "required": ["CFDocuments"]}
ASSOCIATIONS: Schema = {
    "type": "object",
    "properties": {"CFItem": ITEM, "CFAssociations": rows_of(ASSOCIATION)},
    "required": ["CFItem", "CFAssociations"],
}
PACKAGE: Schema = {
    "type": "object",
    "properties": {
        "CFDocument": DOCUMENT,
        "CFItems": rows_of(ITEM),
        "CFAssociations": rows_of(ASSOCIATION),
        "CFDefinitions": {
            "type": "object",
            "properties": {
                kind: rows_of(schema_of(table)) for kind, table in DIALECT.definitions.items() if kind != "CFRubrics"
            },
        },
        "CFRubrics": rows_of(schema_of(DIALECT.definitions["CFRubrics"])),
        "extensions": {"type": "object"},
    },
    "required": ["CFDocument"],
}
STATUS: Schema = {
    "type": "object",
    "properties": {
        "imsx_codeMajor": _TEXT,
        "imsx_severity": _TEXT,
        "imsx_description": _TEXT,
        "imsx_codeMinor": {"type": "object"},
    },
    "required": ["imsx_codeMajor", "imsx_severity"],
}
