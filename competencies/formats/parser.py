"""Parses a JSON tree into a Package by the tables of a version, and collects all faults."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
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
from competencies.rules.identifiers import comparable

PACKAGE_MEMBERS = frozenset({"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics", "extensions"})
ACYCLIC = frozenset({"isChildOf", "precedes"})
EQUIVALENCES = frozenset({"equivalent", "partly", "not"})

# As much of a statement as tells one item from another in a message.
_NAME_LENGTH = 120
_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")

Fact = TypeVar("Fact", facts.Item, facts.Edge, facts.Definition)


def package_of(tree: Json, dialect: Dialect, *, at: str, keep_first: bool = False) -> facts.Package:
    """The package in `tree`, at JSON Pointer `at` of the file. Raises PackageRefusedError with all faults.

    Two different objects with one identifier are a fault; with `keep_first` the later ones are left out (`repeats`).
    """
    faults = FaultLog()
    # First of all, because every later step could copy such text into a message.
    _check_storable(tree, at, faults)
    _stop_at(faults)
    package, own = split_own_extension(tree)
    reader = _PackageReader(dialect, faults, at, keep_first=keep_first)
    document = reader.document(package.get("CFDocument"))
    items = [reader.item(raw, where) for raw, where in reader.objects(package, "CFItems", at)]
    edges = [reader.edge(raw, where) for raw, where in reader.objects(package, "CFAssociations", at)]
    definitions, definitions_extra = reader.definitions(package)
    scales = scales_of(own.get("proficiencyScales"), at + f"/extensions/{EXTENSION_NAME}/proficiencyScales", faults)
    result = facts.Package(
        version=dialect.version,
        document=document,
        items=reader.without_repeats("CFItems", items, taken=document),
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

    def __init__(self, dialect: Dialect, faults: FaultLog, at: str, *, keep_first: bool) -> None:
        self.dialect = dialect
        self.faults = faults
        self.at = at
        self.keep_first = keep_first
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

    def without_repeats(
        self, kind: str, rows: Iterable[Fact], *, taken: facts.Document | None = None
    ) -> tuple[Fact, ...]:
        """The rows without repeats; two different rows with the same identifier are a fault, unless the first is kept.

        No row may have the identifier of `taken` either. GUIDs compare without case.
        """
        first_rows: dict[str, Fact] = {}
        document_key = comparable(taken.source_identifier) if taken else ""
        for row in rows:
            key = comparable(row.source_identifier)
            if taken is not None and key and key == document_key:
                self._repeat(kind, row, first=taken.where, same=False)
                continue
            first_row = first_rows.setdefault(key, row)
            if first_row is row or not key:
                continue
            # `where` is not compared: two equal objects at different places are a repeat.
            same = replace(row, source_identifier=first_row.source_identifier) == first_row
            self._repeat(kind, row, first=first_row.where, same=same)
        return tuple(first_rows.values())

    def _repeat(self, kind: str, row: Fact, *, first: str, same: bool) -> None:
        """Note a row with an identifier that is taken; a fault, unless the row may be left out."""
        if same or self.keep_first:
            text = "" if same else _name_of(row)
            self.repeats.append(facts.Repeat(kind, row.source_identifier, row.where, first, text))
        else:
            self.faults.add(FaultCode.IDENTIFIER_TWICE, row.where, identifier=row.source_identifier, first=first)


def _name_of(row: facts.Sourced) -> str:
    """What people call an object: its code and the beginning of its statement, or its title, with the identifier."""
    names = [str(getattr(row, name, "")) for name in ("code", "statement", "short_statement", "label", "title")]
    shown = " ".join(name for name in names if name)[:_NAME_LENGTH].strip()
    return f"{shown} ({row.source_identifier})" if shown else row.source_identifier


def _check_whole(package: facts.Package, faults: FaultLog) -> None:
    """Add the faults that concern several objects."""
    scales = {scale.identifier for scale in package.scales}
    for item in package.items:
        if item.scale and item.scale not in scales:
            faults.add(FaultCode.SCALE_UNKNOWN, item.where, scale=item.scale)
    rows: list[facts.Sourced] = [package.document, *package.items]
    names = {comparable(row.source_identifier): _name_of(row) for row in rows}
    addresses = {row.source_uri: comparable(row.source_identifier) for row in rows if row.source_uri}
    for edge in package.edges:
        origin = _end_key(edge.origin_link, addresses)
        if edge.kind in ACYCLIC and origin and origin == _end_key(edge.destination_link, addresses):
            faults.add(FaultCode.LEADS_TO_ITSELF, edge.where, kind=edge.kind, item=names.get(origin, origin))


def _end_key(link: facts.Link, addresses: Mapping[str, str]) -> str:
    """What an end of an association names, in a form in which two ends are compared."""
    identifier, uri = str(link.get("identifier") or ""), str(link.get("uri") or "")
    return comparable(identifier) if identifier else addresses.get(uri, uri)


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
