"""What CASE asks of each object, in our own words: which members it has, which it must have, and what they hold.

Not the standard's text: `make verify-external` holds the same answers against the published schemas.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Check = Callable[[Any], bool]

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KINDS = {"isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar"}
KINDS |= {"hasSkillLevel", "isTranslationOf"}


def guid(value: Any) -> bool:
    return isinstance(value, str) and GUID.fullmatch(value) is not None


def text(value: Any) -> bool:
    return isinstance(value, str)


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(text, value))


def uri(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", value) is not None


def moment(value: Any) -> bool:
    """With a zone, which a civil date has not."""
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def day(value: Any) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def whole(value: Any) -> bool:
    return isinstance(value, int) and -(2**31) <= value < 2**31


def number(value: Any) -> bool:
    return isinstance(value, int | float)


def link(value: Any) -> bool:
    return _is(value, {"title": text, "identifier": guid, "uri": uri})


def links(value: Any) -> bool:
    return isinstance(value, list) and all(map(link, value))


def end(value: Any) -> bool:
    return _is({key: part for key, part in value.items() if key != "targetType"}, END)


def kind(value: Any) -> bool:
    return value in KINDS or re.fullmatch(r"ext:[A-Za-z0-9._-]+", value) is not None


def kind_of_1_0(value: Any) -> bool:
    return value in KINDS - {"isTranslationOf"}


def free(value: Any) -> bool:
    return isinstance(value, Mapping)


END: Mapping[str, Check] = {"title": text, "identifier": text, "uri": uri}


def _is(value: Any, members: Mapping[str, Check]) -> bool:
    return set(value) == set(members) and all(check(value[name]) for name, check in members.items())


@dataclass(frozen=True)
class Shape:
    """The members that must stand there, those that may, and rows that lie below."""

    must: Mapping[str, Check]
    may: Mapping[str, Check]
    rows: Mapping[str, str]  # member: the shape of each of its rows


IDENTITY: Mapping[str, Check] = {"identifier": guid, "uri": uri, "lastChangeDateTime": moment}
STATUS: Mapping[str, Check] = {"statusStartDate": day, "statusEndDate": day, "notes": text, "language": text}
TITLED: Mapping[str, Check] = {**IDENTITY, "title": text}
CODED: Mapping[str, Check] = {**TITLED, "hierarchyCode": text}
SUBJECTS: Mapping[str, Check] = {"subject": texts, "subjectURI": links, "licenseURI": link, "extensions": free}

DOCUMENT = Shape(
    {**TITLED, "creator": text},
    {
        **STATUS,
        **SUBJECTS,
        "caseVersion": text,
        "officialSourceURL": uri,
        "publisher": text,
        "description": text,
        "version": text,
        "adoptionStatus": text,
        "frameworkType": text,
    },
    {},
)
ITEM = Shape(
    {**IDENTITY, "fullStatement": text},
    {
        **STATUS,
        **SUBJECTS,
        "alternativeLabel": text,
        "CFItemType": text,
        "CFItemTypeURI": link,
        "humanCodingScheme": text,
        "listEnumeration": text,
        "abbreviatedStatement": text,
        "conceptKeywords": texts,
        "conceptKeywordsURI": link,
        "educationLevel": texts,
    },
    {},
)
EDGE = Shape(
    {**IDENTITY, "associationType": kind, "originNodeURI": end, "destinationNodeURI": end},
    {"sequenceNumber": whole, "CFAssociationGroupingURI": link, "notes": text, "extensions": free},
    {},
)
SHAPES: Mapping[str, Shape] = {
    "package": Shape({}, {"extensions": free}, {"CFItems": "item", "CFAssociations": "edge", "CFRubrics": "rubric"}),
    "definitions": Shape(
        {},
        {"extensions": free},
        {
            "CFConcepts": "concept",
            "CFSubjects": "subject",
            "CFLicenses": "licence",
            "CFItemTypes": "item type",
            "CFAssociationGroupings": "grouping",
        },
    ),
    "packed document": DOCUMENT,
    "item": ITEM,
    "edge": EDGE,
    "document": Shape({**DOCUMENT.must, "CFPackageURI": link}, DOCUMENT.may, {}),
    "item alone": Shape({**ITEM.must, "CFDocumentURI": link}, ITEM.may, {}),
    "edge alone": Shape(EDGE.must, {**EDGE.may, "CFDocumentURI": link}, {}),
    "documents": Shape({}, {}, {"CFDocuments": "document"}),
    "item with associations": Shape({}, {}, {"CFAssociations": "edge"}),
    "item types": Shape({}, {}, {"CFItemTypes": "item type"}),
    "subjects": Shape({}, {}, {"CFSubjects": "subject"}),
    "concepts": Shape({}, {}, {"CFConcepts": "concept"}),
    "concept": Shape(CODED, {"description": text, "keywords": text, "extensions": free}, {}),
    "subject": Shape(CODED, {"description": text, "extensions": free}, {}),
    "licence": Shape({**TITLED, "licenseText": text}, {"description": text, "extensions": free}, {}),
    "item type": Shape({**CODED, "description": text}, {"typeCode": text, "extensions": free}, {}),
    "grouping": Shape(TITLED, {"description": text, "extensions": free}, {}),
    "rubric": Shape(
        IDENTITY, {"title": text, "description": text, "extensions": free}, {"CFRubricCriteria": "criterion"}
    ),
    "criterion": Shape(
        IDENTITY,
        {
            "category": text,
            "description": text,
            "CFItemURI": link,
            "weight": number,
            "position": whole,
            "rubricId": guid,
            "extensions": free,
        },
        {"CFRubricCriterionLevels": "criterion level"},
    ),
    "criterion level": Shape(
        IDENTITY,
        {
            "description": text,
            "quality": text,
            "score": number,
            "feedback": text,
            "position": whole,
            "rubricCriterionId": guid,
            "extensions": lambda value: isinstance(value, list) and all(map(free, value)),
        },
        {},
    ),
}


# Version 1.0 has no extensions, and these members only came with 1.1.
ONLY_IN_1_1: Mapping[str, set[str]] = {
    **{name: {"caseVersion", "frameworkType"} for name in ("document", "packed document")},
    **{name: {"subject", "subjectURI"} for name in ("item", "item alone")},
    **{name: {"notes"} for name in ("edge", "edge alone")},
}


def shape_of_1_0(name: str, shape: Shape) -> Shape:
    newer = {"extensions", *ONLY_IN_1_1.get(name, ())}
    must = {**shape.must, "associationType": kind_of_1_0} if "associationType" in shape.must else shape.must
    return Shape(must, {member: check for member, check in shape.may.items() if member not in newer}, shape.rows)


BY_VERSION: Mapping[str, Mapping[str, Shape]] = {
    "1.1": SHAPES,
    "1.0": {name: shape_of_1_0(name, shape) for name, shape in SHAPES.items()},
}


def package_faults(tree: Any, *, version: str = "1.1") -> list[str]:
    """Everything in a package that this version of the standard does not allow."""
    parts = {name: part for name, part in tree.items() if name not in {"CFDocument", "CFDefinitions"}}
    return [
        *faults("packed document", tree["CFDocument"], version=version),
        *faults("definitions", tree.get("CFDefinitions", {}), version=version),
        *faults("package", parts, version=version),
    ]


def faults(shape: str, tree: Any, *, version: str = "1.1") -> list[str]:
    """Everything in an object that its shape does not allow, each with its place."""
    return list(_faults(BY_VERSION[version], shape, tree, shape))


def _faults(shapes: Mapping[str, Shape], name: str, tree: Any, where: str) -> Iterator[str]:
    shape = shapes[name]
    yield from (f"{where}: {member} is missing" for member in shape.must.keys() - tree.keys())
    for member, value in tree.items():
        check = {**shape.must, **shape.may}.get(member)
        if member in shape.rows:
            for place, row in enumerate(value):
                yield from _faults(shapes, shape.rows[member], row, f"{where}/{member}/{place}")
        elif check is None or not check(value):
            yield f"{where}: {member} is {value!r}"


def status_faults(tree: Any) -> list[str]:
    """Everything in an error that the standard does not allow."""
    codes = {"unknownobject", "invalid_selection_field", "invalid_sort_field", "internal_server_error", "server_busy"}
    minor = tree.get("imsx_codeMinor", {"imsx_codeMinorField": [{"imsx_codeMinorFieldValue": "unknownobject"}]})
    checks = {
        "members": set(tree) <= {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"},
        "major": tree.get("imsx_codeMajor") in {"failure", "unsupported"},
        "severity": tree.get("imsx_severity") == "error",
        "description": text(tree.get("imsx_description")) and bool(tree["imsx_description"]),
        "minor": {field["imsx_codeMinorFieldValue"] for field in minor["imsx_codeMinorField"]} <= codes,
    }
    return [name for name, holds in checks.items() if not holds]
