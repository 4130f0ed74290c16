"""The proof formats that are read in credentials of any issuer; what we sign has one of them alone.

Data Integrity: eddsa-rdfc-2022 and eddsa-jcs-2022 (W3C vc-di-eddsa), ecdsa-rdfc-2019 and ecdsa-jcs-2019 (W3C
vc-di-ecdsa). Before Data Integrity: Ed25519Signature2020. Signed are the digest of the proof's options and the digest
of the document without proofs, each in a canonical form: RDFC-1.0, which covers what the contexts define, or RFC 8785,
which covers every byte that has a meaning.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from credentials.badges.formats.errors import NotAMultikeyError, NotCanonicalizableError, NotVerifiedError
from credentials.badges.formats.multikey import from_base58
from credentials.badges.formats.public_keys import Algorithm, PublicKey
from credentials.badges.formats.untrusted_rdf import canonical_pair

PURPOSE = "assertionMethod"
DATA_INTEGRITY = "DataIntegrityProof"


@dataclass(frozen=True, slots=True)
class Suite:
    """A proof format: `linked` where the canonical form is of the RDF, and the algorithms of its keys."""

    linked: bool
    algorithms: frozenset[Algorithm]


_EDDSA = frozenset({Algorithm.EDDSA})
_ECDSA = frozenset({Algorithm.ES256, Algorithm.ES384})
# ecdsa-rdfc-2019 with P-384 canonicalizes with SHA-384, which the canonicalizer here does not offer.
_SUITES: Mapping[str, Suite] = {
    "eddsa-rdfc-2022": Suite(True, _EDDSA),
    "eddsa-jcs-2022": Suite(False, _EDDSA),
    "ecdsa-rdfc-2019": Suite(True, frozenset({Algorithm.ES256})),
    "ecdsa-jcs-2019": Suite(False, _ECDSA),
}
_OLDER: Mapping[str, Suite] = {"Ed25519Signature2020": Suite(True, _EDDSA)}


def suite_of(proof: Mapping[str, Any]) -> Suite | None:
    """The format of a proof; None for one that is not read, and for a link in a chain of proofs."""
    kind, name = proof.get("type"), proof.get("cryptosuite")
    if "previousProof" in proof:
        return None
    if kind == DATA_INTEGRITY:
        return _SUITES.get(name) if isinstance(name, str) else None
    return _OLDER.get(kind) if isinstance(kind, str) and name is None else None


def refuse_unless_proven(document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey) -> None:
    """Raise NotVerifiedError unless `key` made `proof` over the rest of `document`.

    Raises UnknownContextError for a context that is not held, and NotCanonicalizableError where there is no canonical
    form, the work for one is too much, or the suite has no such key: then nothing is said about the signature.
    """
    suite = suite_of(proof)
    algorithm = next(iter(key.algorithms & suite.algorithms), None) if suite else None
    if suite is None or algorithm is None:
        raise NotCanonicalizableError("no suite for this key")
    content = _linked_data(document, proof) if suite.linked else _plain_data(document, proof, algorithm)
    key.verify(_signature(proof), content, algorithm=algorithm)


def _linked_data(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """Both digests over RDFC-1.0; the options are read in the document's contexts (vc-di-eddsa, section 3.2.5)."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    pair = canonical_pair({**options, "@context": document.get("@context")}, bare)
    return b"".join(hashlib.sha256(quads.encode()).digest() for quads in pair)


def _plain_data(document: Mapping[str, Any], proof: Mapping[str, Any], algorithm: Algorithm) -> bytes:
    """Both digests over RFC 8785 (vc-di-eddsa, section 3.3.2).

    Contexts in the proof are those of the signed document: contexts that were added behind them are left out.
    """
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    if "@context" in options:
        signed, present = _listed(options["@context"]), _listed(bare.get("@context"))
        if present[: len(signed)] != signed:
            raise NotVerifiedError("the proof was made under other contexts")
        bare["@context"] = options["@context"]
    digest = hashlib.sha384 if algorithm is Algorithm.ES384 else hashlib.sha256
    try:
        return digest(rfc8785.dumps(options)).digest() + digest(rfc8785.dumps(bare)).digest()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonicalizableError("a number has no canonical form") from error


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _signature(proof: Mapping[str, Any]) -> bytes:
    value = proof.get("proofValue")
    try:
        return from_base58(value[1:]) if isinstance(value, str) and value.startswith("z") else b""
    except NotAMultikeyError as error:
        raise NotVerifiedError("the proof's value is not base58") from error
