"""What we write: all that the standard asks and nothing else, and reading it again gives back the same.

`make verify-external` holds the same against the official schemas.
"""

import json
from typing import Any

import pytest

from competencies.formats.case import package_in, written
from tests.competencies.case_shapes import package_faults
from tests.competencies.package_files import FILES, odd
from tests.competencies.packages import edge, encoded, fixture, guid, item, package, small
from tests.competencies.taking_in import assert_reads_back_the_same, same

each_file = pytest.mark.parametrize("name", FILES)


@each_file
def test_what_is_written_is_what_the_standard_asks(name: str) -> None:
    assert package_faults(written(package_in(FILES[name]), version="1.1")) == []


@each_file
def test_what_is_written_reads_back_the_same(name: str) -> None:
    assert_reads_back_the_same(FILES[name])


@pytest.mark.parametrize("name", [name for name in FILES if name != "of the demo"])
def test_a_strict_file_is_written_as_it_came(name: str) -> None:
    """Only what is missing is added: lists without rows."""
    tree = written(package_in(FILES[name]), version="1.0" if name == "1.0" else "1.1")
    came = json.loads(FILES[name])

    kept = {key: value for key, value in tree.items() if value and key != "CFDefinitions"}
    definitions = {key: value for key, value in tree["CFDefinitions"].items() if value}
    assert kept | ({"CFDefinitions": definitions} if definitions else {}) == _without_repeats(came)


def _without_repeats(tree: dict[str, Any]) -> dict[str, Any]:
    """As it came, each row once, nothing that is empty."""
    filled = {name: value for name, value in tree.items() if value}
    rows = {name: value for name, value in filled.items() if isinstance(value, list)}
    once = {name: [row for place, row in enumerate(value) if row not in value[:place]] for name, value in rows.items()}
    bare = {name: [{key: part for key, part in row.items() if part is not None} for row in once[name]] for name in once}
    return filled | bare


def test_even_an_odd_package_is_written_as_the_standard_asks() -> None:
    tree = written(package_in(encoded(odd())), version="1.1")

    assert package_faults(tree) == []


def test_what_the_standard_cannot_say_is_said_as_nearly_as_it_can_with_the_words_beside_it() -> None:
    tree = written(package_in(encoded(odd())), version="1.1")

    root, friend = tree["CFItems"][0], tree["CFAssociations"][0]
    assert (root["lastChangeDateTime"], root["uri"]) == ("1970-01-01T00:00:00Z", f"urn:uuid:{root['identifier']}")
    assert "statusStartDate" not in root
    assert root["extensions"]["cairn"]["members"] == {
        "identifier": "not a guid",
        "uri": None,
        "lastChangeDateTime": "yesterday",
        "statusStartDate": "spring",
    }
    assert (friend["associationType"], "sequenceNumber" in friend) == ("ext:isFriendOf", False)


def test_version_1_0_has_neither_extensions_of_its_definitions_nor_kinds_of_ones_own() -> None:
    tree = written(package_in(encoded(odd())), version="1.0")

    assert tree["CFAssociations"][0]["associationType"] == "isRelatedTo"
    assert "extensions" not in tree
    assert "extensions" not in tree["CFDefinitions"]["CFItemTypes"][0]
    assert "caseVersion" not in tree["CFDocument"]


def test_nothing_of_an_odd_package_is_lost() -> None:
    package = package_in(encoded(odd()))

    assert same(package_in(encoded(written(package, version="1.1")))) == same(package)


def test_links_keep_meeting_where_identifiers_had_to_be_replaced() -> None:
    tree = written(package_in(encoded(odd())), version="1.1")

    assert tree["CFAssociations"][1]["destinationNodeURI"]["identifier"] == tree["CFItems"][0]["identifier"]


def test_the_fixture_of_ours_is_already_strict() -> None:
    assert package_faults(fixture()) == []


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"identifier": "Bread"}, "identifier is 'Bread'"),
        ({"uri": "no address"}, "uri is 'no address'"),
        ({"lastChangeDateTime": "2026-03-01T09:00:00"}, "lastChangeDateTime is '2026-03-01T09:00:00'"),
        ({"colour": "red"}, "colour is 'red'"),
        ({"CFItemTypeURI": {"identifier": guid("x")}}, f"CFItemTypeURI is {{'identifier': '{guid('x')}'}}"),
    ],
)
def test_our_words_for_the_standard_notice_what_it_forbids(members: dict[str, Any], fault: str) -> None:
    assert package_faults(package(item("knead", **members))) == [f"package/CFItems/0: {fault}"]


def test_our_words_for_the_standard_notice_what_is_missing() -> None:
    tree = package(item("knead"), edges=[edge("isChildOf", "knead", "document")])
    del tree["CFItems"][0]["fullStatement"]
    del tree["CFAssociations"][0]["originNodeURI"]

    assert package_faults(tree) == [
        "package/CFItems/0: fullStatement is missing",
        "package/CFAssociations/0: originNodeURI is missing",
    ]


def test_writing_twice_gives_the_same_bytes() -> None:
    package = package_in(encoded(small()))

    assert encoded(written(package, version="1.1")) == encoded(written(package, version="1.1"))
