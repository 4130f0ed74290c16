"""A CASE package as dataclasses, independent of the version: the parsers make them, the writers read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = Any  # a JSON tree, checked member by member by the parsers
Link: TypeAlias = Mapping[str, Json]  # title, identifier, uri and whatever else the source says, verbatim


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """The fields of every object in a package. `where` is its JSON Pointer in the file; `extra` has unknown members."""

    source_identifier: str
    source_uri: str = ""
    source_changed: str = ""
    extra: Mapping[str, Json] = field(default_factory=dict)
    where: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Document(Sourced):
    """CFDocument."""

    title: str
    creator: str = ""
    publisher: str = ""
    description: str = ""
    framework_type: str = ""
    official_url: str = ""
    language: str = ""
    version: str = ""
    adoption_status: str = ""
    status_from: str = ""
    status_until: str = ""
    notes: str = ""
    subjects: tuple[str, ...] = ()
    subject_links: tuple[Link, ...] = ()
    licence_link: Link | None = None
    package_link: Link | None = None


@dataclass(frozen=True, kw_only=True)
class Item(Sourced):
    """CFItem. `criteria` and `scale` (the identifier of a scale) are ours and are written into its extensions."""

    statement: str = ""
    code: str = ""
    label: str = ""
    short_statement: str = ""
    enumeration: str = ""
    item_type: str = ""
    item_type_link: Link | None = None
    keywords: tuple[str, ...] = ()
    keywords_link: Link | None = None
    notes: str = ""
    subjects: tuple[str, ...] = ()
    subject_links: tuple[Link, ...] = ()
    language: str = ""
    education_levels: tuple[str, ...] = ()
    licence_link: Link | None = None
    document_link: Link | None = None
    status_from: str = ""
    status_until: str = ""
    criteria: str = ""
    scale: str = ""


@dataclass(frozen=True, kw_only=True)
class Edge(Sourced):
    """CFAssociation. `equivalence` is ours; None means that the package does not state one."""

    kind: str
    origin_link: Link
    destination_link: Link
    sequence: int | None = None
    grouping_link: Link | None = None
    document_link: Link | None = None
    notes: str = ""
    equivalence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Definition(Sourced):
    """An item type, subject, concept, licence, grouping or rubric; `members` has it verbatim."""

    kind: str
    title: str = ""
    members: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ScaleLevel:
    """One level of a proficiency scale; rank 1 is the lowest."""

    rank: int
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A proficiency scale, written into the package's extensions because CASE has no element for it."""

    identifier: str
    title: str
    description: str = ""
    levels: tuple[ScaleLevel, ...] = ()


@dataclass(frozen=True)
class Repeat:
    """An object whose identifier stands in the file before, at `first`: it is not imported and counted as skipped.

    `text` is empty if both are the same word for word, otherwise it says what is left out.
    """

    kind: str
    source_identifier: str
    where: str
    first: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package. `counts` has the number of objects in each list of the file, repeats included."""

    version: str
    document: Document
    items: tuple[Item, ...] = ()
    edges: tuple[Edge, ...] = ()
    definitions: tuple[Definition, ...] = ()
    scales: tuple[Scale, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)
    definitions_extra: Mapping[str, Json] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    repeats: tuple[Repeat, ...] = ()
