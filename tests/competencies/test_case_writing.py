"""Written packages are valid under the official schemas, and parsing them again gives the same package."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from competencies.formats.case import package_in, written
from competencies.formats.package import Package
from tests.competencies.packages import edge, encoded, fixture, item, package, small
from tests.competencies.test_case_files import GOOD


def checker(shared: Path, version: str) -> jsonschema.Draft202012Validator | jsonschema.Draft7Validator:
    folder = shared / "standards" / "case"
    if version == "1.0":
        schema = json.loads((folder / "case-v1p0-cfpackage-schema.json").read_text())
        # "oneOf" date and date-time tells them apart by format alone.
        return jsonschema.Draft7Validator(schema, format_checker=FORMATS)
    openapi = json.loads((folder / "imscasev1p1_openapi3_v1p0.json").read_text())
    schema = {"$ref": "#/components/schemas/CFPackageDType", "components": openapi["components"]}
    return jsonschema.Draft202012Validator(schema, format_checker=FORMATS)


FORMATS = jsonschema.FormatChecker(formats=["date"])


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    return isinstance(value, str) and "T" in value and (value.endswith("Z") or value[-6] in "+-")


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and " " not in value


def same(package: Package) -> tuple[Any, ...]:
    return (package.document, package.items, package.edges, package.definitions, package.scales, package.extra)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_official_schema_accepts_what_is_written(path: Path, version: str, shared: Path) -> None:
    tree = written(package_in(path.read_bytes()), version=version)

    assert [error.message for error in checker(shared, version).iter_errors(tree)] == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_written_reads_back_the_same(path: Path) -> None:
    package = package_in(path.read_bytes())

    assert same(package_in(encoded(written(package, version="1.1")))) == same(package)


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


def test_the_official_schema_accepts_even_odd_packages(shared: Path) -> None:
    tree = written(package_in(encoded(odd())), version="1.1")

    assert [error.message for error in checker(shared, "1.1").iter_errors(tree)] == []


def test_nothing_of_an_odd_package_is_lost() -> None:
    package = package_in(encoded(odd()))

    assert same(package_in(encoded(written(package, version="1.1")))) == same(package)


def test_links_keep_meeting_where_identifiers_had_to_be_replaced() -> None:
    tree = written(package_in(encoded(odd())), version="1.1")

    assert tree["CFAssociations"][1]["destinationNodeURI"]["identifier"] == tree["CFItems"][0]["identifier"]


def test_the_fixture_of_ours_is_already_strict(shared: Path) -> None:
    assert [error.message for error in checker(shared, "1.1").iter_errors(fixture())] == []


def test_writing_twice_gives_the_same_bytes() -> None:
    package = package_in(encoded(small()))

    assert encoded(written(package, version="1.1")) == encoded(written(package, version="1.1"))
