"""Parses a JSON tree into a Package by the tables of a version, and collects all faults."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from competencies.errors import FaultCode, PackageRefusedError
from competencies.formats import package as facts
from competencies.formats.dialect import Dialect, Member, Shape, Table
from competencies.formats.members import (
    EXTENSION_NAME,
    FaultLog,
    is_empty,
    non_empty,
    pointer_step,
    split_own_extension,
    text_of,
    value_of,
    with_set_aside_members,
)
from competencies.formats.package import Json
from competencies.formats.scales import scales_of

PACKAGE_MEMBERS = frozenset({"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics", "extensions"})
ACYCLIC = frozenset({"isChildOf", "precedes"})
EQUIVALENCES = frozenset({"equivalent", "partly", "not"})

_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")

Fact = TypeVar("Fact", facts.Item, facts.Edge, facts.Definition)


def package_of(tree: Json, dialect: Dialect, *, at: str) -> facts.Package:
    """The package in `tree`, at JSON Pointer `at` of the file. Raises PackageRefusedError with all faults."""
    faults = FaultLog()
    # First of all, because every later step could copy such text into a message.
    _check_storable(tree, at, faults)
    _stop_at(faults)
    package, own = split_own_extension(tree)
    reader = _PackageReader(dialect, faults, at)
    document = reader.document(package.get("CFDocument"))
    items = [reader.item(raw, where) for raw, where in reader.objects(package, "CFItems", at)]
    edges = [reader.edge(raw, where) for raw, where in reader.objects(package, "CFAssociations", at)]
    definitions, definitions_extra = reader.definitions(package)
    scales = scales_of(own.get("proficiencyScales"), at + f"/extensions/{EXTENSION_NAME}/proficiencyScales", faults)
    result = facts.Package(
        version=dialect.version,
        document=document,
        items=reader.without_repeats("CFItems", items),
        edges=reader.without_repeats("CFAssociations", edges),
        definitions=tuple(
            row
            for kind in dialect.definitions
            for row in reader.without_repeats(kind, [row for row in definitions if row.kind == kind])
        ),
        scales=scales,
        extra=non_empty({name: value for name, value in package.items() if name not in PACKAGE_MEMBERS}
                     | {"extensions": package.get("extensions")}),
        definitions_extra=definitions_extra,
        counts=reader.counts | ({"ProficiencyScales": len(scales)} if scales else {}),
        repeats=tuple(reader.repeats),
    )  # fmt: skip
    _check_whole(result, faults)
    _stop_at(faults)
    return result


class _PackageReader:
    """Reads the objects of one package, and counts them per list."""

    def __init__(self, dialect: Dialect, faults: FaultLog, at: str) -> None:
        self.dialect = dialect
        self.faults = faults
        self.at = at
        self.counts: dict[str, int] = {"CFDocument": 1}
        self.repeats: list[facts.Repeat] = []

    def objects(self, holder: Mapping[str, Json], name: str, at: str) -> Iterator[tuple[dict[str, Json], str]]:
        """The objects of one list with their pointers; a single object is accepted in place of a list."""
        raw = holder.get(name)
        listed = [raw] if isinstance(raw, Mapping) else raw
        self.counts[name] = self.counts.get(name, 0)
        if is_empty(raw):
            return
        if not isinstance(listed, list):
            self.faults.add(FaultCode.WRONG_TYPE, at + pointer_step(name), wanted="list", found="text")
            return
        self.counts[name] += len(listed)
        for index, row in enumerate(listed):
            where = at + pointer_step(name) + (pointer_step(index) if isinstance(raw, list) else "")
            if isinstance(row, Mapping):
                yield dict(row), where
            else:
                self.faults.add(FaultCode.WRONG_TYPE, where, wanted="object", found=type(row).__name__)

    def fields(self, raw: Mapping[str, Json], table: Table, where: str) -> dict[str, Any]:
        """The members of an object under our names; unknown members go to `extra`."""
        fields: dict[str, Any] = {"where": where}
        extra = non_empty({name: value for name, value in raw.items() if name not in table})
        for name, member in table.items():
            value = raw.get(name)
            if member.shape is Shape.LINK and isinstance(value, list) and len(value) > 1:
                extra[name] = value  # some sources list several links where the standard has one: kept verbatim
                continue
            fields[member.field] = value_of(value, member, where + pointer_step(name), self.faults)
        if not fields["source_identifier"]:
            self.faults.add(FaultCode.MISSING, where, member="identifier")
        return {**fields, "extra": extra}

    def document(self, raw: Json) -> facts.Document:
        """CFDocument, which must have a title."""
        where = self.at + "/CFDocument"
        members, _own = split_own_extension(raw if isinstance(raw, Mapping) else {})
        members.pop("caseVersion", None)  # `dialect` has it
        fields = self.fields(members, self.dialect.document, where)
        if not fields["title"]:
            self.faults.add(FaultCode.MISSING, where, member="title")
        return facts.Document(**fields)

    def item(self, raw: dict[str, Json], where: str) -> facts.Item:
        """One CFItem, which must have a statement, a label or a code."""
        members, own = split_own_extension(raw)
        fields = self.fields(members, self.dialect.item, where)
        text = Member(Shape.TEXT)
        fields["criteria"] = text_of(
            own.get("criteria"), text, where + f"/extensions/{EXTENSION_NAME}/criteria", self.faults
        )
        fields["scale"] = text_of(own.get("scale"), text, where + f"/extensions/{EXTENSION_NAME}/scale", self.faults)
        if not any(fields[name] for name in ("statement", "short_statement", "label", "code")):
            self.faults.add(FaultCode.NO_STATEMENT, where)
        return facts.Item(**fields)

    def edge(self, raw: dict[str, Json], where: str) -> facts.Edge:
        """One CFAssociation; both ends must have an identifier or a URI."""
        members, own = split_own_extension(raw)
        fields = self.fields(members, self.dialect.edge, where)
        for name in ("originNodeURI", "destinationNodeURI"):
            field = self.dialect.edge[name].field
            link = fields[field] or {}
            if not link.get("identifier") and not link.get("uri"):
                self.faults.add(FaultCode.END_UNNAMED, where, member=name)
            fields[field] = link
        if not fields["kind"]:
            self.faults.add(FaultCode.MISSING, where, member="associationType")
        verdict = own.get("equivalence")
        if verdict is not None and (verdict not in EQUIVALENCES or fields["kind"] != "replacedBy"):
            self.faults.add(FaultCode.EQUIVALENCE_UNKNOWN, where + f"/extensions/{EXTENSION_NAME}/equivalence")
            verdict = None
        return facts.Edge(**fields, equivalence=verdict)

    def definitions(self, package: Mapping[str, Json]) -> tuple[list[facts.Definition], Mapping[str, Json]]:
        """All definitions, and the unknown members of CFDefinitions."""
        raw = package.get("CFDefinitions")
        where = self.at + "/CFDefinitions"
        if isinstance(raw, list) and len(raw) == 1:
            raw, where = raw[0], where + "/0"
        if is_empty(raw):
            raw = {}
        if not isinstance(raw, Mapping):
            self.faults.add(FaultCode.WRONG_TYPE, where, wanted="object", found=type(raw).__name__)
            raw = {}
        holder, _own = split_own_extension(raw)
        definitions: list[facts.Definition] = []
        for kind, table in self.dialect.definitions.items():
            container, at = (package, self.at) if kind == "CFRubrics" else (holder, where)
            definitions += [
                self._definition(kind, table, row, place) for row, place in self.objects(container, kind, at)
            ]
        return definitions, non_empty(
            {name: value for name, value in holder.items() if name not in self.dialect.definitions}
        )

    def _definition(self, kind: str, table: Table, raw: dict[str, Json], where: str) -> facts.Definition:
        members = with_set_aside_members(raw, table)
        identity = {name: table[name] for name in ("identifier", "uri", "lastChangeDateTime")}
        fields = self.fields({name: members.get(name) for name in identity}, identity, where)
        title = text_of(members.get("title"), Member(Shape.TEXT), where + "/title", self.faults)
        others = {name: value for name, value in members.items() if name not in identity}
        return facts.Definition(**fields, kind=kind, title=title, members=others)

    def without_repeats(self, kind: str, rows: Iterable[Fact]) -> tuple[Fact, ...]:
        """The rows without repeats; two different rows with the same identifier are a fault."""
        first_rows: dict[str, Fact] = {}
        for row in rows:
            # `where` is not compared: two equal objects at different places are a repeat.
            first_row = first_rows.setdefault(row.source_identifier, row)
            if first_row is row or not row.source_identifier:
                continue
            if first_row == row:
                self.repeats.append(facts.Repeat(kind, row.source_identifier, row.where))
            else:
                self.faults.add(
                    FaultCode.IDENTIFIER_TWICE, row.where, identifier=row.source_identifier, first=first_row.where
                )
        return tuple(first_rows.values())


def _check_whole(package: facts.Package, faults: FaultLog) -> None:
    """Add the faults that concern several objects."""
    scales = {scale.identifier for scale in package.scales}
    for item in package.items:
        if item.source_identifier == package.document.source_identifier:
            faults.add(
                FaultCode.IDENTIFIER_TWICE,
                item.where,
                identifier=item.source_identifier,
                first=package.document.where,
            )
        if item.scale and item.scale not in scales:
            faults.add(FaultCode.SCALE_UNKNOWN, item.where, scale=item.scale)
    for edge in package.edges:
        origin = edge.origin_link.get("identifier")
        if edge.kind in ACYCLIC and origin and origin == edge.destination_link.get("identifier"):
            faults.add(FaultCode.LEADS_TO_ITSELF, edge.where, kind=edge.kind, item=str(origin))


def _check_storable(tree: Json, at: str, faults: FaultLog) -> None:
    """Add a fault for text that PostgreSQL cannot store: NUL and unpaired surrogates.

    The tree is walked without recursion, because its depth comes from the file.
    """
    waiting: list[tuple[Json, str]] = [(tree, at)]
    while waiting:
        value, where = waiting.pop()
        if isinstance(value, str):
            if _UNSTORABLE.search(value):
                faults.add(FaultCode.UNSTORABLE_TEXT, where)
        elif isinstance(value, Mapping):
            if any(_UNSTORABLE.search(name) for name in value):
                faults.add(FaultCode.UNSTORABLE_TEXT, where)
            waiting += [(member, where + pointer_step(name)) for name, member in value.items()]
        elif isinstance(value, list):
            waiting += [(part, where + pointer_step(index)) for index, part in enumerate(value)]


def _stop_at(faults: FaultLog) -> None:
    """Raise PackageRefusedError if there are faults."""
    if faults.listed:
        raise PackageRefusedError(faults.listed, unlisted=faults.unlisted)
