"""The CASE service as a stranger crawls it: every identifier resolves, every answer is valid, in both versions.

`make verify-external` holds the same answers against the published schemas.
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.validation import validate_schema

from competencies.actions import publish_framework, withdraw_framework
from competencies.api import views
from competencies.api.description import OPERATIONS
from competencies.models import Framework
from tests.competencies.case_shapes import faults, package_faults, status_faults
from tests.competencies.conftest import Take
from tests.competencies.package_files import defined, named, odd, of_version_1_0, with_definitions, with_rubrics
from tests.competencies.packages import edge, guid, item, large, link, package, small
from tests.recipes import LONG_AGO

pytestmark = pytest.mark.django_db

VERSIONS = ["v1p0", "v1p1"]
each_version = pytest.mark.parametrize("version", VERSIONS)
# Each kind of object with the read that answers it, and the shape of the answer.
READS = {
    "CFItems": ("CFItems", "item alone"),
    "CFAssociations": ("CFAssociations", "edge alone"),
    "CFItemTypes": ("CFItemTypes", "item types"),
    "CFSubjects": ("CFSubjects", "subjects"),
    "CFConcepts": ("CFConcepts", "concepts"),
    "CFLicenses": ("CFLicenses", "licence"),
    "CFAssociationGroupings": ("CFAssociationGroupings", "grouping"),
    "CFRubrics": ("CFRubrics", "rubric"),
}


def elsewhere() -> dict[str, Any]:
    """A package whose source calls its document otherwise in every link, and writes GUIDs in both cases."""
    wrong = {"CFDocumentURI": link("nothing here"), "CFAssociationGroupingURI": link("Topics")}
    tree = named("Elsewhere", item("e-1", CFDocumentURI=wrong["CFDocumentURI"]), CFPackageURI=link("nothing at all"))
    tree["CFItems"].append(item("e-2", identifier="10000000-0000-0000-0000-00000000ABCD"))
    tree["CFAssociations"] = [edge("isChildOf", "e-1", "Elsewhere", **wrong)]
    tree["CFAssociations"].append(edge("isPeerOf", "e-1", "e-2"))
    tree["CFAssociations"][1]["destinationNodeURI"]["identifier"] = "10000000-0000-0000-0000-00000000abcd"
    return tree


def loose() -> dict[str, Any]:
    """Items that no association names."""
    return named("Loose", item("l-1"), item("l-2"))


TREES = {
    "small": small,
    "definitions": with_definitions,
    "rubrics": with_rubrics,
    "1.0": of_version_1_0,
    "odd": odd,
    "elsewhere": elsewhere,
    "loose": loose,
}


class Service:
    """One version of the service."""

    def __init__(self, client: Client, version: str) -> None:
        self.client = client
        self.base = f"/ims/case/{version}"
        self.version = f"1.{version[-1]}"

    def get(self, path: str) -> Any:
        response = self.client.get(self.base + path)
        assert response.status_code == 200, (path, response.content)
        return response.json()

    def faults(self, shape: str, tree: Any) -> list[str]:
        return faults(shape, tree, version=self.version)

    def package(self, framework: Framework) -> Any:
        return self.get(f"/CFPackages/{framework.public_id}")


@pytest.fixture(params=VERSIONS)
def service(request: pytest.FixtureRequest, client: Client) -> Service:
    return Service(client, request.param)


@pytest.fixture(params=TREES)
def framework(request: pytest.FixtureRequest, take: Take) -> Framework:
    """Each kind of package in turn, published, with others beside it."""
    take(named("Beside", item("b-1")), publish=True)
    report = take(TREES[request.param](), publish=True)
    row: Framework = Framework.objects.get(public_id=report.framework_id)
    return row


def objects_of(tree: Any) -> Iterator[tuple[str, str]]:
    """The list and the identifier of every object that a package holds."""
    lists = {**tree["CFDefinitions"], **{name: tree[name] for name in ("CFItems", "CFAssociations", "CFRubrics")}}
    for name, rows in lists.items():
        if name in READS:
            yield from ((name, row["identifier"]) for row in rows)


def first_of(answer: Any) -> Any:
    """The object itself, which a set has in the first place."""
    rows = next(iter(answer.values()))
    return rows[0] if isinstance(rows, list) and set(answer) & set(READS) else answer


def test_every_identifier_of_a_package_leads_to_its_object(framework: Framework, service: Service) -> None:
    tree = service.package(framework)
    objects = list(objects_of(tree))

    assert package_faults(tree, version=service.version) == []
    assert objects
    for name, identifier in objects:
        read, shape = READS[name]
        answer = service.get(f"/{read}/{identifier}")
        assert (first_of(answer)["identifier"], service.faults(shape, answer)) == (identifier, [])
    document = service.get(f"/CFDocuments/{tree['CFDocument']['identifier']}")
    assert (document["title"], service.faults("document", document)) == (framework.title, [])


def test_every_link_of_an_answer_leads_to_what_it_names(framework: Framework, service: Service) -> None:
    tree = service.package(framework)
    document = service.get(f"/CFDocuments/{framework.public_id}")

    whole = service.get(f"/CFPackages/{document['CFPackageURI']['identifier']}")
    assert whole == tree == service.client.get(urlsplit(document["CFPackageURI"]["uri"]).path).json()
    for name in ("CFItems", "CFAssociations"):
        for row in tree[name]:
            own = service.get(f"/{name}/{row['identifier']}")["CFDocumentURI"]
            assert service.get(f"/CFDocuments/{own['identifier']}") == document
            assert service.client.get(urlsplit(own["uri"]).path).json() == document


def test_each_item_comes_with_its_associations_and_each_of_them_resolves(
    framework: Framework, service: Service
) -> None:
    for row in service.package(framework)["CFItems"]:
        answer = service.get(f"/CFItemAssociations/{row['identifier']}")

        assert service.faults("item alone", answer["CFItem"]) == []
        assert service.faults("item with associations", {"CFAssociations": answer["CFAssociations"]}) == []
        assert answer["CFAssociations"]
        for found in answer["CFAssociations"]:
            alone = service.get(f"/CFAssociations/{found['identifier']}")
            assert found == {name: value for name, value in alone.items() if name != "CFDocumentURI"}


@pytest.mark.parametrize("spelled", [str, str.upper])
def test_links_to_definitions_resolve_however_the_source_spells_them(
    take: Take, service: Service, spelled: Any
) -> None:
    tree = with_definitions() | {"CFRubrics": with_rubrics()["CFRubrics"]}
    tree["CFItems"].append(item("r-1", licenseURI=link("Free"), conceptKeywordsURI=link("Heat")))
    criterion = tree["CFRubrics"][0]["CFRubricCriteria"][0]
    edges, items = tree["CFAssociations"], tree["CFItems"]
    for holder, name in ((items[0], "CFItemTypeURI"), (items[1], "licenseURI"), (items[1], "conceptKeywordsURI")):
        holder[name]["identifier"] = spelled(holder[name]["identifier"])
    for holder, name in ((edges[0], "CFAssociationGroupingURI"), (criterion, "CFItemURI")):
        holder[name]["identifier"] = spelled(holder[name]["identifier"])
    take(tree, publish=True)
    whole = service.package(Framework.objects.get())
    links = {
        "CFItemTypes": whole["CFItems"][0]["CFItemTypeURI"],
        "CFLicenses": whole["CFItems"][1]["licenseURI"],
        "CFConcepts": whole["CFItems"][1]["conceptKeywordsURI"],
        "CFSubjects": whole["CFDocument"]["subjectURI"][0],
        "CFAssociationGroupings": whole["CFAssociations"][0]["CFAssociationGroupingURI"],
        "CFItems": whole["CFRubrics"][0]["CFRubricCriteria"][0]["CFItemURI"],
    }

    for read, found in links.items():
        assert first_of(service.get(f"/{read}/{found['identifier']}"))["identifier"] == found["identifier"]


def test_both_versions_give_an_object_the_same_identifier(framework: Framework, client: Client) -> None:
    older, newer = (Service(client, version).package(framework) for version in VERSIONS)

    assert list(objects_of(older)) == list(objects_of(newer))
    assert older["CFDocument"]["identifier"] == newer["CFDocument"]["identifier"]


def test_identifiers_are_found_as_the_source_writes_them_and_in_any_case(take: Take, service: Service) -> None:
    take(elsewhere(), publish=True)
    take(package(item("p", identifier="Mixed-Case"), document={"title": "Plain"}), publish=True)
    spelled = "10000000-0000-0000-0000-00000000ABCD"

    assert service.get(f"/CFItems/{spelled}") == service.get(f"/CFItems/{spelled.lower()}")
    take(named("Capitals", item("c-1", identifier=guid("c-1").upper())), publish=True)
    assert service.get(f"/CFItems/{guid('c-1').upper()}")["identifier"] == guid("c-1")
    assert service.get(f"/CFItems/{guid('e-1').upper()}") == service.get(f"/CFItems/{guid('e-1')}")
    assert service.get("/CFItems/Mixed-Case")["fullStatement"] == "Can do p."
    assert service.client.get(f"{service.base}/CFItems/mixed-case").status_code == 404


def test_an_end_in_another_case_names_its_item_as_the_item_is_named(take: Take, service: Service) -> None:
    report = take(elsewhere(), publish=True)
    tree = service.package(Framework.objects.get(public_id=report.framework_id))

    assert tree["CFAssociations"][1]["destinationNodeURI"]["identifier"] == tree["CFItems"][1]["identifier"]


def test_a_loose_item_says_that_it_hangs_below_its_document(take: Take, service: Service) -> None:
    take(loose(), publish=True)

    (place,) = service.get(f"/CFItemAssociations/{guid('l-1')}")["CFAssociations"]

    assert (place["associationType"], place["originNodeURI"]["identifier"]) == ("isChildOf", guid("l-1"))
    assert place["destinationNodeURI"]["identifier"] == guid("Loose")
    assert place.get("extensions") == ({"cairn": {"added": True}} if service.version == "1.1" else None)


def test_a_set_holds_what_was_asked_for_and_all_below_it(take: Take, service: Service) -> None:
    codes = {"Baking": "1", "Pastry": "1.1", "Puff": "1.1.2", "Beer": "10", "Brewing": "2", "Codeless": ""}
    tree = named("Subjects", item("s-1"))
    tree["CFDefinitions"] = {"CFSubjects": [defined(name, hierarchyCode=code) for name, code in codes.items()]}
    take(tree, publish=True)

    def titles(name: str) -> list[str]:
        return [row["title"] for row in service.get(f"/CFSubjects/{guid(name)}")["CFSubjects"]]

    assert titles("Baking") == ["Baking", "Pastry", "Puff"]
    assert (titles("Pastry"), titles("Beer"), titles("Codeless")) == (["Pastry", "Puff"], ["Beer"], ["Codeless"])


@each_version
def test_nothing_of_a_framework_answers_before_it_is_published_and_after(
    take: Take, client: Client, version: str
) -> None:
    take(with_definitions() | {"CFRubrics": with_rubrics()["CFRubrics"]}, publish=True)
    row = Framework.objects.get()
    service = Service(client, version)
    paths = [f"/{READS[name][0]}/{identifier}" for name, identifier in objects_of(service.package(row))]
    paths += [f"/{read}/{row.public_id}" for read in ("CFDocuments", "CFPackages")]
    paths += [f"/CFItemAssociations/{guid('d-1')}"]
    assert {path.split("/")[1] for path in paths} == {path.split("/")[1] for path, _name, _schema in OPERATIONS}

    withdraw_framework(row)

    answers = [client.get(service.base + path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert [fault for answer in answers for fault in status_faults(answer.json())] == []
    publish_framework(row, at=LONG_AGO)
    assert {client.get(service.base + path).status_code for path in paths} == {200}


@pytest.fixture
def shelf(take: Take) -> list[str]:
    """Five published frameworks."""
    for number, title in enumerate(("Cloth", "bread", "Dough", "Apples", "Eggs")):
        when = {"lastChangeDateTime": f"2026-03-0{number + 1}T09:00:00Z", "language": "en" if number % 2 else "de"}
        licence = {"licenseURI": link("licence", "CC BY")} if number == 3 else {}
        take(named(title, **when, **licence), publish=True)
    take(named("Hidden"))
    return ["Cloth", "bread", "Dough", "Apples", "Eggs"]


@pytest.mark.parametrize(
    ("query", "titles", "total"),
    [
        ("", ["Cloth", "bread", "Dough", "Apples", "Eggs"], 5),
        ("sort=title", ["Apples", "bread", "Cloth", "Dough", "Eggs"], 5),
        ("sort=lastChangeDateTime&orderBy=desc&limit=2", ["Eggs", "Apples"], 5),
        ("filter=language%3D'en'", ["bread", "Apples"], 2),
        ("filter=lastChangeDateTime>'2026-03-03T09:00:00Z'&sort=title&offset=1", ["Eggs"], 2),
        ("filter=licenseURI.title~'by'", ["Apples"], 1),
        ("filter=title='nothing'", [], 0),
        ("limit=2&offset=4", ["Eggs"], 5),
        ("offset=5", [], 5),
        ("limit=2000", ["Cloth", "bread", "Dough", "Apples", "Eggs"], 5),
    ],
)
def test_the_list_is_sorted_filtered_and_cut(
    shelf: list[str], service: Service, query: str, titles: list[str], total: int
) -> None:
    response = service.client.get(f"{service.base}/CFDocuments?{query}")

    answer = response.json()
    assert [row["title"] for row in answer["CFDocuments"]] == titles
    assert int(response["X-Total-Count"]) == total
    # The one exception from the standard, which has no list without rows: no documents is an answer, not an error.
    assert service.faults("documents", answer) == []


@pytest.mark.parametrize("query", ["fields=title,identifier", "fields=title&fields=identifier"])
def test_the_list_has_the_fields_that_are_asked_for(shelf: list[str], service: Service, query: str) -> None:
    rows = service.get(f"/CFDocuments?sort=title&{query}")["CFDocuments"]

    assert rows[0] == {"title": "Apples", "identifier": guid("Apples")}


def test_the_pages_of_the_list_link_to_each_other(shelf: list[str], service: Service) -> None:
    address, seen = f"{service.base}/CFDocuments?limit=2&sort=title&filter=title!='eggs'", []
    while address:
        response = service.client.get(address)
        seen += [row["title"] for row in response.json()["CFDocuments"]]
        links = _links(response["Link"])
        address = links.get("next", "")

    assert seen == ["Apples", "bread", "Cloth", "Dough"]
    assert (set(links), links["prev"]) == ({"first", "last", "prev"}, links["first"])
    assert [row["title"] for row in service.client.get(links["last"]).json()["CFDocuments"]] == ["Cloth", "Dough"]


def _links(header: str) -> dict[str, str]:
    """The path and query of each relation."""
    parts = [part.split(">; rel=") for part in header.removeprefix("<").split(", <")]
    addresses = {relation.strip('"'): urlsplit(address) for address, relation in parts}
    return {relation: f"{address.path}?{address.query}" for relation, address in addresses.items()}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_cannot_be_done_is_said_in_the_form_of_the_standard(service: Service, method: str) -> None:
    response = getattr(service.client, method)(f"{service.base}/CFDocuments")

    assert (response.status_code, status_faults(response.json())) == (405, [])
    assert response.json()["imsx_codeMajor"] == "unsupported"


@pytest.mark.parametrize("path", ["/CFItems/nothing", "/CFItems", "/CFNothing/1", "/", "/CFDocuments/", "/a/b/c"])
def test_a_path_that_leads_nowhere_is_an_error_of_the_service(service: Service, path: str) -> None:
    response = service.client.get(service.base + path)

    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert status_faults(response.json()) == []


def test_a_form_that_is_not_spoken_is_an_error_of_the_service(service: Service) -> None:
    response = service.client.get(f"{service.base}/CFDocuments", headers={"accept": "application/xml"})

    assert (response.status_code, status_faults(response.json())) == (406, [])


def test_what_nobody_expected_is_an_error_of_the_service_and_says_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(views, "public_framework", fail)
    service.client.raise_request_exception = False

    response = service.client.get(f"{service.base}/CFPackages/1")

    assert (response.status_code, status_faults(response.json())) == (500, [])
    assert "secret" not in response.content.decode()
    assert response["Access-Control-Allow-Origin"] == "*"


def test_pages_of_any_site_may_read(take: Take, service: Service) -> None:
    take(small(), publish=True)
    path = f"{service.base}/CFDocuments"
    found = service.client.get(path, headers={"origin": "https://a.example"})
    answers = [
        found,
        service.client.get(path, headers={"if-none-match": found["ETag"]}),
        service.client.get(f"{path}/none"),
        service.client.head(path),
        service.client.options(path, headers={"access-control-request-method": "GET"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 304, 404, 200, 204]
    assert {answer["Access-Control-Allow-Origin"] for answer in answers} == {"*"}
    assert found["Access-Control-Expose-Headers"] == "ETag, Link, X-Total-Count"
    assert "GET" in answers[-1]["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answers[-1]["Access-Control-Allow-Headers"]


def test_the_list_is_not_sent_again_until_a_framework_comes_changes_or_goes(take: Take, service: Service) -> None:
    def changed() -> bool:
        response = service.client.get(f"{service.base}/CFDocuments", headers={"if-none-match": held[-1]})
        held.append(response["ETag"])
        return bool(response.status_code == 200)

    held = [""]
    take(small(), publish=True)
    assert (changed(), changed()) == (True, False)
    take(named("Another", item("x")), publish=True)
    assert (changed(), changed()) == (True, False)
    take(small() | {"CFRubrics": with_rubrics()["CFRubrics"]})
    assert (changed(), changed()) == (True, False)
    withdraw_framework(Framework.objects.get(title="Another"))
    assert (changed(), changed()) == (True, False)


@pytest.mark.parametrize("count", [1, 30])
def test_each_read_takes_the_same_queries_whatever_the_size(
    take: Take, service: Service, count: int, django_assert_num_queries: Any
) -> None:
    tree = large(count) | {"CFRubrics": with_rubrics()["CFRubrics"]}
    tree["CFDefinitions"] = with_definitions()["CFDefinitions"]
    take(tree, publish=True)
    for number in range(count):
        take(named(f"Framework {number}"), publish=True)
    queries = {
        "/CFDocuments": 3,
        "/CFDocuments?sort=title&filter=title~'f'": 2,
        f"/CFDocuments/{guid('document')}": 1,
        f"/CFPackages/{guid('document')}": 6,
        f"/CFItems/{guid('root')}": 2,
        f"/CFItemAssociations/{guid('root')}": 3,
        f"/CFAssociations/{guid('isChildOf root document')}": 1,
        f"/CFSubjects/{guid('Baking')}": 2,
        f"/CFLicenses/{guid('Free')}": 1,
        f"/CFRubrics/{guid('rubric')}": 1,
    }

    for path, expected in queries.items():
        with django_assert_num_queries(expected):
            service.get(path)


def test_a_package_is_compressed_for_those_who_understand_it(take: Take, service: Service) -> None:
    take(large(30), publish=True)
    path = f"{service.base}/CFPackages/{guid('document')}"

    plain, short = service.client.get(path), service.client.get(path, headers={"accept-encoding": "gzip"})

    assert json.loads(gzip.decompress(short.content)) == plain.json()
    assert len(short.content) < len(plain.content) / 5
    assert service.client.get(path, headers={"if-none-match": short["ETag"]}).status_code == 304


@each_version
def test_the_service_describes_itself_and_has_all_that_it_describes(client: Client, version: str) -> None:
    answer = client.get(reverse(f"case-{version}:description")).json()

    validate_schema(answer)  # type: ignore[no-untyped-call]
    assert len(answer["paths"]) == 12
    (server,) = answer["servers"]
    for path in answer["paths"]:
        response = client.get(urlsplit(server["url"]).path + path.replace("{sourcedId}", "nothing"))
        assert response.status_code == (200 if path == "/CFDocuments" else 404)
