"""Credentials of others: each trick is met by the check that it was made for, and nothing is fetched past the guard."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.outbound import NotFetchedError, Why
from credentials.badges.formats import canary
from credentials.badges.formats.data_integrity import bytes_of, canonical, proof_options, signed, verify_proof
from credentials.badges.formats.errors import NotVerifiedError, SigningUnavailableError
from credentials.badges.formats.status_list import list_document
from credentials.issuing.formats.did_web import address_of, asserting_key, did_document
from credentials.verification.formats import foreign
from credentials.verification.formats.foreign import Fetch, verify
from credentials.verification.rules.check_results import CheckName, Reason
from tests.credentials.papers import (
    CREDENTIAL_FACTS,
    DID,
    ISSUED,
    METHOD,
    ORIGIN,
    SIGNER,
    FixedSigner,
    badge,
    signed_badge,
)

VECTORS = Path(__file__).parent / "vectors"
AT = datetime(2026, 3, 6, tzinfo=UTC)
DID_JSON = "https://cairn.example/issuers/lakeside/did.json"
FRAGMENT = METHOD.partition("#")[2]
KNOWN = did_document(DID, [(FRAGMENT, SIGNER.multibase)])


def listed(indexes: set[int], *, signer: FixedSigner = SIGNER, **other: Any) -> bytes:
    """A signed status list."""
    facts: dict[str, Any] = {
        "url": CREDENTIAL_FACTS.status_list_url,
        "did": DID,
        "length": 131_072,
        "signed_at": ISSUED,
        "valid_until": ISSUED + timedelta(days=7),
    }
    document = list_document(indexes=indexes, **{**facts, **other})
    return bytes_of(signed({**document, "proof": proof_options(signer.method, created=ISSUED)}, signer))


def world(**pages: Any) -> Fetch:
    """A fetcher that knows the issuer's did.json and its status list, unless told otherwise."""
    known = {DID_JSON: json.dumps(KNOWN).encode(), CREDENTIAL_FACTS.status_list_url: listed(set())}
    known |= {{"did": DID_JSON, "status": CREDENTIAL_FACTS.status_list_url}[name]: page for name, page in pages.items()}

    def fetch(url: str) -> bytes:
        if known.get(url) is None:
            raise NotFetchedError(Why.UNREACHABLE)
        return known[url]

    return fetch


def nothing(url: str) -> bytes:
    raise AssertionError(f"{url} was fetched")


def ended(content: bytes, fetch: Fetch, at: datetime = AT) -> tuple[CheckName, bool | None, Reason] | None:
    """The first check that did not pass; None when all have."""
    for check in verify(content, fetch, at=at):
        if not check.passed:
            return check.name, check.passed, check.reason
    return None


def resigned(change: Callable[[dict[str, Any]], object], signer: FixedSigner = SIGNER) -> bytes:
    """A badge that was changed and then signed."""
    document = badge()
    change(document)
    return bytes_of(signed(document, signer))


def test_a_good_credential_passes_every_check() -> None:
    found = verify(bytes_of(signed_badge()), world(), at=AT)

    assert [check.name for check in found] == [step.name for step in foreign.STEPS]
    assert all(check.passed for check in found)


def test_a_credential_of_a_key_alone_is_read_without_fetching_it() -> None:
    did = f"did:key:{SIGNER.multibase}"

    def by_key(document: dict[str, Any]) -> None:
        document["issuer"]["id"] = document["credentialSubject"]["achievement"]["creator"]["id"] = did
        document["proof"]["verificationMethod"] = f"{did}#{SIGNER.multibase}"
        del document["credentialStatus"]

    assert ended(resigned(by_key), nothing) is None


def moved_end() -> bytes:
    """A badge that has ended; its end was moved into an evidence of the same name, and RDF sees no difference."""
    over = {"validUntil": "2026-03-05T00:00:00Z"}
    document = {**badge(), **over}
    evidence = {"id": document["id"], "type": ["Evidence"]}
    whole = signed({**document, "evidence": [evidence]}, SIGNER)
    hidden = {**evidence, "type": ["VerifiableCredential", "Evidence"], **over}
    return bytes_of({**{name: value for name, value in whole.items() if name != "validUntil"}, "evidence": [hidden]})


