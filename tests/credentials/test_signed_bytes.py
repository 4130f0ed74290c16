"""What we sign, byte for byte: an upgrade of a library that changes any of it fails here, not at a verifier."""

import base64
import dataclasses
import gzip
import hashlib
import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import openbadgeslib.ob3
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3 import add_data_integrity_proof
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from credentials.badges.formats import canary
from credentials.badges.formats.contexts import FILES, OPEN_BADGES, VC, contexts, loader
from credentials.badges.formats.data_integrity import (
    bytes_of,
    canonical,
    proof_options,
    signed,
    verify_badge,
    verify_proof,
)
from credentials.badges.formats.errors import (
    ContextChangedError,
    NotVerifiedError,
    SigningUnavailableError,
    UnknownContextError,
)
from credentials.badges.formats.status_list import bits_of, decoded_list, indexes_of, list_document
from tests.credentials.papers import (
    ACHIEVEMENT_URL,
    DID,
    FACTS,
    ISSUED,
    METHOD,
    ORIGIN,
    SIGNER,
    UUID,
    badge,
    signed_badge,
    spoiled,
)

PEM = SIGNER.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LIST_URL = f"{ORIGIN}/status/{UUID}21"

SCRIPTS = dataclasses.replace(
    FACTS,
    title="خبز, bánh mì, パン, \U0001f35e",
    description='Line one\nline "two"\\theta\u2028\u200f',
    criteria="\u0663 \u00b7 ﷺ",
)
BARE = dataclasses.replace(FACTS, competencies=(), scales=(), credits=None, valid_until=None, program_code="")
LIST_PROOF = "z3staf59Huj4bdQYuVwBzzSjkiXxMCXfKu7wEbf7jbtJx9v6sLHrE8SrFdja2tMBeYe6tkq4kJ4PZAwCa7LJi1xdu"
LARGE_CREDITS = dataclasses.replace(FACTS, credits=Decimal("123456.25"))

# The proof of each, and the SHA-256 of the bytes that are stored.
GOLDEN = {
    "whole": (
        FACTS,
        "zcaXYSGYztbFrRwqk7ZuSvhx2JjddXMofTKSx8m1eTBwPSwB4vxSJpnfSA2kqcwbbZ5cVJNfkiD6C9WFG8BeNjEW",
        "fddd1c74a9f0b678ba362af9a42bc8ebb1423e485f0597f33f6a04662c681a65",
    ),
    "scripts": (
        SCRIPTS,
        "zUr5VVoJTDa6PwtuA9qgKFbtzPiH97k4szzBKS232v6x2W6qPziMxMMk9xo7dAtbTXHwWoTKvSnr5xdgS5smTLkL",
        "c00fc95f7a474267aa283e0ee9ba1a5e2600f41fefe94403632e2a767fc65160",
    ),
    "bare": (
        BARE,
        "z3p9V3xpUkVZMBVkXwbQsVV4CkyWt1rBn28wpg9BAcEdf8GvK8epA4y9HqGzXfx7Czg38c1xdzFgBWqxmgPnumsjx",
        "068b66d5efc92bb1b1c36e94bc884855e40b46b58c54b4b3441e6c392b8060b8",
    ),
    "credits": (
        LARGE_CREDITS,
        "zJrgu3vVNUT9ZJgLJQ5C3WUwWaRPF232JKXjT5KavFizY8qW3VmU28KFsqXyftQQspcyWXEvfd5mMg74utdF4JmT",
        "0d8ad5f537c029842e9c8938486813a4a1e2ded30dd6a335e4dd9b0012b662b7",
    ),
}


def list_of(indexes: set[int]) -> dict[str, Any]:
    document = list_document(
        url=LIST_URL,
        did=DID,
        indexes=indexes,
        length=131_072,
        signed_at=ISSUED,
        valid_until=ISSUED + timedelta(days=7),
    )
    return {**document, "proof": proof_options(METHOD, created=ISSUED)}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_same_facts_and_key_give_the_same_bytes(name: str) -> None:
    facts, proof, digest = GOLDEN[name]
    whole = signed(badge(facts), SIGNER)

    assert (whole["proof"]["proofValue"], hashlib.sha256(bytes_of(whole)).hexdigest()) == (proof, digest)


