"""CASE files as real tools write them: what the parser accepts, and its faults for the rest."""

import json
from typing import Any

import pytest

from competencies.errors import FaultCode, PackageFault, PackageRefusedError
from competencies.formats import fault_messages as fault_words
from competencies.formats import json_source
from competencies.formats.case import package_in
from competencies.formats.package import Package
from tests.competencies.packages import edge, encoded, guid, item, package, small


def read(tree: Any) -> Package:
    return package_in(encoded(tree))


def refused(content: bytes) -> tuple[PackageFault, ...]:
    with pytest.raises(PackageRefusedError) as refusal:
        package_in(content)
    return refusal.value.faults


def only(faults: tuple[PackageFault, ...]) -> tuple[str, str]:
    assert len(faults) == 1
    return faults[0].code.value, faults[0].where


@pytest.mark.parametrize("nothing", [None, [], "", {}, "   "])
@pytest.mark.parametrize("member", ["notes", "conceptKeywords", "licenseURI", "statusStartDate", "subject"])
def test_null_empty_and_absent_are_one(member: str, nothing: Any) -> None:
    tree = small()
    tree["CFItems"][0][member] = nothing

    assert read(tree) == read(small())


@pytest.mark.parametrize("name", ["CFItems", "CFAssociations", "CFDefinitions", "CFRubrics"])
def test_a_missing_list_is_an_empty_one(name: str) -> None:
    tree = package()
    tree.pop(name, None)

    assert read({**tree, name: None}) == read({**tree, name: []}) == read(tree)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda tree: [tree],
        lambda tree: {"CFPackage": tree},
        lambda tree: {"data": [{"package": tree}], "status": "ok"},
        lambda tree: {"CFPackages": [tree]},
    ],
)
def test_a_package_may_be_wrapped(wrap: Any) -> None:
    assert read(wrap(small())).items == read(small()).items


def test_faults_in_a_wrapped_package_say_where_in_the_file() -> None:
    tree = small()
    del tree["CFItems"][1]["identifier"]

    assert only(refused(encoded({"data": [tree]}))) == ("missing", "/data/0/CFItems/1")


@pytest.mark.parametrize(
    ("value", "kept"), [(7, 7), ("7", 7), (" 7 ", 7), (7.0, 7), ("-3", -3), (None, None), ("", None)]
)
def test_sequence_numbers_may_be_missing_or_text(value: Any, kept: int | None) -> None:
    tree = small()
    tree["CFAssociations"][1]["sequenceNumber"] = value

    assert read(tree).edges[1].sequence == kept


@pytest.mark.parametrize("value", ["first", 1.5, True, [1], 2**80])
def test_other_sequence_numbers_are_refused_by_place(value: Any) -> None:
    tree = small()
    tree["CFAssociations"][1]["sequenceNumber"] = value

    assert only(refused(encoded(tree))) == ("wrong_type", "/CFAssociations/1/sequenceNumber")


@pytest.mark.parametrize("member", ["educationLevel", "subject", "conceptKeywords"])
def test_a_single_text_does_for_a_list(member: str) -> None:
    tree = small()
    tree["CFItems"][0][member] = "one"

    assert read(tree) == read(
        {**small(), "CFItems": [{**small()["CFItems"][0], member: ["one"]}, *small()["CFItems"][1:]]}
    )


def test_codes_may_repeat_or_be_absent() -> None:
    tree = small()
    tree["CFItems"][0]["humanCodingScheme"] = tree["CFItems"][1]["humanCodingScheme"]
    del tree["CFItems"][2]["humanCodingScheme"]

    assert [each.code for each in read(tree).items] == ["knead", "knead", ""]


@pytest.mark.parametrize("odd", ["00000000-0000-0000-0000-000000000001", "ABC", "a/b c", "кириллица", "1"])
def test_odd_identifiers_are_taken_as_they_are(odd: str) -> None:
    tree = package(item("root", identifier=odd))

    assert read(tree).items[0].source_identifier == odd


