"""The CASE 1.1 service: responses, access, and conditional requests."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from competencies.actions import withdraw_framework
from competencies.models import Competency, Framework
from tests.competencies.conftest import Take
from tests.competencies.packages import fixture, guid, item, package
from tests.competencies.test_case_writing import FORMATS

pytestmark = pytest.mark.django_db
BASE = "/ims/case/v1p1"


def accepted(shared: Path, kind: str, answer: Any) -> list[str]:
    openapi = json.loads((shared / "standards" / "case" / "imscasev1p1_openapi3_v1p0.json").read_text())
    schema = {"$ref": f"#/components/schemas/{kind}", "components": openapi["components"]}
    checker = jsonschema.Draft202012Validator(schema, format_checker=FORMATS)
    return [error.message for error in checker.iter_errors(answer)]


@pytest.fixture
def care(take: Take) -> Framework:
    take(fixture(), publish=True)
    row: Framework = Framework.objects.get()
    return row


@pytest.fixture
def plan(care: Framework) -> Competency:
    row: Competency = care.competencies.get(code="ADC.D1", language="en")
    return row


def test_each_answer_is_what_the_official_schema_asks(
    care: Framework, plan: Competency, client: Client, shared: Path
) -> None:
    edge = plan.leaving.get(kind="precedes")
    answers = {
        f"/CFPackages/{care.public_id}": "CFPackageDType",
        f"/CFDocuments/{care.public_id}": "CFDocumentDType",
        "/CFDocuments": "CFDocumentSetDType",
        f"/CFItems/{plan.public_id}": "CFItemDType",
        f"/CFItemAssociations/{plan.public_id}": "CFAssociationSetDType",
        f"/CFAssociations/{edge.public_id}": "CFAssociationDType",
    }
    for path, kind in answers.items():
        assert accepted(shared, kind, client.get(BASE + path).json()) == [], path


def test_errors_are_what_the_official_schema_asks(care: Framework, client: Client, shared: Path) -> None:
    for path, status in (("/CFItems/nothing", 404), ("/CFDocuments?sort=title", 400), ("/CFDocuments?limit=x", 400)):
        response = client.get(BASE + path)

        assert (response.status_code, accepted(shared, "imsx_StatusInfoDType", response.json())) == (status, [])


@pytest.mark.parametrize("name", ["public_id", "source_identifier"])
def test_both_identifiers_lead_there(care: Framework, plan: Competency, client: Client, name: str) -> None:
    assert client.get(f"{BASE}/CFPackages/{getattr(care, name)}").json()["CFDocument"]["title"] == care.title
    assert client.get(f"{BASE}/CFItems/{getattr(plan, name)}").json()["humanCodingScheme"] == "ADC.D1"


def test_what_is_held_is_not_sent_again_until_it_changes(take: Take, care: Framework, client: Client) -> None:
    path = f"{BASE}/CFPackages/{care.public_id}"
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    tree = fixture()
    tree["CFItems"][0]["notes"] = "New."

    take(tree)

    assert client.get(path, headers={"if-none-match": etag}).status_code == 200


def test_what_is_not_published_is_not_there(take: Take, client: Client) -> None:
    take(fixture())
    row = Framework.objects.get()
    plan = row.competencies.get(code="ADC.D1", language="en")
    paths = [
        f"/CFPackages/{row.public_id}",
        f"/CFDocuments/{row.source_identifier}",
        f"/CFItems/{plan.public_id}",
        f"/CFItemAssociations/{plan.public_id}",
        f"/CFAssociations/{plan.leaving.get(kind='precedes').public_id}",
    ]

    assert [client.get(BASE + path).status_code for path in paths] == [404] * 5
    assert client.get(f"{BASE}/CFDocuments").json() == {"CFDocuments": []}


def test_a_withdrawn_framework_is_gone_even_for_those_who_hold_it(care: Framework, client: Client) -> None:
    path = f"{BASE}/CFPackages/{care.public_id}"
    etag = client.get(path)["ETag"]

    withdraw_framework(care)

    assert client.get(path, headers={"if-none-match": etag}).status_code == 404


@pytest.mark.parametrize("name", ["%00", "%FF", "'", "a" * 900, "..%2F"])
def test_odd_identifiers_lead_nowhere(care: Framework, client: Client, name: str) -> None:
    for kind in ("CFPackages", "CFItems", "CFAssociations"):
        assert client.get(f"{BASE}/{kind}/{name}").status_code == 404


def test_documents_come_in_pages_with_their_number(take: Take, client: Client) -> None:
    for number in range(5):
        take(package(item("a"), document={"identifier": guid(str(number)), "title": str(number)}), publish=True)

    response = client.get(f"{BASE}/CFDocuments?limit=2&offset=3")

    assert [row["title"] for row in response.json()["CFDocuments"]] == ["3", "4"]
    assert response["X-Total-Count"] == "5"


def test_a_package_takes_the_same_queries_whatever_its_size(
    care: Framework, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7):
        client.get(f"{BASE}/CFPackages/{care.public_id}")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(care: Framework, client: Client, method: str) -> None:
    assert getattr(client, method)(f"{BASE}/CFPackages/{care.public_id}").status_code == 405
