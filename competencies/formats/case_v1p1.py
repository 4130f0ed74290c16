"""CASE 1.1: a tolerant parser, and a writer that follows the official schema."""

from competencies.formats import case_v1p0
from competencies.formats import parser as reading
from competencies.formats import writer as writing
from competencies.formats.dialect import Dialect, Member, Shape, Table
from competencies.formats.package import Json, Package
from competencies.rules.identifiers import STRICT_GUID

DOCUMENT: Table = {
    **case_v1p0.DOCUMENT,
    "frameworkType": Member(Shape.TEXT, "framework_type"),
    "CFPackageURI": Member(Shape.LINK, "package_link", alone=True),
}

_DOCUMENT_LINK = Member(Shape.LINK, "document_link", alone=True)

ITEM: Table = {
    **case_v1p0.ITEM,
    "subject": Member(Shape.TEXTS, "subjects"),
    "subjectURI": Member(Shape.LINKS, "subject_links"),
    "CFDocumentURI": _DOCUMENT_LINK,
}

EDGE: Table = {**case_v1p0.EDGE, "notes": Member(Shape.TEXT, "notes"), "CFDocumentURI": _DOCUMENT_LINK}

# 1.1 requires a description of every item type.
_ITEM_TYPE: Table = {
    **case_v1p0.DEFINITIONS["CFItemTypes"],
    "description": Member(Shape.TEXT, required=True),
}

DIALECT = Dialect(
    version="1.1",
    document=DOCUMENT,
    item=ITEM,
    edge=EDGE,
    definitions={**case_v1p0.DEFINITIONS, "CFItemTypes": _ITEM_TYPE},
    kinds=case_v1p0.KINDS | {"isTranslationOf"},
    extensible=True,
    names_version=True,
    guid=STRICT_GUID,
)


def parsed(tree: Json, *, at: str = "", keep_first: bool = False) -> Package:
    """The package in `tree`, which is at JSON Pointer `at` of its file. Raises PackageRefusedError with all faults."""
    return reading.package_of(tree, DIALECT, at=at, keep_first=keep_first)


def written(package: Package) -> Json:
    """The package as a JSON tree of CASE 1.1. Members without a place in the standard go to `extensions.cairn`."""
    return writing.tree_of(package, DIALECT)