TRICKS: dict[str, tuple[bytes, Fetch, tuple[CheckName, bool | None, Reason]]] = {
    "no JSON": (b"%PDF-1.7", nothing, (CheckName.READABLE, False, Reason.NOT_JSON)),
    "a list": (b"[]", nothing, (CheckName.READABLE, False, Reason.NOT_JSON)),
    "a member twice": (b'{"a":1,"a":2}', nothing, (CheckName.READABLE, False, Reason.NOT_JSON)),
    "deep": (b"[" * 100_000, nothing, (CheckName.READABLE, False, Reason.NOT_JSON)),
    "large": (b" " * 262_145, nothing, (CheckName.READABLE, False, Reason.TOO_LARGE)),
    "something else": (
        b'{"type":["Assertion"]}',
        nothing,
        (CheckName.CREDENTIAL, False, Reason.NOT_A_BADGE),
    ),
    "no proof": (
        bytes_of({key: value for key, value in badge().items() if key != "proof"}),
        nothing,
        (CheckName.CREDENTIAL, False, Reason.NO_PROOF),
    ),
    "another suite": (
        resigned(lambda document: document["proof"].update(cryptosuite="bbs-2023")),
        nothing,
        (CheckName.CREDENTIAL, None, Reason.OTHER_SUITE),
    ),
    "a suite for keys of another kind": (
        resigned(lambda document: document["proof"].update(cryptosuite="ecdsa-rdfc-2019")),
        world(),
        (CheckName.ISSUER_KEY, None, Reason.OTHER_SUITE),
    ),
    "another's key": (
        resigned(lambda document: document["issuer"].update(id="did:web:other.example")),
        nothing,
        (CheckName.ISSUER_KEY, False, Reason.KEY_OF_ANOTHER),
    ),
    "nobody answers": (bytes_of(signed_badge()), world(did=None), (CheckName.ISSUER_KEY, None, Reason.NOT_FETCHED)),
    "a document of another": (
        bytes_of(signed_badge()),
        world(did=json.dumps({**KNOWN, "id": "did:web:other.example"}).encode()),
        (CheckName.ISSUER_KEY, False, Reason.KEY_NOT_LISTED),
    ),
    "a key that may not assert": (
        bytes_of(signed_badge()),
        world(did=json.dumps({**KNOWN, "assertionMethod": []}).encode()),
        (CheckName.ISSUER_KEY, False, Reason.KEY_NOT_LISTED),
    ),
    "a key under another controller": (
        bytes_of(signed_badge()),
        world(
            did=json.dumps(
                {
                    **KNOWN,
                    "verificationMethod": [{**KNOWN["verificationMethod"][0], "controller": "did:web:other.example"}],
                }
            ).encode()
        ),
        (CheckName.ISSUER_KEY, False, Reason.KEY_NOT_LISTED),
    ),
    "another key of that name": (
        bytes_of(signed_badge()),
        world(did=json.dumps(did_document(DID, [(FRAGMENT, FixedSigner(8).multibase)])).encode()),
        (CheckName.SIGNATURE, False, Reason.WRONG_SIGNATURE),
    ),
    "a context we do not hold": (
        bytes_of({**signed_badge(), "@context": [*signed_badge()["@context"], "https://other.example/context"]}),
        world(),
        (CheckName.SIGNATURE, None, Reason.UNKNOWN_CONTEXT),
    ),
    "a changed name": (
        bytes_of({**signed_badge(), "name": "Cake"}),
        world(),
        (CheckName.SIGNATURE, False, Reason.WRONG_SIGNATURE),
    ),
    "an unsigned member": (
        bytes_of({**signed_badge(), "colour": "red"}),
        world(),
        (CheckName.CONTENT, False, Reason.UNSIGNED_MEMBERS),
    ),
    "an end that was moved where nobody looks": (
        moved_end(),
        world(),
        (CheckName.CONTENT, False, Reason.UNSIGNED_MEMBERS),
    ),
    "a value that only its context makes a date": (
        bytes_of({**signed_badge(), "https://www.w3.org/2018/credentials#validUntil": "2026-01-01T00:00:00Z"}),
        world(),
        (CheckName.SIGNATURE, False, Reason.WRONG_SIGNATURE),
    ),
    "statuses of odd shapes": (
        resigned(lambda document: document["credentialStatus"].update(statusPurpose=["revocation", "x"])),
        world(),
        (CheckName.STATUS, None, Reason.OTHER_STATUS),
    ),
    "a start to come": (
        resigned(lambda document: document.update(validFrom="2026-03-06T00:05:01Z")),
        world(),
        (CheckName.STARTED, False, Reason.NOT_YET),
    ),
    "an end that was": (
        resigned(lambda document: document.update(validUntil="2026-03-05T23:55:00Z")),
        world(),
        (CheckName.NOT_LAPSED, False, Reason.LAPSED),
    ),
    "revoked": (
        bytes_of(signed_badge()),
        world(status=listed({CREDENTIAL_FACTS.status_index})),
        (CheckName.STATUS, False, Reason.REVOKED),
    ),
    "a list of another": (
        bytes_of(signed_badge()),
        world(status=listed(set(), signer=FixedSigner(8, "did:web:other.example#k-1"))),
        (CheckName.STATUS, False, Reason.WRONG_LIST),
    ),
    "a list from elsewhere": (
        bytes_of(signed_badge()),
        world(status=listed(set(), url=f"{ORIGIN}/status/another")),
        (CheckName.STATUS, False, Reason.WRONG_LIST),
    ),
    "a list changed": (
        bytes_of(signed_badge()),
        world(status=listed(set()).replace(b"2026-03-11", b"2036-03-11")),
        (CheckName.STATUS, False, Reason.WRONG_LIST),
    ),
    "a list of long ago": (
        bytes_of(signed_badge()),
        world(status=listed(set(), valid_until=ISSUED + timedelta(days=1))),
        (CheckName.STATUS, None, Reason.OLD_LIST),
    ),
    "a list too short": (
        bytes_of(signed_badge()),
        world(status=listed(set(), length=1024)),
        (CheckName.STATUS, False, Reason.WRONG_LIST),
    ),
    "no list": (bytes_of(signed_badge()), world(status=None), (CheckName.STATUS, None, Reason.NOT_FETCHED)),
    "no list either": (bytes_of(signed_badge()), world(status=b"eyJ"), (CheckName.STATUS, False, Reason.WRONG_LIST)),
}


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_is_met(name: str) -> None:
    content, fetch, expected = TRICKS[name]

    assert ended(content, fetch) == expected


