"""`make verify-external`, its first part: the texts of the standards, and the files that others have published.

They belong to others and are not part of this repository: they are looked for in the folder `shared` beside the
checkout. `make test` asks the same of vectors and expectations of our own.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from competencies.errors import PackageRefusedError
from competencies.formats.case import package_in, written
from competencies.models import Competency, Framework
from credentials.badges.formats.contexts import FILES, contexts
from credentials.badges.formats.data_integrity import bytes_of, canonical, signed, verify_proof
from tests.competencies.package_files import FILES as OWN_FILES
from tests.competencies.package_files import odd
from tests.competencies.packages import FIXTURE, encoded, fixture
from tests.competencies.taking_in import (
    assert_a_second_import_changes_nothing,
    assert_all_live_beside_each_other,
    assert_reads_back_the_same,
    assert_taken_in_completely,
    listed,
    take,
)
from tests.conftest import SHARED
from tests.credentials.papers import SIGNER, badge
from tests.credentials.test_signed_bytes import GOLDEN, terms
from tests.credentials.test_transcript_schema import answer_to_a_partner, clr_of
from tests.recipes import LONG_AGO

STANDARDS = SHARED / "standards"
FRAMEWORKS = STANDARDS / "case" / "frameworks"
STUB = "smarter-balanced-ela-content-specification-stub-invalid.json"
GOOD = [*(path for path in sorted(FRAMEWORKS.glob("*.json")) if path.name != STUB), FIXTURE]
BASE = "/ims/case/v1p1"

KINDS_OF_ANSWERS = {
    "CFItems": "CFItem",
    "CFAssociations": "CFAssociation",
    "CFItemTypes": "CFItemTypeSet",
    "CFSubjects": "CFSubjectSet",
    "CFConcepts": "CFConceptSet",
    "CFLicenses": "CFLicense",
    "CFAssociationGroupings": "CFAssociationGrouping",
    "CFRubrics": "CFRubric",
}

FORMATS = jsonschema.FormatChecker(formats=["date"])

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not STANDARDS.is_dir(), reason="the published standards are not beside this checkout"),
]
each_file = pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    return isinstance(value, str) and "T" in value and (value.endswith("Z") or value[-6] in "+-")


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and " " not in value


def read(*parts: str) -> Any:
    return json.loads(STANDARDS.joinpath(*parts).read_text(encoding="utf-8"))


def faults_by_case(tree: Any, *, kind: str = "CFPackageDType", version: str = "1.1") -> list[str]:
    """What the official schema of CASE says against an object."""
    if version == "1.0":
        # "oneOf" date and date-time tells them apart by format alone.
        schema = read("case", "case-v1p0-cfpackage-schema.json")
        return [error.message for error in jsonschema.Draft7Validator(schema, format_checker=FORMATS).iter_errors(tree)]
    components = read("case", "imscasev1p1_openapi3_v1p0.json")["components"]
    schema = {"$ref": f"#/components/schemas/{kind}", "components": components}
    return [
        error.message for error in jsonschema.Draft202012Validator(schema, format_checker=FORMATS).iter_errors(tree)
    ]


def faults_by_service(tree: Any, kind: str, version: str) -> list[str]:
    """What the official description of the service says against an answer, by the kind's name without its ending."""
    if version == "v1p1":
        return faults_by_case(tree, kind=f"{kind}DType")
    definitions = {
        name: merged(schema) for name, schema in read("case", "case-v1p0-swagger.json")["definitions"].items()
    }
    for schema in definitions.values():
        for part in schema.pop("allOf", ()):
            whole = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            schema["properties"] = {**schema.get("properties", {}), **whole["properties"]}
            schema["required"] = [*schema.get("required", ()), *whole.get("required", ())]
            schema["additionalProperties"] = False
    schema = {"$ref": f"#/definitions/{kind}.Type", "definitions": definitions}
    return [error.message for error in jsonschema.Draft4Validator(schema, format_checker=FORMATS).iter_errors(tree)]


def merged(schema: Any) -> Any:
    """A copy that may be changed: each part of "allOf" forbids what the other has, so they are put together."""
    return {**schema, "allOf": list(schema.get("allOf", ()))}


def test_the_folder_of_published_files_is_looked_at() -> None:
    assert len(GOOD) >= 14


@each_file
def test_a_published_file_is_taken_in_completely(path: Path) -> None:
    assert_taken_in_completely(path.read_bytes())


@each_file
def test_a_second_import_changes_nothing(path: Path) -> None:
    assert_a_second_import_changes_nothing(path.read_bytes())


def test_all_files_live_beside_each_other_though_seven_claim_one_identifier() -> None:
    contents = [path.read_bytes() for path in GOOD]

    assert_all_live_beside_each_other(contents)

    assert Competency.objects.count() == sum(listed(content)["CFItems"] for content in contents)


def test_all_files_live_beside_each_other_in_any_order() -> None:
    assert_all_live_beside_each_other([path.read_bytes() for path in GOOD if path.stat().st_size < 1_000_000][::-1])


def test_the_one_repeat_in_the_published_files_is_counted() -> None:
    repeats = {path.name: package_in(path.read_bytes()).repeats for path in GOOD}

    assert {name: [each.kind for each in found] for name, found in repeats.items() if found} == {
        "smarter-balanced-math-content-specification.json": ["CFAssociations"]
    }


