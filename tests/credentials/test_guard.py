"""The guard before storing, beside the library's whole verifier; and the processor that both signing and it run on."""

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import openbadgeslib.ob3._context_validation as validation
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyld import jsonld

from credentials.badges.formats import canary, data_integrity
from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC, loader
from credentials.badges.formats.data_integrity import bytes_of, canonical, signed, verify_badge
from credentials.badges.formats.errors import NotVerifiedError, SigningUnavailableError
from credentials.badges.formats.guard import refuse_unless_sound
from credentials.badges.formats.processor import MAX_ENTRIES, Processor
from tests.credentials.papers import FACTS, KNEAD, SIGNER, badge, signed_badge, spoiled
from tests.credentials.test_badge_lint import REFUSED
from tests.credentials.test_signed_bytes import GOLDEN

UNSIGNABLE = {"a context too many", "half a surrogate pair"}  # these have no canonical form at all
STRANGER = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def sound(content: bytes, multibase: str = SIGNER.multibase) -> bool:
    try:
        refuse_unless_sound(content, multibase=multibase)
    except NotVerifiedError:
        return False
    return True


def verified(content: bytes) -> bool:
    try:
        verify_badge(content, multibase=SIGNER.multibase)
    except NotVerifiedError:
        return False
    return True


def plain(document: dict[str, Any]) -> str:
    """The canonical form by PyLD as it comes, with a resolver and caches of its own."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": loader(),
        "contextResolver": jsonld.ContextResolver({}, loader()),
    }
    return str(jsonld.normalize(document, options))


@pytest.mark.parametrize("name", GOLDEN)
def test_what_we_sign_is_sound(name: str) -> None:
    refuse_unless_sound(bytes_of(signed(badge(GOLDEN[name][0]), SIGNER)), multibase=SIGNER.multibase)


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - UNSIGNABLE))
def test_it_refuses_whatever_the_library_refuses(name: str) -> None:
    """Signed although lint would not have it: what lint alone refuses, neither of the two has to."""
    path, value, _code = REFUSED[name]
    content = bytes_of(signed(spoiled(path, value), SIGNER))

    assert sound(content) <= verified(content)


def test_it_refuses_members_that_no_proof_covers() -> None:
    whole = signed_badge()
    for path in ("/colour", "/credentialSubject/colour", "/credentialSubject/achievement/colour", "/issuer/colour"):
        changed = {**spoiled(path, "red"), "proof": whole["proof"]}

        assert (sound(bytes_of(changed)), verified(bytes_of(changed))) == (False, False)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/name", "Cake"),
        ("/validFrom", "2026-03-04T08:30:01Z"),
        ("/credentialStatus/statusListIndex", "4712"),
        ("/issuer/name", "Another College"),
        ("/proof/created", "2026-03-04T08:30:01Z"),
        ("/proof/verificationMethod", "did:web:other.example#k"),
        ("/proof/proofPurpose", "authentication"),
        ("/proof/cryptosuite", "eddsa-jcs-2022"),
        ("/proof/extra", "unsigned"),
        ("/proof/@context", [VC, OPEN_BADGES, EXTENSIONS]),
    ],
)
def test_a_change_after_signing_is_refused(path: str, value: Any) -> None:
    changed = spoiled(path, value)
    changed["proof"]["proofValue"] = signed_badge()["proof"]["proofValue"]

    assert not sound(bytes_of(changed))


@pytest.mark.parametrize("value", [None, "", "z", "u2V0", 7, "z" + "1" * 88, "z" + "0" * 88])
def test_what_is_no_signature_is_refused(value: Any) -> None:
    whole = signed_badge()

    assert not sound(bytes_of({**whole, "proof": {**whole["proof"], "proofValue": value}}))


def test_each_part_is_expanded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The options and the document, each once for coverage and signature."""
    content, expanded = bytes_of(signed_badge()), []
    expand = jsonld.JsonLdProcessor.expand

    def counted(self: Any, input_: Any, options: Any) -> Any:
        expanded.append(input_["type"])
        return expand(self, input_, options)

    monkeypatch.setattr(jsonld.JsonLdProcessor, "expand", counted)
    refuse_unless_sound(content, multibase=SIGNER.multibase)

    assert expanded == [["VerifiableCredential", "OpenBadgeCredential"], "DataIntegrityProof"]