def test_ends_outside_the_package_are_kept_verbatim() -> None:
    end = {"title": "Elsewhere", "identifier": "x", "uri": "urn:elsewhere:1", "more": [1]}
    tree = package(item("root"), edges=[edge("isRelatedTo", "root", "x", destinationNodeURI=end)])

    assert read(tree).edges[0].destination_link == end


@pytest.mark.parametrize(("value", "kept"), [("urn:x:1", {"uri": "urn:x:1"}), ("plain", {"identifier": "plain"})])
def test_an_end_may_be_bare_text(value: str, kept: dict[str, str]) -> None:
    tree = package(item("root"), edges=[edge("isRelatedTo", "root", "x", destinationNodeURI=value)])

    assert read(tree).edges[0].destination_link == kept


def test_unknown_members_are_kept() -> None:
    tree = small()
    tree["CFItems"][0]["weather"] = {"sun": [1, 2.5, None]}
    tree["CFDocument"]["extensions"] = {"theirs": 1}

    read_back = read(tree)

    assert (read_back.items[0].extra, read_back.document.extra) == (
        {"weather": {"sun": [1, 2.5, None]}},
        {"extensions": {"theirs": 1}},
    )


def test_statements_are_kept_letter_by_letter() -> None:
    statement = "  <script>alert(1)</script>\r\n| a | b |\n$x_1^2$ — ١٢٣ \U0001d451" + "ß" * 10_000

    assert read(package(item("root", statement))).items[0].statement == statement


def test_what_the_file_holds_twice_word_for_word_is_taken_once() -> None:
    tree = small()
    tree["CFAssociations"].append(tree["CFAssociations"][0])

    read_back = read(tree)

    assert (len(read_back.edges), read_back.counts["CFAssociations"], len(read_back.repeats)) == (4, 5, 1)


def test_one_identifier_for_two_things_is_refused_naming_both_places() -> None:
    tree = small()
    tree["CFItems"][2]["identifier"] = tree["CFItems"][0]["identifier"]

    (fault,) = refused(json.dumps(tree, indent=2).encode())

    assert (fault.code, fault.where, fault.details["first"]) == ("identifier_twice", "/CFItems/2", "/CFItems/0")
    assert json.dumps(tree, indent=2).splitlines()[(fault.line or 0) - 1].strip() == "{"


def test_all_faults_are_named_at_once_up_to_a_limit() -> None:
    tree = package(*({} for _each in range(70)))

    with pytest.raises(PackageRefusedError) as refusal:
        read(tree)

    assert (len(refusal.value.faults), refusal.value.unlisted) == (50, 90)


def test_a_fault_says_what_where_and_how_to_mend_it() -> None:
    tree = small()
    tree["CFItems"][1]["fullStatement"] = {"en": "Kneads."}

    (fault,) = refused(json.dumps(tree, indent=1).encode())

    assert fault_words.line_of_fault(fault).startswith("/CFItems/1/fullStatement, line ")
    assert "A text is due here, not a object." in fault_words.line_of_fault(fault)
    assert fault_words.line_of_fault(fault).endswith("[wrong_type]")


@pytest.mark.parametrize(
    ("stated", "uri", "version"),
    [
        ("1.1", "urn:x:1", "1.1"),
        ("1.0", "urn:x:1", "1.0"),
        (None, "https://x.example/v1p1/a", "1.1"),
        (None, "urn:x:1", "1.0"),
    ],
)
def test_the_version_is_what_the_document_says_or_shows(stated: str | None, uri: str, version: str) -> None:
    assert read(package(document={"caseVersion": stated, "uri": uri})).version == version


