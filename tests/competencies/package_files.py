"""CASE files as others write them, made here: each holds one thing that published files were found to hold."""

from typing import Any

from tests.competencies.packages import FIXTURE, HOME, WHEN, edge, encoded, guid, item, link, package, small


def odd() -> dict[str, Any]:
    """A package of everything that the standard cannot say."""
    return package(
        item("root", identifier="not a guid", uri="", lastChangeDateTime="yesterday", statusStartDate="spring"),
        item("bake", weather="sunny", conceptKeywordsURI=[{"uri": "urn:x:1"}, {"uri": "urn:x:2"}]),
        edges=[
            edge("isFriendOf", "bake", "x", sequenceNumber=2**40, originNodeURI="bake"),
            edge("isChildOf", "bake", "root", destinationNodeURI={"identifier": "not a guid"}),
        ],
        document={"identifier": "1", "licenseURI": "https://x.example/licence", "extensions": {"theirs": [1]}},
    ) | {"colour": "red", "CFDefinitions": {"CFItemTypes": [{"identifier": "2", "title": "T", "smell": 1}], "more": 1}}


def defined(name: str, **members: Any) -> dict[str, Any]:
    """One definition, criterion or level."""
    return {"identifier": guid(name), "uri": f"{HOME}/{name}", "lastChangeDateTime": WHEN, "title": name, **members}


def with_definitions() -> dict[str, Any]:
    """Every list of definitions, with items that point at them."""
    tree = named("Definitions", item("d-1", CFItemType="Skill", CFItemTypeURI=link("Skill")))
    tree["CFDocument"] |= {"licenseURI": link("Free"), "subject": ["Baking"], "subjectURI": [link("Baking")]}
    tree["CFAssociations"] = [edge("isChildOf", "d-1", "Definitions", CFAssociationGroupingURI=link("Topics"))]
    tree["CFDefinitions"] = {
        "CFConcepts": [defined("Heat", hierarchyCode="1", keywords="oven")],
        "CFSubjects": [defined("Baking", hierarchyCode="1"), defined("Pastry", hierarchyCode="1.1")],
        "CFLicenses": [defined("Free", licenseText="Do with it what you like.")],
        "CFItemTypes": [defined("Skill", hierarchyCode="1", description="What one can do", typeCode="S")],
        "CFAssociationGroupings": [defined("Topics", description="As the guild orders them")],
    }
    return tree


def with_rubrics() -> dict[str, Any]:
    """A rubric with criteria and levels, in a language written without blanks."""
    level = defined("level", quality="優", score=4.5, position=1)
    criterion = defined("criterion", description="生地をこねる", weight=0.5, position=1, CFItemURI=link("r-1"))
    rubric = defined("rubric", description="評価基準")
    for row in (level, criterion):
        del row["title"]
    level["rubricCriterionId"], criterion["rubricId"] = criterion["identifier"], rubric["identifier"]
    criterion["CFRubricCriterionLevels"] = [level]
    rubric["CFRubricCriteria"] = [criterion]
    return named("評価基準", item("r-1", "生地をこねる。", language="ja")) | {"CFRubrics": [rubric]}


def named(title: str, *items: dict[str, Any], **document: Any) -> dict[str, Any]:
    """A framework of its own."""
    identity = {"identifier": guid(title), "uri": f"{HOME}/CFDocuments/{guid(title)}", "title": title}
    return package(*items, document={**identity, **document})


def of_version_1_0() -> dict[str, Any]:
    """As 1.0 writes it: no version, identifiers in capitals, dates without a time, a text that is not there."""
    tree = named("Older", item("o-1", statusStartDate="2016-08-01", statusEndDate=None, identifier=guid("o-1").upper()))
    del tree["CFDocument"]["caseVersion"]
    return tree


def with_markup() -> dict[str, Any]:
    """Statements with formulas, lists and letters from outside the basic plane."""
    return named(
        "Markup",
        item("m-1", "Solves $x^2 = 4$\n\n1. draws\n2. reads *off*"),
        item("m-2", "Ünïcödé \U0001f35e: naïve “quotes”"),
    )


def without_items() -> dict[str, Any]:
    """A framework that others only point at."""
    return {"CFDocument": named("Empty")["CFDocument"]}


def namesake() -> dict[str, Any]:
    """Another framework that claims the identifier of the small one."""
    return package(
        item("saddle"), item("ride"), edges=[edge("precedes", "saddle", "ride")], document={"title": "Horses"}
    )


def with_a_repeat() -> dict[str, Any]:
    """One edge twice, word for word."""
    again = edge("precedes", "t-1", "t-2")
    return named("Twice", item("t-1"), item("t-2")) | {"CFAssociations": [again, dict(again)]}


def outside() -> dict[str, Any]:
    """Edges whose other end lies in another framework, or nowhere that anybody knows."""
    return named("Crosswalk", item("c-1")) | {
        "CFAssociations": [edge("exactMatchOf", "c-1", "knead"), edge("isPeerOf", "c-1", "nobodys")]
    }


def stub() -> dict[str, Any]:
    """A stub that somebody filled by hand: one row has no identifier, two have one of another's."""
    rows = [item(f"s-{place}") for place in range(5)]
    del rows[0]["identifier"]
    rows[3]["identifier"], rows[4]["identifier"] = guid("s-1"), guid("s-2")
    return named("Stub", *rows)


FILES: dict[str, bytes] = {
    "of the demo": FIXTURE.read_bytes(),
    **{
        name: encoded(tree)
        for name, tree in {
            "small": small(),
            "namesake": namesake(),
            "1.0": of_version_1_0(),
            "definitions": with_definitions(),
            "rubrics": with_rubrics(),
            "markup": with_markup(),
            "empty": without_items(),
            "repeat": with_a_repeat(),
            "outside": outside(),
        }.items()
    },
}
