"""Credentials of others through the verify page and the API, fetched from a server that stands for all the world."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Organization
from core.outbound import fetching
from credentials.badges.formats.data_integrity import bytes_of, proof_options, signed
from credentials.badges.formats.status_list import list_document
from credentials.issuing.formats.did_web import did_document
from tests.core.outbound.servers import PUBLIC, Elsewhere, answered, serving
from tests.credentials.papers import CREDENTIAL_FACTS, DID, METHOD, SIGNER, badge
from tests.credentials.sharing_places import Api, new_partner, new_program
from tests.recipes import institution

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
ISSUED = NOW - timedelta(days=1)
DID_JSON = "/issuers/lakeside/did.json"
LIST = urlsplit(CREDENTIAL_FACTS.status_list_url).path
FRAGMENT = METHOD.partition("#")[2]
KNOWN = did_document(DID, [(FRAGMENT, SIGNER.multibase)])

VALID, REVOKED = "The signature is valid. Its issuer is not known here.", "This credential was revoked."
ALTERED, CANNOT_TELL = "This is not what was signed.", "We cannot tell."
OTHER_SIGNER = "It was not signed by the issuer that it names."
AT_LEAST = "The signature is valid. Whether it was revoked could not be looked up."


def listed(indexes: set[int]) -> Json:
    unsigned = list_document(
        url=CREDENTIAL_FACTS.status_list_url,
        did=DID,
        indexes=indexes,
        length=131_072,
        signed_at=ISSUED,
        valid_until=NOW + timedelta(days=7),
    )
    return signed({**unsigned, "proof": proof_options(METHOD, created=ISSUED)}, SIGNER)


def by_web() -> Json:
    """A badge of an issuer that did:web names."""
    document = badge(issued=dataclasses.replace(CREDENTIAL_FACTS, issued_at=ISSUED))
    return signed(document, SIGNER)


def by_key() -> Json:
    """A badge of an issuer that is its key."""
    did, document = f"did:key:{SIGNER.multibase}", badge(issued=dataclasses.replace(CREDENTIAL_FACTS, issued_at=ISSUED))
    document["issuer"]["id"] = document["credentialSubject"]["achievement"]["creator"]["id"] = did
    document["proof"]["verificationMethod"] = f"{did}#{SIGNER.multibase}"
    del document["credentialStatus"]
    return signed(document, SIGNER)


@pytest.fixture(autouse=True)
def school(db: None, settings: Settings) -> Organization:
    settings.CAIRN_ORIGIN = "https://lakeside.example"  # what the badges below name is elsewhere
    college: Organization = institution.make(name="Hillside College")
    return college


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """Everybody else: one server, at a public address, with the issuer's keys and its list of revoked credentials."""
    with serving(tmp_path, urlsplit(CREDENTIAL_FACTS.url).hostname or "") as place:
        place.pages = {DID_JSON: json_page(KNOWN), LIST: answered(bytes_of(listed(set())))}
        place.answer = answered(b"", status="404 Not Found")
        monkeypatch.setattr(fetching, "Network", place.network)
        yield place


def json_page(document: Json) -> bytes:
    return answered(json.dumps(document).encode())


def answer(**form: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", Client().post("/verify/", form).content.decode())
    assert found is not None
    return found[1].strip()


def no_key_listed(place: Elsewhere) -> None:
    place.pages[DID_JSON] = json_page({**KNOWN, "assertionMethod": []})


def listed_for_another_use(place: Elsewhere) -> None:
    place.pages[DID_JSON] = json_page({**KNOWN, "assertionMethod": [], "authentication": KNOWN["assertionMethod"]})


def document_of_another(place: Elsewhere) -> None:
    place.pages[DID_JSON] = json_page({**KNOWN, "id": f"{DID}:evil"})


def redirected(place: Elsewhere) -> None:
    place.pages["/moved"] = place.pages[DID_JSON]
    place.pages[DID_JSON] = answered(
        b"", status="302 Found", headers=f"Location: https://{urlsplit(CREDENTIAL_FACTS.url).hostname}/moved\r\n"
    )


def private(place: Elsewhere) -> None:
    place.addresses = [PUBLIC, "10.0.0.7"]


def unreachable_list(place: Elsewhere) -> None:
    del place.pages[LIST]


def revoked(place: Elsewhere) -> None:
    place.pages[LIST] = answered(bytes_of(listed({CREDENTIAL_FACTS.status_index})))


def as_it_is(_place: Elsewhere) -> None:
    """Nothing is wrong."""


@pytest.mark.parametrize(
    ("happens", "said", "verdict"),
    [
        (as_it_is, VALID, "valid"),
        (revoked, REVOKED, "revoked"),
        (no_key_listed, OTHER_SIGNER, "other_signer"),
        (listed_for_another_use, OTHER_SIGNER, "other_signer"),
        (document_of_another, OTHER_SIGNER, "other_signer"),
        (redirected, CANNOT_TELL, "cannot_tell"),
        (private, CANNOT_TELL, "cannot_tell"),
        (unreachable_list, AT_LEAST, "cannot_tell"),
    ],
)
def test_a_badge_of_did_web_is_checked_with_what_its_issuer_publishes(
    world: Elsewhere, happens: Callable[[Elsewhere], None], said: str, verdict: str
) -> None:
    document = by_web()
    happens(world)

    assert answer(text=json.dumps(document)) == said
    assert Api(new_program(new_partner())).post("verify", {"credential": document}).json()["verdict"] == verdict
    assert world.dialled == ([] if happens is private else [PUBLIC] * len(world.asked))
    assert b"/moved" not in b"".join(world.asked)


def test_a_badge_of_did_key_is_checked_without_asking_anybody(world: Elsewhere) -> None:
    document = by_key()
    forged = {**document, "name": "Doctor of Bread"}

    assert answer(text=json.dumps(document)) == VALID
    assert answer(text=json.dumps(forged)) == ALTERED
    assert Api(new_program(new_partner())).post("verify", {"credential": document}).json()["verdict"] == "valid"
    assert world.asked == []


def test_a_link_of_somebody_else_is_followed_once(world: Elsewhere) -> None:
    world.pages[urlsplit(CREDENTIAL_FACTS.url).path] = answered(bytes_of(by_web()))

    assert answer(words=CREDENTIAL_FACTS.url) == VALID
    told = Api(new_program(new_partner())).post("verify", {"link": CREDENTIAL_FACTS.url}).json()
    assert (told["verdict"], told["credential"]["issuer"]) == ("valid", "Lakeside College")
    world.pages[urlsplit(CREDENTIAL_FACTS.url).path] = answered(b'{"id": "twice", "id": "twice"}')
    assert answer(words=CREDENTIAL_FACTS.url) == CANNOT_TELL
    assert (
        Api(new_program(new_partner())).post("verify", {"link": CREDENTIAL_FACTS.url}).json()["verdict"]
        == "cannot_tell"
    )
    world.addresses = ["127.0.0.1"]
    assert answer(words=CREDENTIAL_FACTS.url) == CANNOT_TELL
