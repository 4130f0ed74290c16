"""JSON schemas of the answers, built from the same tables as the writer, so that they cannot differ from it."""

from collections.abc import Mapping
from typing import Any

from competencies.formats.dialect import Dialect, Member, Shape, Table

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_OBJECT: Schema = {"type": "object"}
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
STATUS: Schema = {
    "type": "object",
    "properties": {
        "imsx_codeMajor": _TEXT,
        "imsx_severity": _TEXT,
        "imsx_description": _TEXT,
        "imsx_codeMinor": _OBJECT,
    },
    "required": ["imsx_codeMajor", "imsx_severity"],
}
# What the sets of definitions are called in the standard.
SETS = {"CFItemTypes": "CFItemType", "CFSubjects": "CFSubject", "CFConcepts": "CFConcept"}
SINGLE = {"CFLicenses": "CFLicense", "CFAssociationGroupings": "CFAssociationGrouping", "CFRubrics": "CFRubric"}


def schemas_of(dialect: Dialect) -> Mapping[str, Schema]:
    """The schema of every kind of answer in one version, by the standard's name of the kind."""
    document = {**dialect.document, "caseVersion": Member(Shape.TEXT)} if dialect.names_version else dialect.document
    definitions = {kind: schema_of(table, dialect) for kind, table in dialect.definitions.items()}
    lists = {kind: _list_of(schema) for kind, schema in definitions.items() if kind != "CFRubrics"}
    return {
        "CFDocument": schema_of(document, dialect),
        "CFDocumentSet": _holding({"CFDocuments": _list_of(schema_of(document, dialect))}),
        "CFItem": schema_of(dialect.item, dialect),
        "CFAssociation": schema_of(dialect.edge, dialect),
        "CFAssociationSet": _holding(
            {
                "CFItem": schema_of(dialect.item, dialect),
                "CFAssociations": _list_of(schema_of(_packed(dialect.edge), dialect)),
            }
        ),
        "CFPackage": _holding(
            {
                "CFDocument": schema_of(_packed(document), dialect),
                "CFItems": _list_of(schema_of(_packed(dialect.item), dialect)),
                "CFAssociations": _list_of(schema_of(_packed(dialect.edge), dialect)),
                "CFDefinitions": {"type": "object", "properties": lists},
                "CFRubrics": _list_of(definitions["CFRubrics"]),
                **({"extensions": _OBJECT} if dialect.extensible else {}),
            },
            required=["CFDocument"],
        ),
        **{f"{name}Set": _holding({kind: _list_of(definitions[kind])}) for kind, name in SETS.items()},
        **{name: definitions[kind] for kind, name in SINGLE.items()},
        "imsx_StatusInfo": STATUS,
    }


def schema_of(table: Table, dialect: Dialect) -> Schema:
    """The schema of an object with the members of `table`."""
    properties = {
        name: _list_of(schema_of(member.rows, dialect)) if member.rows else _SHAPES[member.shape]
        for name, member in table.items()
    }
    required = [name for name, member in table.items() if member.required]
    # Levels of rubrics have a list of extensions.
    extensions: Schema = {"extensions": {}} if dialect.extensible else {}
    return {"type": "object", "properties": {**properties, **extensions}, "required": required}


def _packed(table: Table) -> Table:
    """The members of an object inside another one."""
    return {name: member for name, member in table.items() if not member.alone}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _holding(properties: Schema, *, required: list[str] | None = None) -> Schema:
    return {"type": "object", "properties": properties, "required": required or list(properties)}
