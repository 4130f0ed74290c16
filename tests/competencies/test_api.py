"""The CASE 1.1 service: responses, access, and conditional requests."""

from typing import Any

import pytest
from django.test import Client

from competencies.actions import withdraw_framework
from competencies.models import Competency, Framework
from tests.competencies.case_shapes import faults, package_faults
from tests.competencies.conftest import Take
from tests.competencies.packages import fixture, guid, item, package

pytestmark = pytest.mark.django_db
BASE = "/ims/case/v1p1"


@pytest.fixture
def care(take: Take) -> Framework:
    take(fixture(), publish=True)
    row: Framework = Framework.objects.get()
    return row


@pytest.fixture
def plan(care: Framework) -> Competency:
    row: Competency = care.competencies.get(code="ADC.D1", language="en")
    return row


def test_each_answer_is_what_the_standard_asks(care: Framework, plan: Competency, client: Client) -> None:
    edge = plan.leaving.get(kind="precedes")
    associations = client.get(f"{BASE}/CFItemAssociations/{plan.public_id}").json()
    answers = {
        f"/CFDocuments/{care.public_id}": "document",
        "/CFDocuments": "documents",
        f"/CFItems/{plan.public_id}": "item alone",
        f"/CFAssociations/{edge.public_id}": "edge alone",
    }

    assert package_faults(client.get(f"{BASE}/CFPackages/{care.public_id}").json()) == []
    for path, shape in answers.items():
        assert faults(shape, client.get(BASE + path).json()) == [], path
    assert faults("item alone", associations["CFItem"]) == []
    assert [fault for found in associations["CFAssociations"] for fault in faults("edge alone", found)] == []
    assert (set(associations), bool(associations["CFAssociations"])) == ({"CFItem", "CFAssociations"}, True)


@pytest.mark.parametrize(
    ("path", "status", "field", "code"),
    [
        ("/CFItems/nothing", 404, "sourcedId", "unknownobject"),
        ("/CFDocuments?sort=colour", 400, "sourcedId", "invalid_sort_field"),
        ("/CFDocuments?sort=title&orderBy=up", 400, "sourcedId", "invalid_sort_field"),
        ("/CFDocuments?fields=colour", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?fields=", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?filter=title", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?weather=sunny", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?limit=x", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?limit=0", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?limit=1_0", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?offset=-1", 400, "sourcedId", "invalid_selection_field"),
        ("/CFDocuments?offset=99999999999999999999", 400, "sourcedId", "invalid_selection_field"),
    ],
)
def test_errors_are_what_the_standard_asks(
    care: Framework, client: Client, path: str, status: int, field: str, code: str
) -> None:
    response = client.get(BASE + path)

    answer = response.json()
    assert (response.status_code, answer["imsx_codeMajor"], answer["imsx_severity"]) == (status, "failure", "error")
    assert answer["imsx_codeMinor"] == {
        "imsx_codeMinorField": [{"imsx_codeMinorFieldName": field, "imsx_codeMinorFieldValue": code}]
    }
    assert set(answer) <= {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"}


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