def test_checks_after_one_that_failed_are_not_told() -> None:
    found = verify(b"{}", nothing, at=AT)

    assert [check.passed for check in found] == [True, False, *[None] * 7]


def test_nothing_is_said_when_the_library_is_not_the_one_we_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise SigningUnavailableError

    monkeypatch.setattr(foreign, "refuse_unless_known", refuse)
    found = verify(bytes_of(signed_badge()), nothing, at=AT)

    assert {(check.passed, check.reason) for check in found} == {(None, Reason.LIBRARY)}
    canary.refuse_unless_known()


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        ("did:web:example.org:issuers:a", "https://example.org/issuers/a/did.json"),
        ("did:web:example.org%3A8443:a", "https://example.org:8443/a/did.json"),
        ("did:web:localhost%3A8000:issuers:a", "https://localhost:8000/issuers/a/did.json"),
        ("did:web:Example.org", None),
        ("did:web:user@example.org", None),
        ("did:web:user%40example.org", None),
        ("did:web:example.org:..", None),
        ("did:web:example.org:a%2F..", None),
        ("did:web:example.org/a", None),
        ("did:web:example.org:a?x=1", None),
        ("did:web:192.0.2.7", None),
        ("did:web:[::1]", None),
        ("did:web:example.org%3A99999", None),
        ("did:web:example.org%3a443", None),
        ("did:web:example.org:", None),
        ("did:web:" + "a." * 300 + "org", None),
    ],
)
def test_only_one_spelling_of_did_web_is_read(did: str, address: str | None) -> None:
    assert address_of(did) == address


def test_a_key_held_by_assertion_method_itself_may_assert() -> None:
    method = {**KNOWN["verificationMethod"][0], "id": f"#{FRAGMENT}"}
    document = {"id": DID, "assertionMethod": [method]}

    assert asserting_key(document, did=DID, method=METHOD) == SIGNER.multibase


def test_a_credential_that_other_programs_signed_verifies() -> None:
    """Made with pyoxigraph's canonicalisation and cryptography alone; `make verify-external` has the published one."""
    document = json.loads((VECTORS / "signed.json").read_bytes())
    controller = json.loads((VECTORS / "controller.json").read_bytes())
    bare = {name: value for name, value in document.items() if name != "proof"}
    key = asserting_key(controller, did=controller["id"], method=document["proof"]["verificationMethod"])

    assert key is not None
    assert canonical(bare) == (VECTORS / "canonical.nq").read_text(encoding="utf-8")
    verify_proof(document, multibase=key)
    with pytest.raises(NotVerifiedError):
        verify_proof({**document, "name": "Master baker"}, multibase=key)