def test_the_broken_stub_is_refused_with_every_reason() -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        take((FRAMEWORKS / STUB).read_bytes())

    assert [(fault.code, fault.where) for fault in refusal.value.faults] == [
        ("missing", "/CFItems/0"),
        ("identifier_twice", "/CFItems/3"),
        ("identifier_twice", "/CFItems/4"),
    ]


@pytest.mark.parametrize("path", sorted(FRAMEWORKS.glob("*.csv")), ids=lambda path: path.stem)
def test_a_published_table_is_no_package(path: Path) -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        package_in(path.read_bytes())

    assert [fault.code for fault in refusal.value.faults] == ["not_json"]


@each_file
def test_what_is_written_reads_back_the_same(path: Path) -> None:
    assert_reads_back_the_same(path.read_bytes())


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@each_file
def test_the_official_schema_accepts_what_is_written(path: Path, version: str) -> None:
    tree = written(package_in(path.read_bytes()), version=version)

    assert faults_by_case(tree, version=version) == []


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("name", OWN_FILES)
def test_the_official_schema_accepts_what_is_written_of_our_files(name: str, version: str) -> None:
    tree = written(package_in(OWN_FILES[name]), version=version)

    assert faults_by_case(tree, version=version) == []


def test_the_official_schema_accepts_even_odd_packages() -> None:
    assert faults_by_case(written(package_in(encoded(odd())), version="1.1")) == []


def test_the_fixture_of_ours_is_already_strict() -> None:
    assert faults_by_case(fixture()) == []


@pytest.fixture
def care(db: None) -> Framework:
    from competencies.actions import import_package

    import_package(encoded(fixture()), at=LONG_AGO, publish=True)
    return Framework.objects.get()


def test_each_answer_of_the_service_is_what_the_official_schema_asks(care: Framework, client: Client) -> None:
    plan = care.competencies.get(code="ADC.D1", language="en")
    edge = plan.leaving.get(kind="precedes")
    answers = {
        f"/CFPackages/{care.public_id}": "CFPackageDType",
        f"/CFDocuments/{care.public_id}": "CFDocumentDType",
        "/CFDocuments": "CFDocumentSetDType",
        f"/CFItems/{plan.public_id}": "CFItemDType",
        f"/CFItemAssociations/{plan.public_id}": "CFAssociationSetDType",
        f"/CFAssociations/{edge.public_id}": "CFAssociationDType",
        "/CFItems/nothing": "imsx_StatusInfoDType",
        "/CFDocuments?sort=title": "CFDocumentSetDType",
        "/CFDocuments?sort=colour": "imsx_StatusInfoDType",
        "/CFDocuments?limit=x": "imsx_StatusInfoDType",
    }
    for path, kind in answers.items():
        assert faults_by_case(client.get(BASE + path).json(), kind=kind) == [], path


@pytest.mark.parametrize("version", ["v1p0", "v1p1"])
@each_file
def test_every_answer_about_a_published_file_is_what_the_official_schema_asks(
    path: Path, version: str, client: Client
) -> None:
    from competencies.actions import import_package

    report = import_package(path.read_bytes(), at=LONG_AGO, publish=True)
    base = f"/ims/case/{version}"
    whole = client.get(f"{base}/CFPackages/{report.framework_id}").json()
    document = whole["CFDocument"]["identifier"]
    answers = {
        "/CFDocuments": "CFDocumentSet",
        f"/CFDocuments/{document}": "CFDocument",
        "/CFNothing": "imsx_StatusInfo",
    }
    for name, kind in KINDS_OF_ANSWERS.items():
        rows = {**whole["CFDefinitions"], **whole}.get(name, [])
        # A few of each: the package has every object in the same form.
        answers |= {f"/{name}/{row['identifier']}": kind for row in [*rows[:5], *rows[-5:]]}
    for row in [*whole["CFItems"][:5], *whole["CFItems"][-5:]]:
        answers[f"/CFItemAssociations/{row['identifier']}"] = "CFAssociationSet"

    assert faults_by_service(whole, "CFPackage", version) == []
    for address, kind in answers.items():
        assert faults_by_service(client.get(base + address).json(), kind, version) == [], address


def test_the_published_vector_of_open_badges_verifies() -> None:
    vectors = STANDARDS / "open-badges" / "test-vectors"
    document = json.loads((vectors / "signed.json").read_bytes())
    controller = json.loads((vectors / "controller-example.edu.json").read_bytes())
    bare = {name: value for name, value in document.items() if name != "proof"}

    assert canonical(bare) == (vectors / "document-canon.txt").read_text(encoding="utf-8")
    verify_proof(document, multibase=controller["verificationMethod"][0]["publicKeyMultibase"])


def test_the_published_schema_takes_what_we_sign() -> None:
    schema = read("open-badges", "schemas", "ob_v3p0_achievementcredential_schema.json")

    for facts, _proof, _digest in GOLDEN.values():
        jsonschema.Draft201909Validator(schema).validate(json.loads(bytes_of(signed(badge(facts), SIGNER))))


def test_the_contexts_are_the_published_ones() -> None:
    """Of 3.0.3 the library has the copy with two terms more; lint refuses both."""
    where = read("contexts-map.json")
    ours = contexts()
    for url in FILES:
        theirs = read(where[url])
        if "3.0.3" in url:
            assert terms(ours[url]) - terms(theirs) == {"jti", "endorsementJwt"}
        else:
            assert ours[url] == theirs


def test_a_clr_can_be_made_of_the_facts_alone() -> None:
    schema = read("clr", "schemas", "clr_v2p0_clrcredential_schema.json")

    jsonschema.Draft201909Validator(schema).validate(clr_of(answer_to_a_partner()))
