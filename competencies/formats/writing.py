"""Writes a Package by a version's tables so strictly that the official schema accepts it, and loses nothing.

What the standard cannot say (an odd GUID, a date of another form, a member it does not know) is written in the nearest
form it can, and verbatim beside it in `extensions.cairn.members`, where our reader finds it again.
"""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from competencies.formats.dialect import Dialect, Member, Shape, Table
from competencies.formats.members import OURS, empty, filled
from competencies.formats.package import Definition, Document, Edge, Item, Json, Link, Package, Sourced
from competencies.formats.scales import scales_written

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_EXTENDED_KIND = re.compile(r"ext:[A-Za-z0-9.\-_]+")
# Where odd identifiers get their stand-ins from: the same one each time, so that links keep meeting.
_STAND_INS = uuid.UUID("6f5d0c0a-7c0e-5b1d-9a0b-3f1d7c2e4a11")
_INT32 = 2**31
_NO_MOMENT = "1970-01-01T00:00:00Z"
_ROW_EXTENSIONS_ARE_LISTS = "rubricCriterionId"


def tree_of(package: Package, dialect: Dialect) -> Json:
    """The whole package as a JSON tree."""
    definitions: dict[str, list[Json]] = {kind: [] for kind in dialect.definitions}
    for row in package.definitions:
        definitions[row.kind].append(definition_tree(row, dialect))
    rubrics = definitions.pop("CFRubrics")
    known = {package.document.source_identifier, *(item.source_identifier for item in package.items)}
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


def document_tree(document: Document, dialect: Dialect, *, packed: bool = True) -> Json:
    """CFDocument; `packed` inside a package, else as an answer of its own."""
    tree = _object(_members(document, dialect.document), dialect.document, dialect, packed=packed)
    return {**tree, "caseVersion": dialect.version} if dialect.names_version else tree


def item_tree(item: Item, dialect: Dialect, *, packed: bool = True) -> Json:
    """One CFItem, our criteria and scale in its extensions."""
    # Scales themselves travel in the package's extensions, which 1.0 has not.
    own = filled({"criteria": item.criteria, "scale": item.scale if dialect.extensible else ""})
    return _object(_members(item, dialect.item), dialect.item, dialect, own=own, packed=packed)


def edge_tree(edge: Edge, dialect: Dialect, *, packed: bool = True, known: Collection[str] = ()) -> Json:
    """One CFAssociation, our verdict on a replacement in its extensions.

    `known` are identifiers of ours that may have had to be replaced: ends that name them follow. Others stay as they
    are, for an end may carry any identifier.
    """
    own = filled({"equivalence": edge.equivalence})
    source = _members(edge, dialect.edge)
    tree = _object(source, dialect.edge, dialect, own=own, packed=packed)
    for name in ("originNodeURI", "destinationNodeURI"):
        identifier = tree[name]["identifier"]
        if identifier in known and guid(identifier, dialect) != identifier:
            tree[name] = {**tree[name], "identifier": guid(identifier, dialect)}
            beside = tree.setdefault("extensions", {}).setdefault(OURS, {}).setdefault("members", {})
            beside.setdefault(name, source[name])
    return tree


def definition_tree(row: Definition, dialect: Dialect) -> Json:
    """One definition or rubric."""
    identity = {"identifier": row.source_identifier, "uri": row.source_uri, "lastChangeDateTime": row.source_changed}
    source = {**row.members, **filled(identity)}
    return _object(source, dialect.definitions[row.kind], dialect, keeps=dialect.extensible)


def guid(identifier: str, dialect: Dialect) -> str:
    """The identifier itself where this version allows it, else one that stands in for it, always the same."""
    return identifier if dialect.guid.fullmatch(identifier) else str(uuid.uuid5(_STAND_INS, identifier))


def _members(row: Sourced, table: Table) -> dict[str, Json]:
    """The row under the standard's names; a field without one in this version keeps ours, and ends in extensions."""
    named = {member.field: name for name, member in table.items()}
    ours = {"extra", "where", "criteria", "scale", "equivalence"}
    values = {named.get(part.name, part.name): getattr(row, part.name) for part in fields(row) if part.name not in ours}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {**filled(plain), **row.extra}


def _object(  # noqa: PLR0913 - how an object is written has this many sides
    source: Mapping[str, Json],
    table: Table,
    dialect: Dialect,
    *,
    own: Mapping[str, Json] | None = None,
    keeps: bool = True,
    packed: bool = True,
) -> dict[str, Json]:
    """`source` in the members of `table`, strictly; what does not fit is set aside verbatim where there is a place."""
    open_to = {name: member for name, member in table.items() if not (packed and member.alone)}
    strict: dict[str, Json] = {}
    aside: dict[str, Json] = {name: value for name, value in source.items() if name not in open_to}
    for name, member in open_to.items():
        value = source.get(name)
        if empty(value) and not member.required:
            continue
        said = _strict(value, member, dialect, source)
        if said is not None:
            strict[name] = said
        if member.rows is None and said != value and not (empty(value) and said == ""):
            aside[name] = None if empty(value) else value
    if not keeps:
        return strict
    extensions = _extensions(dict(own or {}), aside)
    if extensions:
        strict["extensions"] = [extensions] if _ROW_EXTENSIONS_ARE_LISTS in table else extensions
    return strict


def _extensions(own: dict[str, Json], aside: dict[str, Json]) -> dict[str, Json]:
    """The source's own extensions, and ours beside them."""
    others = aside.pop("extensions", None)
    if not isinstance(others, Mapping):
        if not empty(others):
            aside["extensions"] = others
        others = {}
    ours = {**own, **({"members": aside} if aside else {})}
    return {**others, **({OURS: ours} if ours else {})}


def _strict(value: Json, member: Member, dialect: Dialect, source: Mapping[str, Json]) -> Any:  # noqa: ANN401 - by shape
    """The value as the standard can say it; None where it cannot."""
    said: Any = None
    match member.shape:
        case Shape.IDENTIFIER if isinstance(value, str):
            said = guid(value, dialect)
        case Shape.URI:
            said = _uri(value, member, dialect, source)
        case Shape.MOMENT:
            said = value if _is_moment(value) else _NO_MOMENT
        case Shape.DATE:
            said = value if _is_date(value) else None
        case Shape.LINK:
            said = _link(value, dialect)
        case Shape.LINKS:
            said = [link for part in value if (link := _link(part, dialect))]
        case Shape.END:
            said = _end(value or {}, dialect)
        case Shape.KIND:
            said = _kind(str(value), dialect)
        case _:
            said = _plain(value, member, dialect)
    return said


def _plain(value: Json, member: Member, dialect: Dialect) -> Any:  # noqa: ANN401 - by shape
    """Texts, numbers and rows with a table of their own."""
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
            return [_object(row, member.rows or {}, dialect, keeps=dialect.extensible) for row in rows]
        case _:
            return "" if empty(value) else value if isinstance(value, str) else None


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
    """A link to a definition or document: all three parts, a GUID, nothing else."""
    if not isinstance(value, Mapping):
        return None
    identifier = guid(str(value.get("identifier") or value.get("uri") or ""), dialect)
    uri = str(value.get("uri") or "")
    strict = {"title": str(value.get("title") or ""), "identifier": identifier}
    return {**strict, "uri": uri if _URI.fullmatch(uri) else f"urn:uuid:{identifier}"}


def _end(value: Link, dialect: Dialect) -> Link:
    """An end of an association: any identifier will do."""
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