def test_the_same_bits_give_the_same_list() -> None:
    assert bytes_of(signed(list_of({0, 7, 4711}), SIGNER)) == bytes_of(signed(list_of({4711, 7, 0}), SIGNER))


def test_a_list_of_the_same_text_has_the_same_proof() -> None:
    """The text itself is gzip: another zlib may pack the same bits otherwise, and no reader minds."""
    document = list_of(set())
    document["credentialSubject"]["encodedList"] = "uH4sIAAAA"

    assert signed(document, SIGNER)["proof"]["proofValue"] == LIST_PROOF


@pytest.mark.parametrize("name", GOLDEN)
def test_the_library_signs_and_verifies_the_same(name: str) -> None:
    document = badge(GOLDEN[name][0])
    whole = signed(document, SIGNER)
    bare = {key: value for key, value in document.items() if key != "proof"}

    assert add_data_integrity_proof(bare, PEM, METHOD, created=ISSUED) == whole
    verify_badge(bytes_of(whole), multibase=SIGNER.multibase)
    verify_proof(whole, multibase=SIGNER.multibase)


@pytest.mark.parametrize("name", GOLDEN)
def test_another_canonicalizer_finds_the_same_form(name: str) -> None:
    """pyoxigraph shares no code with PyLD; it is handed the contexts inlined, for it fetches none."""
    document = {key: value for key, value in badge(GOLDEN[name][0]).items() if key != "proof"}
    known = contexts()
    inlined = {**document, "@context": [known[url]["@context"] for url in document["@context"]]}
    quads = parse(json.dumps(inlined).encode(), format=RdfFormat.JSON_LD)
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)

    assert sorted(f"{quad} ." for quad in dataset) == canonical(document).split("\n")[:-1]


# What Open Badges 3.0 asks of each object, in our words; `make verify-external` asks the published schema itself.
ASKED: dict[str, set[str]] = {
    "OpenBadgeCredential": {"@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject", "proof"},
    "Profile": {"id", "type"},
    "AchievementSubject": {"type", "achievement", "identifier"},
    "IdentityObject": {"type", "hashed", "identityHash", "identityType"},
    "Achievement": {"id", "type", "name", "description", "criteria", "creator", "image"},
    "Image": {"id", "type"},
    "Alignment": {"type", "targetName", "targetUrl"},
    "ResultDescription": {"id", "type", "name", "resultType"},
    "RubricCriterionLevel": {"id", "type", "name"},
    "Result": {"type", "resultDescription"},
    "BitstringStatusListEntry": {"type", "statusPurpose", "statusListIndex", "statusListCredential"},
    "1EdTechJsonSchemaValidator2019": {"id", "type"},
    "DataIntegrityProof": {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"},
}


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a type, however deep."""
    if isinstance(value, dict):
        yield from [value] if "type" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from objects_in(part)


@pytest.mark.parametrize("name", GOLDEN)
def test_every_object_has_what_the_standard_asks_and_nothing_empty(name: str) -> None:
    document = signed(badge(GOLDEN[name][0]), SIGNER)

    for found in objects_in(document):
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        assert set(found) >= ASKED[kinds[-1]], kinds
        assert [member for member, value in found.items() if value in (None, "", [], {})] == [], kinds
    assert document["@context"][:2] == list(FILES)[:2]
    assert [datetime.fromisoformat(document[name]).tzinfo is None for name in ("validFrom", "awardedDate")] == [
        False,
        False,
    ]


@pytest.mark.parametrize("name", GOLDEN)
def test_results_name_what_the_achievement_describes(name: str) -> None:
    subject = signed(badge(GOLDEN[name][0]), SIGNER)["credentialSubject"]
    described = {found["id"]: found for found in subject["achievement"].get("resultDescription", [])}

    # The first description is that of the whole, which no result of these facts names.
    assert [result["resultDescription"] for result in subject.get("result", [])] == list(described)[1:]
    for result in subject.get("result", []):
        description = described[result["resultDescription"]]
        levels = [level["id"] for level in description.get("rubricCriterionLevel", [])]
        assert ("achievedLevel" in result) == bool(levels) == ("requiredLevel" in description)
        assert not levels or {result["achievedLevel"], description["requiredLevel"]} <= set(levels)


@pytest.mark.parametrize("url", FILES)
def test_a_context_that_is_not_the_pinned_one_stops_everything(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures say what contexts say: another file under the same address would change what was signed."""
    name, digest = FILES[url]
    monkeypatch.setattr("credentials.badges.formats.contexts.FILES", {**FILES, url: (name, digest[::-1])})
    contexts.cache_clear()

    with pytest.raises(ContextChangedError, match=re.escape(url)):
        contexts()

    contexts.cache_clear()


def test_of_open_badges_we_hold_the_copy_with_two_terms_that_lint_refuses() -> None:
    """Two copies of 3.0.3 are in circulation: without these two terms both say the same."""
    assert {"jti", "endorsementJwt"} <= terms(contexts()[OPEN_BADGES])
    assert terms(contexts()[VC]) & {"jti", "endorsementJwt"} == set()


def terms(context: Any) -> set[str]:
    """Every member that stands anywhere in a context."""
    if isinstance(context, dict):
        return set(context) | set().union(*map(terms, context.values())) if context else set()
    return set().union(*map(terms, context)) if isinstance(context, list) and context else set()


def test_no_other_context_is_known() -> None:
    with pytest.raises(UnknownContextError):
        loader()("https://www.w3.org/ns/credentials/examples/v2")


def test_nothing_is_fetched_while_signing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    verify_badge(bytes_of(signed_badge()), multibase=SIGNER.multibase)


def test_threads_sign_the_same() -> None:
    expected = bytes_of(signed_badge())
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _number: bytes_of(signed_badge()), range(48)))

    assert found == {expected}


