"""Proofs of the suite eddsa-rdfc-2022 (W3C vc-di-eddsa, section 3.2): canonical form, signing, and checking it.

The library is loaded on first use: it is large, and most processes sign nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Protocol

import rfc8785

from credentials.badges.formats.errors import NotCanonicalizableError, NotVerifiedError, SigningUnavailableError
from credentials.badges.formats.multikey import base58, pem_of
from credentials.badges.formats.times import instant

SUITE = "eddsa-rdfc-2022"


class Signer(Protocol):
    """A private key, wherever it is kept: it has a name and signs bytes."""

    @property
    def method(self) -> str:
        """The verification method that a proof names."""

    def sign(self, content: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature."""


def proof_options(method: str, *, created: datetime) -> dict[str, Any]:
    """A proof without its value; the signature depends on it and on the document."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": instant(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


def canonical(document: Mapping[str, Any]) -> str:
    """The RDFC-1.0 N-Quads of `document`; raises NotCanonicalizableError."""
    return _canonical(json.dumps(document, sort_keys=True))


@lru_cache(maxsize=16)  # linted when prepared, linted again when signed, then signed: three times the same in a row
def _canonical(spelled: str) -> str:
    from pyld import jsonld

    try:
        quads: str = _processor().quads(json.loads(spelled))
    except jsonld.JsonLdError as error:
        raise NotCanonicalizableError(error.code or error.type) from error
    return quads


@cache
def _processor() -> Any:  # noqa: ANN401 - PyLD is heavy to import and untyped
    from credentials.badges.formats.processor import Processor

    return Processor()


def secured_parts(document: Mapping[str, Any], proof: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a proof secures: its own options, read under the document's context, and the document without its proof."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    return {"@context": document.get("@context"), **options}, bare


def hash_data(parts: Iterable[Mapping[str, Any]], *, quads: Callable[[Mapping[str, Any]], str] = canonical) -> bytes:
    """What is signed: the digests of the canonical forms of `secured_parts`, the options first.

    `quads` gives the canonical form: who checks a signature brings one of their own.
    """
    return b"".join(hashlib.sha256(quads(part).encode()).digest() for part in parts)


def signed(document: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """`document`, which carries `proof_options`, with the value of its proof. Signing again gives the same."""
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    value = "z" + base58(signer.sign(hash_data(secured_parts(document, proof))))
    return {**document, "proof": {**proof, "proofValue": value}}


def bytes_of(document: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a document (RFC 8785), as they are stored and served."""
    return rfc8785.dumps(json.loads(json.dumps(document)))


def verify_badge(content: bytes, *, multibase: str) -> None:
    """Let the library check a badge of any issuer: proof, dates, and that the proof covers each member.

    Raises NotVerifiedError; SigningUnavailableError when the library cannot guard.
    """
    from openbadgeslib.ob3 import OB3GuardUnavailable, OB3LdpVerifier, OB3VerificationError

    try:
        OB3LdpVerifier(pubkey_pem=pem_of(multibase)).verify(content)
    except OB3GuardUnavailable as error:
        raise SigningUnavailableError("the library's guard is not available") from error
    except OB3VerificationError as error:
        raise NotVerifiedError(str(error)) from error


def verify_proof(document: Mapping[str, Any], *, multibase: str) -> None:
    """Let the library check the proof alone, of any document; raises as verify_badge."""
    from openbadgeslib.ob3 import OB3GuardUnavailable, OB3VerificationError, verify_data_integrity_proof

    try:
        verify_data_integrity_proof(dict(document), pem_of(multibase))
    except OB3GuardUnavailable as error:
        raise SigningUnavailableError("the library's guard is not available") from error
    except OB3VerificationError as error:
        raise NotVerifiedError(str(error)) from error
