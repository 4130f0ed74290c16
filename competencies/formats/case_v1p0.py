"""CASE 1.0: a tolerant parser, and a writer that follows the official schema."""

import re

from competencies.formats import parser as reading
from competencies.formats import writer as writing
from competencies.formats.dialect import IDENTITY, Dialect, Member, Shape, Table
from competencies.formats.package import Json, Package

_STATUS: Table = {
    "statusStartDate": Member(Shape.DATE, "status_from", longest=100),
    "statusEndDate": Member(Shape.DATE, "status_until", longest=100),
}

DOCUMENT: Table = {
    **IDENTITY,
    "creator": Member(Shape.TEXT, "creator", required=True),
    "title": Member(Shape.TEXT, "title", required=True),
    "officialSourceURL": Member(Shape.URI, "official_url"),
    "publisher": Member(Shape.TEXT, "publisher"),
    "description": Member(Shape.TEXT, "description"),
    "subject": Member(Shape.TEXTS, "subjects"),
    "subjectURI": Member(Shape.LINKS, "subject_links"),
    "language": Member(Shape.TEXT, "language", longest=100),
    "version": Member(Shape.TEXT, "version"),
    "adoptionStatus": Member(Shape.TEXT, "adoption_status"),
    **_STATUS,
    "licenseURI": Member(Shape.LINK, "licence_link"),
    "notes": Member(Shape.TEXT, "notes"),
    "CFPackageURI": Member(Shape.LINK, "package_link"),
}

ITEM: Table = {
    **IDENTITY,
    "fullStatement": Member(Shape.TEXT, "statement", required=True),
    "alternativeLabel": Member(Shape.TEXT, "label"),
    "CFItemType": Member(Shape.TEXT, "item_type"),
    "CFItemTypeURI": Member(Shape.LINK, "item_type_link"),
    "humanCodingScheme": Member(Shape.TEXT, "code"),
    "listEnumeration": Member(Shape.TEXT, "enumeration"),
    "abbreviatedStatement": Member(Shape.TEXT, "short_statement"),
    "conceptKeywords": Member(Shape.TEXTS, "keywords"),
    "conceptKeywordsURI": Member(Shape.LINK, "keywords_link"),
    "notes": Member(Shape.TEXT, "notes"),
    "language": Member(Shape.TEXT, "language", longest=100),
    "educationLevel": Member(Shape.TEXTS, "education_levels"),
    "licenseURI": Member(Shape.LINK, "licence_link"),
    **_STATUS,
    "CFDocumentURI": Member(Shape.LINK, "document_link"),
}

EDGE: Table = {
    **IDENTITY,
    "associationType": Member(Shape.KIND, "kind", required=True, longest=200),
    "sequenceNumber": Member(Shape.INTEGER, "sequence"),
    "originNodeURI": Member(Shape.END, "origin_link", required=True),
    "destinationNodeURI": Member(Shape.END, "destination_link", required=True),
    "CFAssociationGroupingURI": Member(Shape.LINK, "grouping_link"),
    "CFDocumentURI": Member(Shape.LINK, "document_link"),
}

_TITLED: Table = {**IDENTITY, "title": Member(Shape.TEXT, required=True), "description": Member(Shape.TEXT)}
_CODED: Table = {**_TITLED, "hierarchyCode": Member(Shape.TEXT, required=True)}

_CRITERION_LEVEL: Table = {
    **IDENTITY,
    "description": Member(Shape.TEXT),
    "quality": Member(Shape.TEXT),
    "score": Member(Shape.NUMBER),
    "feedback": Member(Shape.TEXT),
    "position": Member(Shape.INTEGER),
    "rubricCriterionId": Member(Shape.IDENTIFIER),
}

_CRITERION: Table = {
    **IDENTITY,
    "category": Member(Shape.TEXT),
    "description": Member(Shape.TEXT),
    "CFItemURI": Member(Shape.LINK),
    "weight": Member(Shape.NUMBER),
    "position": Member(Shape.INTEGER),
    "rubricId": Member(Shape.IDENTIFIER),
    "CFRubricCriterionLevels": Member(Shape.ROWS, rows=_CRITERION_LEVEL),
}

DEFINITIONS = {
    "CFConcepts": {**_CODED, "keywords": Member(Shape.TEXT)},
    "CFSubjects": _CODED,
    "CFLicenses": {**_TITLED, "licenseText": Member(Shape.TEXT, required=True)},
    "CFItemTypes": {**_CODED, "typeCode": Member(Shape.TEXT)},
    "CFAssociationGroupings": _TITLED,
    "CFRubrics": {
        **IDENTITY,
        "title": Member(Shape.TEXT),
        "description": Member(Shape.TEXT),
        "CFRubricCriteria": Member(Shape.ROWS, rows=_CRITERION),
    },
}

KINDS = frozenset({
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar",
    "hasSkillLevel",
})  # fmt: skip

DIALECT = Dialect(
    version="1.0",
    document=DOCUMENT,
    item=ITEM,
    edge=EDGE,
    definitions=DEFINITIONS,
    kinds=KINDS,
    extensible=False,
    names_version=False,
    guid=re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
)


def parsed(tree: Json, *, at: str = "", keep_first: bool = False) -> Package:
    """The package in `tree`, which is at JSON Pointer `at` of its file. Raises PackageRefusedError with all faults."""
    return reading.package_of(tree, DIALECT, at=at, keep_first=keep_first)


def written(package: Package) -> Json:
    """The package as a JSON tree of CASE 1.0. Members without a place in 1.0 are left out."""
    return writing.tree_of(package, DIALECT)
