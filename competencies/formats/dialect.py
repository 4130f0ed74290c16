"""The differences between the versions of CASE as tables: the members of each object, and our names for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Shape(Enum):
    """The types of members. The parser is tolerant about each of them, the writer is strict."""

    IDENTIFIER = auto()
    URI = auto()
    TEXT = auto()
    DATE = auto()
    MOMENT = auto()
    INTEGER = auto()
    NUMBER = auto()
    TEXTS = auto()
    LINK = auto()
    LINKS = auto()
    END = auto()  # a link; its identifier may be any text
    KIND = auto()  # an association type
    ROWS = auto()  # a list of objects with a table of their own


@dataclass(frozen=True)
class Member:
    """One member of an object: its shape, our field for it, whether it is required, and the maximum length."""

    shape: Shape
    field: str = ""
    required: bool = False
    longest: int = 0
    rows: "Table | None" = None
    alone: bool = False  # only where the object is a response of its own, not inside a package


Table = Mapping[str, Member]

IDENTITY: Table = {
    "identifier": Member(Shape.IDENTIFIER, "source_identifier", required=True, longest=400),
    "uri": Member(Shape.URI, "source_uri", required=True),
    "lastChangeDateTime": Member(Shape.MOMENT, "source_changed", required=True, longest=100),
}


@dataclass(frozen=True)
class Dialect:
    """One version of CASE: its tables, its association types, and whether objects may have extensions.

    `annotated` objects keep in their extensions what the version cannot say. Version 1.0 has no extensions, but its
    readers leave unknown members of documents, items and associations alone; a file may have them, an answer of the
    service may not.
    """

    version: str
    document: Table
    item: Table
    edge: Table
    definitions: Mapping[str, Table]
    kinds: frozenset[str]
    extensible: bool
    names_version: bool
    guid: re.Pattern[str]
    annotated: bool = True
