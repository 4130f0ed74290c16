"""Writes a Package by the tables of a version, valid under the official schema and without loss.

A value that the standard does not allow (a malformed GUID, a date in another format, an unknown member) is written in
the nearest allowed form. Its original goes to `extensions.cairn.members`, where our parser finds it again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from competencies.formats.dialect import Dialect, Member, Shape, Table
from competencies.formats.members import EXTENSION_NAME, is_empty, non_empty
from competencies.formats.package import Definition, Document, Edge, Item, Json, Link, Package, Sourced
from competencies.formats.scales import scales_written
from competencies.rules.identifiers import comparable, published_guid

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_EXTENDED_KIND = re.compile(r"ext:[A-Za-z0-9.\-_]+")
# The schema has int32 for integers.
_INT32 = 2**31
# The standard requires a date of change even where the source has none. The original is kept in the extensions.
_NO_MOMENT = "1970-01-01T00:00:00Z"
_ROW_EXTENSIONS_ARE_LISTS = "rubricCriterionId"


def tree_of(package: Package, dialect: Dialect) -> Json:
    """The whole package as a JSON tree."""
    definitions: dict[str, list[Json]] = {kind: [] for kind in dialect.definitions}
    for row in package.definitions:
        definitions[row.kind].append(definition_tree(row, dialect))
    rubrics = definitions.pop("CFRubrics")
    known = known_identifiers(row.source_identifier for row in (package.document, *package.items))
    tree: dict[str, Json] = {
        "CFDocument": document_tree(package.document, dialect),
        "CFItems": [item_tree(item, dialect) for item in package.items],
        "CFAssociations": [edge_tree(edge, dialect, known=known) for edge in package.edges],
        "CFDefinitions": definitions,
        "CFRubrics": rubrics,
    }
    if not dialect.extensible:
        return tree
    if package.definitions_extra:
        tree["CFDefinitions"]["extensions"] = _extensions({}, dict(package.definitions_extra))
    own = {"proficiencyScales": scales_written(package.scales)} if package.scales else {}
    extensions = _extensions(own, dict(package.extra))
    return {**tree, **({"extensions": extensions} if extensions else {})}


def known_identifiers(identifiers: Iterable[str]) -> Mapping[str, str]:
    """The identifiers of objects that are written too, by the form in which identifiers are compared."""
    return {comparable(identifier): identifier for identifier in identifiers}


def document_tree(document: Document, dialect: Dialect, *, packed: bool = True) -> Json:
    """CFDocument, inside a package (`packed`) or as a response of its own."""
    tree = _object(_members(document, dialect.document), dialect.document, dialect, packed=packed)
    return {**tree, "caseVersion": dialect.version} if dialect.names_version else tree


def item_tree(item: Item, dialect: Dialect, *, packed: bool = True) -> Json:
    """One CFItem, with our criteria and scale in its extensions."""
    # The scales themselves are in the package's extensions, which 1.0 does not have.
    own = non_empty({"criteria": item.criteria, "scale": item.scale if dialect.extensible else ""})
    return _object(_members(item, dialect.item), dialect.item, dialect, own=own, packed=packed)


def edge_tree(edge: Edge, dialect: Dialect, *, packed: bool = True, known: Mapping[str, str] | None = None) -> Json:
    """One CFAssociation, with the equivalence of a replacement in its extensions.

    `known` are the identifiers of objects that are written too (`known_identifiers`). If one of them had to be
    replaced, or the end writes it in another case, the end follows. Other ends stay as they are, because an end may
    have any identifier.
    """
    own = non_empty({"equivalence": edge.equivalence})
    source = _members(edge, dialect.edge)
    tree = _object(source, dialect.edge, dialect, own=own, packed=packed)
    for name in ("originNodeURI", "destinationNodeURI"):
        identifier = tree[name]["identifier"]
        target = (known or {}).get(comparable(identifier))
        if target is None or guid(target, dialect) == identifier:
            continue
        tree[name] = {**tree[name], "identifier": guid(target, dialect)}
        if dialect.annotated:
            ours = tree.setdefault("extensions", {}).setdefault(EXTENSION_NAME, {})
            ours.setdefault("members", {}).setdefault(name, source[name])
    return tree


def definition_tree(row: Definition, dialect: Dialect) -> Json:
    """One definition or rubric."""
    identity = {"identifier": row.source_identifier, "uri": row.source_uri, "lastChangeDateTime": row.source_changed}
    source = {**row.members, **non_empty(identity)}
    return _object(source, dialect.definitions[row.kind], dialect, with_extensions=dialect.extensible)


def guid(identifier: str, dialect: Dialect) -> str:
    """The identifier if this version allows it, otherwise the GUID under which it is published."""
    return identifier if dialect.guid.fullmatch(identifier) else published_guid(identifier)


def _members(row: Sourced, table: Table) -> dict[str, Json]:
    """The row under the names of the standard. A field without one keeps our name, and ends in the extensions."""
    standard_names = {member.field: name for name, member in table.items()}
    ours = {"extra", "where", "criteria", "scale", "equivalence"}
    values = {
        standard_names.get(part.name, part.name): getattr(row, part.name)
        for part in fields(row)
        if part.name not in ours
    }
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {**non_empty(plain), **row.extra}


def _object(  # noqa: PLR0913 - how an object is written has this many sides
    source: Mapping[str, Json],
    table: Table,
    dialect: Dialect,
    *,
    own: Mapping[str, Json] | None = None,
    with_extensions: bool = True,
    packed: bool = True,
) -> dict[str, Json]:
    """The members of `table` from `source` in strict form; `with_extensions` also keeps the originals verbatim."""
    writable = {name: member for name, member in table.items() if not (packed and member.alone)}
    written: dict[str, Json] = {}
    set_aside: dict[str, Json] = {name: value for name, value in source.items() if name not in writable}
    for name, member in writable.items():
        value = source.get(name)
        if is_empty(value) and not member.required:
            continue
        strict_value = _strict_value_of(value, member, dialect, source)
        if strict_value is not None:
            written[name] = strict_value
        # Rows keep their own originals. A required member that was empty is written as "" and needs no original.
        if member.rows is None and strict_value != value and not (is_empty(value) and strict_value == ""):
            set_aside[name] = None if is_empty(value) else value
    if not (with_extensions and dialect.annotated):
        return written
    extensions = _extensions(dict(own or {}), set_aside)
    if extensions:
        written["extensions"] = [extensions] if _ROW_EXTENSIONS_ARE_LISTS in table else extensions
    return written


def _extensions(own: dict[str, Json], set_aside: dict[str, Json]) -> dict[str, Json]:
    """The source's own extensions together with ours."""
    others = set_aside.pop("extensions", None)
    if not isinstance(others, Mapping):
        if not is_empty(others):
            set_aside["extensions"] = others
        others = {}
    ours = {**own, **({"members": set_aside} if set_aside else {})}
    return {**others, **({EXTENSION_NAME: ours} if ours else {})}