def test_another_key_is_refused() -> None:
    content = bytes_of(signed_badge())

    assert (sound(content), sound(content, STRANGER)) == (True, False)


def test_bytes_that_read_as_two_things_are_refused() -> None:
    content = bytes_of(signed_badge())

    assert not sound(content.replace(b'{"@context"', b'{"name":"Cake","@context"', 1))
    assert not sound(content[:-1])
    assert not sound(b"[" + content + b"]")


@pytest.mark.parametrize(
    ("path", "value"), [("/validFrom", "2999-01-01T00:00:00Z"), ("/validUntil", "2020-01-01T00:00:00Z")]
)
def test_what_is_not_valid_now_is_refused(path: str, value: str) -> None:
    content = bytes_of(signed(spoiled(path, value), SIGNER))

    assert (sound(content), verified(content)) == (False, False)


def test_issuing_is_off_when_the_guard_lets_a_changed_canary_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it would be, were the library's own check renamed, emptied or changed in meaning by an upgrade."""
    canary.refuse_unless_known.cache_clear()
    monkeypatch.setattr(validation, "validate_document", lambda *_arguments: None)
    with pytest.raises(SigningUnavailableError, match="changed canary"):
        canary.refuse_unless_known()


# --- the processor ----------------------------------------------------------------------------------------------


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=20)


@hypothesis_settings(max_examples=40)
@given(st.lists(words.filter(str.strip), min_size=1, max_size=4), st.none() | st.decimals(0, 999, places=2))
def test_it_canonicalizes_as_pyld_does_without_it(statements: list[str], worth: Decimal | None) -> None:
    competencies = tuple(
        dataclasses.replace(KNEAD, requirement=f"r{place}", statement=statement)
        for place, statement in enumerate(statements)
    )
    document = badge(dataclasses.replace(FACTS, title=statements[0], credits=worth, competencies=competencies))

    assert canonical(document) == plain(document)


def test_each_context_is_processed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Term definitions are what processing a context consists of; a second badge needs none."""
    processor, defined = Processor(), []
    define = jsonld.JsonLdProcessor._create_term_definition

    def counted(*arguments: Any, **options: Any) -> None:
        defined.append(1)
        define(*arguments, **options)

    monkeypatch.setattr(jsonld.JsonLdProcessor, "_create_term_definition", counted)
    processor.quads(badge())
    first = len(defined)
    processor.quads(badge(dataclasses.replace(FACTS, title="Cake")))

    assert first > 0
    assert len(defined) == first


def test_threads_sign_and_guard_the_same() -> None:
    documents = [badge(dataclasses.replace(FACTS, title=f"Bread {number}")) for number in range(24)]
    expected = [plain({name: value for name, value in each.items() if name != "proof"}) for each in documents]
    processor = Processor()

    def work(place: int) -> tuple[str, str]:
        document = documents[place]
        refuse_unless_sound(bytes_of(signed(document, SIGNER)), multibase=SIGNER.multibase)
        bare = {name: value for name, value in document.items() if name != "proof"}
        return processor.quads(bare), json.dumps(processor.compact(processor.expand(bare), bare["@context"]))

    data_integrity._canonical.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, list(range(24)) * 4))

    assert [quads for quads, _compacted in found] == expected * 4
    assert len({compacted for _quads, compacted in found}) == 24


def test_whatever_is_raised_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time limit is raised between any two statements."""
    processor = Processor()
    expected = processor.quads(badge())
    monkeypatch.setattr(Processor, "_get_initial_context", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        processor.quads(badge())
    monkeypatch.undo()

    assert (processor._processed, processor._inverse, processor._resolved) == ({}, {}, {})
    assert processor.quads(badge()) == expected


def test_documents_with_contexts_of_their_own_do_not_fill_the_memory() -> None:
    processor = Processor()
    for number in range(2 * MAX_ENTRIES):
        processor.quads({"@context": [VC, {f"t{number}": "https://x.example/t"}], "id": "urn:x:1", f"t{number}": "x"})

        assert max(len(processor._processed), len(processor._resolved)) <= MAX_ENTRIES
    assert "t1" not in processor.quads({"@context": [VC, OPEN_BADGES], "id": "urn:x:1", "name": "t"})
