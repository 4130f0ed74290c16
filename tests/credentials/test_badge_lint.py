"""The lint before signing: what it refuses, by code and place, and that what passes is signed and verified."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from credentials.badges.formats.data_integrity import bytes_of, signed, verify_badge
from credentials.badges.formats.lint import Problem, lint_badge, lint_list
from tests.credentials.papers import DID, FACTS, KNEAD, LATER, SIGNER, badge, spoiled
from tests.credentials.test_signed_bytes import GOLDEN, list_of

REFUSED: dict[str, tuple[str, Any, str]] = {
    "an undefined term": ("/colour", "red", "unknown_member"),
    "an undefined term within": ("/credentialSubject/achievement/colour", "red", "unknown_member"),
    "jti": ("/jti", "urn:x:1", "unknown_member"),
    "endorsementJwt": ("/credentialSubject/achievement/endorsementJwt", ["ey"], "unknown_member"),
    "a keyword": ("/credentialSubject/@type", "x", "unknown_member"),
    "a full IRI as key": ("/https:~1~1schema.org~1name", "x", "unknown_member"),
    "an array of statuses": ("/credentialStatus", [badge()["credentialStatus"]], "not_an_object"),
    "a numeric index": ("/credentialStatus/statusListIndex", 7, "not_an_index"),
    "empty criteria": ("/credentialSubject/achievement/criteria", {}, "missing"),
    "an issuer that is text": ("/issuer", DID, "not_an_object"),
    "a language map": ("/name", {"en": "Bread"}, "not_text"),
    "a foreign issuer": ("/issuer/id", "did:web:other.example", "foreign_issuer"),
    "a foreign key": ("/proof/verificationMethod", "did:web:other.example#k", "foreign_key"),
    "a relative identifier": ("/id", "credentials/1", "not_an_address"),
    "a blank in an identifier": ("/id", "https://cairn.example/a b", "not_an_address"),
    "another context": ("/@context", ["https://www.w3.org/ns/credentials/v2"], "unexpected"),
    "a context too many": ("/@context/1", "https://evil.example/c", "unexpected"),
    "a relative type": ("/type", ["VerifiableCredential", "Badge"], "unexpected"),
    "an instant without zone": ("/validFrom", "2026-03-04T08:30:00", "not_an_instant"),
    "an instant that is none": ("/validFrom", "2026-13-04T08:30:00Z", "not_an_instant"),
    "a future start": ("/validFrom", "2026-03-05T00:00:01Z", "future"),
    "an end before the start": ("/validUntil", "2026-03-04T00:00:00Z", "ends_before_it_starts"),
    "a proof of the future": ("/proof/created", "2026-03-05T00:00:01Z", "future"),
    "no identity": ("/credentialSubject/identifier", [], "not_a_list"),
    "an identity in clear": ("/credentialSubject/identifier/0/hashed", False, "unexpected"),
    "a name in clear": ("/credentialSubject/identifier/0/identityHash", "ada@example.org", "not_a_hash"),
    "a backspace": ("/name", "Bread\b", "character"),
    "an escape": ("/name", "Bread\x1b", "character"),
    "a delete": ("/name", "Bread\x7f", "character"),
    "a NUL": ("/name", "Bread\0", "character"),
    "a noncharacter": ("/name", "Bread\ufdd0", "character"),
    "a noncharacter far out": ("/name", "Bread\U0001fffe", "character"),
    "half a surrogate pair": ("/name", "Bread\ud83d", "character"),
    "a tiny number": ("/credentialSubject/creditsEarned", 1e-7, "number"),
    "a huge number": ("/credentialSubject/creditsEarned", 1e22, "number"),
    "a negative number": ("/credentialSubject/creditsEarned", -1, "not_a_number"),
    "a boolean as number": ("/credentialSubject/creditsEarned", True, "not_a_number"),
    "something too large": ("/credentialSubject/achievement/description", "x" * 200_001, "too_large"),
    "a missing status": ("/credentialStatus", None, "missing"),
    "a proof of another suite": ("/proof/cryptosuite", "eddsa-jcs-2022", "unexpected"),
}


def test_what_we_make_passes() -> None:
    assert [lint_badge(badge(facts), did=DID, at=LATER) for facts, *_ in GOLDEN.values()] == [[]] * len(GOLDEN)
    assert lint_list(list_of({1}), did=DID, at=LATER) == []


@pytest.mark.parametrize("name", REFUSED)
def test_lint_refuses(name: str) -> None:
    path, value, code = REFUSED[name]

    assert code in {problem.code for problem in lint_badge(spoiled(path, value), did=DID, at=LATER)}


def test_lint_refuses_text_that_two_libraries_sort_differently() -> None:
    """U+FF29 stands before U+1F600 by code points and after it in UTF-16."""
    twins = (
        dataclasses.replace(KNEAD, requirement="r2", uri="https://x.example/a", code="", statement="\uff29\uff34"),
        dataclasses.replace(KNEAD, requirement="r3", uri="https://x.example/a", code="", statement="\U0001f600"),
    )
    document = badge(competencies=twins)
    document["credentialSubject"]["achievement"]["resultDescription"][1]["id"] = "https://x.example/r"
    document["credentialSubject"]["achievement"]["resultDescription"][2]["id"] = "https://x.example/r"

    assert lint_badge(document, did=DID, at=LATER) == [Problem("sorts_differently", "")]


def test_an_emoji_alone_is_no_trouble() -> None:
    assert lint_badge(badge(title="Bread \U0001f35e"), did=DID, at=LATER) == []


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=20)


@hypothesis_settings(max_examples=15)
@given(words.filter(str.strip), words.filter(str.strip), st.decimals(0, 999, places=2))
def test_whatever_passes_lint_is_signed_and_verified(title: str, statement: str, worth: Decimal) -> None:
    facts = dataclasses.replace(
        FACTS, title=title, credits=worth, competencies=(dataclasses.replace(KNEAD, statement=statement),)
    )
    if lint_badge(badge(facts), did=DID, at=LATER):
        return
    verify_badge(bytes_of(signed(badge(facts), SIGNER)), multibase=SIGNER.multibase)
