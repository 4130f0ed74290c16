"""A second judge of proofs: pyoxigraph's RDFC-1.0 and cryptography's Ed25519, with none of our own code."""

import base64
import gzip
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

Json = dict[str, Any]
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def verified(document: Json, index: dict[str, Json], contexts: dict[str, Any]) -> bool:
    """Whether the proof of `document` is that of a key which its issuer's did.json in `index` lets assert."""
    try:
        proof = document["proof"]
        key = _key(proof["verificationMethod"], _issuer(document), index)
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        bare = {name: value for name, value in document.items() if name != "proof"}
        digests = [_digest({"@context": document["@context"], **options}, contexts), _digest(bare, contexts)]
        key.verify(base58(proof["proofValue"]), b"".join(digests))
    except (KeyError, ValueError, SyntaxError, InvalidSignature, StopIteration):
        return False
    return True


def bit(encoded: str, index: int) -> bool:
    """Whether the bit of `index` is set in an encodedList."""
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    return bool(bits[index // 8] & 0x80 >> index % 8)


def _issuer(document: Json) -> str:
    issuer = document["issuer"]
    return str(issuer["id"] if isinstance(issuer, dict) else issuer)


def _key(method: str, issuer: str, index: dict[str, Json]) -> Ed25519PublicKey:
    controller = next(each for each in index.values() if each.get("id") == issuer)
    if method not in controller["assertionMethod"]:
        raise ValueError(method)
    known = next(each for each in controller["verificationMethod"] if each["id"] == method)
    return Ed25519PublicKey.from_public_bytes(base58(known["publicKeyMultibase"])[2:])


def _digest(document: Json, contexts: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical form; contexts are inlined, for this reader fetches none."""
    inlined = {**document, "@context": [contexts[url]["@context"] for url in document["@context"]]}
    dataset = Dataset(parse(json.dumps(inlined).encode(), format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("".join(sorted(f"{quad} .\n" for quad in dataset)).encode()).digest()


def base58(text: str) -> bytes:
    """The bytes after the letter of their encoding; each 1 at the beginning is a byte of zero."""
    letters, number = text[1:], 0
    for letter in letters:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(letters) - len(letters.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