def test_another_version_is_refused() -> None:
    assert only(refused(encoded(package(document={"caseVersion": "2.0"})))) == (
        "unknown_version",
        "/CFDocument/caseVersion",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"a,b\n1,2\n", "not_json"),
        (b"%PDF-1.7", "not_json"),
        (b"\xff\xfe\x00\xd8{", "not_text"),
        (b'{"a": "\xff"}', "not_text"),
        (b'{"CFDocument": ', "not_json"),
        (b"[]", "not_a_package"),
        (b"42", "not_a_package"),
        (b'{"CFDocuments": []}', "not_a_package"),
        (b'{"CFDocument": 1}', "not_a_package"),
        (b'{"a": 1, "a": 2}', "repeated_member"),
        (b'{"a": NaN}', "unstorable_number"),
        (b'{"a": 1e999}', "unstorable_number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "unstorable_number"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b"[" * 60 + b"]" * 60, "too_deep"),
        (b'[{"CFDocument": {}}, {"CFDocument": {}}]', "several_packages"),
    ],
)
def test_files_that_are_no_package_are_refused_in_one_plain_reason(content: bytes, code: str) -> None:
    faults = refused(content)

    assert [fault.code.value for fault in faults] == [code]
    assert fault_words.line_of_fault(faults[0])


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "MAX_BYTES", 1_000)

    assert [fault.code.value for fault in refused(b" " * 1_001)] == ["too_large"]


@pytest.mark.parametrize("letter", ["\\u0000", "\\ud800"])
def test_letters_that_no_database_keeps_are_refused_by_place(letter: str) -> None:
    tree = encoded(small()).replace(b"Bakes at", f"Bakes{letter}at".encode())

    assert only(refused(tree)) == ("unstorable_text", "/CFItems/2/fullStatement")


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_codings_of_text_are_understood(coding: str) -> None:
    assert package_in(json.dumps(small(), ensure_ascii=False).encode(coding)) == read(small())


@pytest.mark.parametrize(
    ("spoil", "code", "where"),
    [
        (lambda tree: tree["CFDocument"].pop("title"), "missing", "/CFDocument"),
        (lambda tree: tree["CFDocument"].pop("identifier"), "missing", "/CFDocument"),
        (lambda tree: tree["CFItems"].__setitem__(0, 7), "wrong_type", "/CFItems/0"),
        (lambda tree: tree.__setitem__("CFItems", "none"), "wrong_type", "/CFItems"),
        (lambda tree: tree.__setitem__("CFDefinitions", "none"), "wrong_type", "/CFDefinitions"),
        (
            lambda tree: tree["CFItems"][0].update(fullStatement=None, humanCodingScheme=""),
            "no_statement",
            "/CFItems/0",
        ),
        (
            lambda tree: tree["CFItems"][0].update(statusStartDate="0026-03-02"),
            "implausible_date",
            "/CFItems/0/statusStartDate",
        ),
        (
            lambda tree: tree["CFDocument"].update(statusEndDate="2206-03-02"),
            "implausible_date",
            "/CFDocument/statusEndDate",
        ),
        (lambda tree: tree["CFItems"][0].update(identifier="x" * 500), "too_long", "/CFItems/0/identifier"),
        (lambda tree: tree["CFAssociations"][0].pop("associationType"), "missing", "/CFAssociations/0"),
        (lambda tree: tree["CFAssociations"][0].pop("originNodeURI"), "end_unnamed", "/CFAssociations/0"),
        (
            lambda tree: tree["CFAssociations"][0].update(originNodeURI=5),
            "wrong_type",
            "/CFAssociations/0/originNodeURI",
        ),
        (lambda tree: tree["CFItems"][0].update(identifier=guid("document")), "identifier_twice", "/CFItems/0"),
        (
            lambda tree: tree["CFAssociations"][3].update(
                destinationNodeURI=tree["CFAssociations"][3]["originNodeURI"]
            ),
            "leads_to_itself",
            "/CFAssociations/3",
        ),
        (
            lambda tree: tree["CFItems"][0].update(extensions={"cairn": {"scale": "none"}}),
            "scale_unknown",
            "/CFItems/0",
        ),
    ],
)
def test_what_cannot_be_understood_is_refused_by_place(spoil: Any, code: str, where: str) -> None:
    tree = small()
    spoil(tree)

    assert (code, where) in [(fault.code.value, fault.where) for fault in refused(encoded(tree))]


def test_every_fault_has_words() -> None:
    assert set(fault_words.WORDS) == set(FaultCode)