def test_the_names_we_use_of_the_library_are_its_stable_ones() -> None:
    used = {
        "add_data_integrity_proof",
        "verify_data_integrity_proof",
        "OB3GuardUnavailable",
        "OB3LdpVerifier",
        "OB3VerificationError",
    }

    assert used <= set(openbadgeslib.ob3.__all__)


def test_the_canary_sings() -> None:
    canary.refuse_unless_known()


def test_issuing_is_off_when_the_canary_signs_to_other_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    canary.refuse_unless_known.cache_clear()
    monkeypatch.setattr(canary, "PROOF", "z1")
    with pytest.raises(SigningUnavailableError):
        canary.refuse_unless_known()


# --- what the proof holds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/name", "Cake"),
        ("/validFrom", "2026-03-04T08:30:01Z"),
        ("/credentialStatus/statusListIndex", "4712"),
        ("/credentialSubject/result/0/achievedLevel", f"{ACHIEVEMENT_URL}#r2/level-1"),
        ("/issuer/name", "Another College"),
        ("/proof/created", "2026-03-04T08:30:01Z"),
        ("/extra", "unsigned"),
    ],
)
def test_a_change_after_signing_is_noticed(path: str, value: str) -> None:
    whole = signed_badge()
    changed = spoiled(path, value)
    changed["proof"]["proofValue"] = whole["proof"]["proofValue"]

    with pytest.raises(NotVerifiedError):
        verify_badge(bytes_of(changed), multibase=SIGNER.multibase)


# --- the list ---------------------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 131_071), max_size=40))
def test_a_list_is_read_back(indexes: set[int]) -> None:
    text = list_of(indexes)["credentialSubject"]["encodedList"]
    bits = decoded_list(text, max_bytes=16_384)

    assert (len(bits), indexes_of(bits)) == (16_384, indexes)
    assert openbadgeslib.ob3.set_indices(openbadgeslib.ob3.decode_encoded_list(text)) == indexes


@pytest.mark.parametrize("text", ["", "x", "uAAAA", "u!", "H4sI"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"encodedList|base64|padding|data"):
        decoded_list(text, max_bytes=16_384)


def test_a_list_that_unpacks_to_too_much_is_refused() -> None:
    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(10_000_000))).decode().rstrip("=")
    with pytest.raises(ValueError, match="longer"):
        decoded_list(bomb, max_bytes=16_384)


def test_the_first_index_is_the_highest_bit() -> None:
    assert bits_of({0, 9}, length=16) == b"\x80\x40"
