"""Credentials of issuers elsewhere, signed in every way that is read, and files in which people hold them.

The signatures are made with PyLD, rfc8785 and cryptography alone: none of the code that verifies them.
"""

import base64
import copy
import hashlib
import io
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyld import jsonld

from credentials.badges.formats.contexts import loader, readable_contexts
from credentials.badges.formats.multikey import base58
from credentials.badges.formats.status_list import list_document

Json = dict[str, Any]
HOST = "riverside.example"
SITE = f"https://{HOST}"
VC1, VC2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ED2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DI2 = "https://w3id.org/security/data-integrity/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
REVOKED, STANDING = 5, 4

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def ed25519(seed: int = 7) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def elliptic(curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0xC0FFEE, curve)


def multikey(key: PrivateKey) -> str:
    if isinstance(key, Ed25519PrivateKey):
        content = b"\xed\x01" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        prefix = b"\x80\x24" if key.curve.key_size == 256 else b"\x81\x24"
        content = prefix + key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return "z" + base58(content)


def jwk(key: PrivateKey) -> Json:
    public: Any = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
    numbers: Any = public.public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "n": b64(numbers.n.to_bytes(256)), "e": "AQAB"}
    size = key.curve.key_size // 8
    curve = "P-256" if size == 32 else "P-384"
    return {"kty": "EC", "crv": curve, "x": b64(numbers.x.to_bytes(size)), "y": b64(numbers.y.to_bytes(size))}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def by_key(key: PrivateKey) -> tuple[str, str]:
    """A did:key and its method."""
    name = multikey(key)
    return f"did:key:{name}", f"did:key:{name}#{name}"


def by_jwk(key: PrivateKey) -> tuple[str, str]:
    did = f"did:jwk:{b64(json.dumps(jwk(key)).encode())}"
    return did, f"{did}#0"


@dataclass(frozen=True)
class Issuer:
    """A key, the identifier of its issuer, and the method by which the issuer names it."""

    key: PrivateKey
    name: str
    method: str


def credential(signer: Issuer, *, at: datetime, **changes: Any) -> Json:
    """An Open Badge 3.0 under VC 2.0, still without its proof."""
    document = {
        "@context": [VC2, OB3],
        "id": "urn:uuid:00000000-0000-4000-8000-00000000f001",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {"id": signer.name, "type": ["Profile"], "name": "Riverside Academy"},
        "validFrom": instant(at - timedelta(days=30)),
        "credentialSubject": {
            "id": "did:example:holder",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://riverside.example/teamwork",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works with others.",
                "criteria": {"narrative": "Seen by peers."},
            },
        },
    }
    return {**document, **changes}


def older(signer: Issuer, *, at: datetime, **changes: Any) -> Json:
    """A credential under VC 1.1."""
    document = {
        "@context": [VC1, ED2020, EXAMPLES],
        "id": "urn:uuid:00000000-0000-4000-8000-00000000f002",
        "type": ["VerifiableCredential"],
        "issuer": signer.name,
        "issuanceDate": instant(at - timedelta(days=30)),
        "credentialSubject": {"id": "did:example:holder", "degree": "Bread"},
    }
    return {**document, **changes}


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def status(index: int, name: str = "list") -> Json:
    url = f"{SITE}/status/{name}"
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def revocations(
    issuer: Issuer, suite: str, *, at: datetime, name: str = "list", lasts: timedelta = timedelta(days=7)
) -> bytes:
    """The published list in which the bit REVOKED is set."""
    unsigned = list_document(
        url=f"{SITE}/status/{name}",
        did=issuer.name,
        indexes={REVOKED},
        length=131_072,
        signed_at=at - timedelta(days=1),
        valid_until=at + lasts,
    )
    return json.dumps(proven(unsigned, issuer, suite, at=at)).encode()


def proven(document: Json, issuer: Issuer, suite: str, *, at: datetime, **options: Any) -> Json:
    """The document with one more proof, which may say more about itself."""
    bare = {name: value for name, value in copy.deepcopy(document).items() if name != "proof"}
    proof: Json = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": instant(at - timedelta(days=1)),
        "verificationMethod": issuer.method,
        "proofPurpose": "assertionMethod",
        **options,
    }
    if suite == "Ed25519Signature2020":
        proof |= {"type": suite}
        del proof["cryptosuite"]
    wide = isinstance(issuer.key, ec.EllipticCurvePrivateKey) and issuer.key.curve.key_size == 384
    digest = hashlib.sha384 if wide else hashlib.sha256
    if "jcs" in suite:
        proof["@context"] = bare["@context"]
        parts = rfc8785.dumps(proof), rfc8785.dumps(bare)
    else:
        parts = _quads({**proof, "@context": bare["@context"]}), _quads(bare)
    value = "z" + base58(signature(issuer.key, b"".join(digest(part).digest() for part in parts)))
    proofs = [*_listed(document.get("proof")), {**proof, "proofValue": value}]
    return {**bare, "proof": proofs if len(proofs) > 1 else proofs[0]}


def signature(key: PrivateKey, content: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(content)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    size = key.curve.key_size // 8
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA384() if size == 48 else hashes.SHA256())))
    return r.to_bytes(size) + s.to_bytes(size)


def as_jwt(payload: Mapping[str, Any], issuer: Issuer, **header: Any) -> bytes:
    algorithm = "EdDSA" if isinstance(issuer.key, Ed25519PrivateKey) else "ES256"
    algorithm = "RS256" if isinstance(issuer.key, rsa.RSAPrivateKey) else algorithm
    parts = [b64(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT", **header}, payload)]
    signed = ".".join(parts).encode()
    return signed + b"." + b64(signature(issuer.key, signed)).encode()


def in_png(record: bytes, *, packed: bool = False, keyword: bytes = b"openbadgecredential") -> bytes:
    text = zlib.compress(record) if packed else record
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"iTXt", keyword + b"\0" + bytes([packed, 0]) + b"\0\0" + text),
        (b"IDAT", zlib.compress(b"\0\xff\xff\xff")),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in chunks)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def in_svg(record: bytes) -> bytes:
    inside = record.replace(b"]]>", b"]]\\u003e")
    return (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
        b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential><![CDATA['
        + inside
        + b"]]></openbadges:credential><circle r='3'/></svg>"
    )


def photo(text: str, *, kind: str = "JPEG") -> bytes:
    """A QR code, a little turned and grey, as a telephone takes it."""
    import segno
    from PIL import Image

    drawn, taken = io.BytesIO(), io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=6, border=6)
    picture = Image.open(drawn).convert("L").rotate(7, expand=True, fillcolor=220)
    picture.convert("RGB").save(taken, kind, quality=70)
    return taken.getvalue()


def presentation(*held: Any) -> bytes:
    return json.dumps(
        {"@context": [VC2], "type": ["VerifiablePresentation"], "verifiableCredential": list(held)}
    ).encode()


def pdf_with(record: bytes, *, name: str = "credential.json", text: str = "Master of Bread") -> bytes:
    """A page that somebody made around a record."""
    from pypdf import PdfWriter

    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    writer.add_attachment(name, record)
    writer.write(made)
    return made.getvalue()


def _quads(document: Json) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader(readable_contexts)}
    return str(jsonld.normalize(document, options)).encode()


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