def _strict_value_of(value: Json, member: Member, dialect: Dialect, source: Mapping[str, Json]) -> Any:  # noqa: ANN401 - by shape
    """The value in the form that the standard allows; None if there is no such form."""
    strict_value: Any = None
    match member.shape:
        case Shape.IDENTIFIER if isinstance(value, str):
            strict_value = guid(value, dialect)
        case Shape.URI:
            strict_value = _uri(value, member, dialect, source)
        case Shape.MOMENT:
            strict_value = value if _is_moment(value) else _NO_MOMENT
        case Shape.DATE:
            strict_value = value if _is_date(value) else None
        case Shape.LINK:
            strict_value = _link(value, dialect)
        case Shape.LINKS:
            strict_value = [link for part in value if (link := _link(part, dialect))]
        case Shape.END:
            strict_value = _end(value or {}, dialect)
        case Shape.KIND:
            strict_value = _kind(str(value), dialect)
        case _:
            strict_value = _plain(value, member, dialect)
    return strict_value


def _plain(value: Json, member: Member, dialect: Dialect) -> Any:  # noqa: ANN401 - by shape
    """Texts, numbers, and rows with a table of their own."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match member.shape:
        case Shape.TEXTS:
            return [str(part) for part in value] if isinstance(value, list) else None
        case Shape.INTEGER:
            return value if number and isinstance(value, int) and -_INT32 <= value < _INT32 else None
        case Shape.NUMBER:
            return value if number else None
        case Shape.ROWS:
            rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
            return [_object(row, member.rows or {}, dialect, with_extensions=dialect.extensible) for row in rows]
        case _:
            return "" if is_empty(value) else value if isinstance(value, str) else None


def _uri(value: Json, member: Member, dialect: Dialect, source: Mapping[str, Json]) -> str | None:
    if isinstance(value, str) and _URI.fullmatch(value):
        return value
    return f"urn:uuid:{guid(str(source.get('identifier', '')), dialect)}" if member.required else None


def _is_moment(value: Json) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_date(value: Json) -> bool:
    try:
        return str(date.fromisoformat(str(value))) == str(value)
    except ValueError:
        return False


def _link(value: Json, dialect: Dialect) -> Link | None:
    """A link to a definition or document with exactly title, identifier (a GUID) and URI."""
    if not isinstance(value, Mapping):
        return None
    identifier = guid(str(value.get("identifier") or value.get("uri") or ""), dialect)
    uri = str(value.get("uri") or "")
    written = {"title": str(value.get("title") or ""), "identifier": identifier}
    return {**written, "uri": uri if _URI.fullmatch(uri) else f"urn:uuid:{identifier}"}


def _end(value: Link, dialect: Dialect) -> Link:
    """An end of an association; its identifier may be any text."""
    identifier = str(value.get("identifier") or value.get("uri") or "")
    uri = str(value.get("uri") or "")
    end = {"title": str(value.get("title") or ""), "identifier": identifier}
    end["uri"] = uri if _URI.fullmatch(uri) else f"urn:uuid:{guid(identifier, dialect)}"
    target = value.get("targetType")
    if dialect.extensible and (target == "CASE" or _EXTENDED_KIND.fullmatch(str(target))):
        end["targetType"] = str(target)
    return end


def _kind(value: str, dialect: Dialect) -> str:
    if value in dialect.kinds or (dialect.extensible and _EXTENDED_KIND.fullmatch(value)):
        return value
    return "ext:" + re.sub(r"[^A-Za-z0-9.\-_]", "_", value) if dialect.extensible else "isRelatedTo"
