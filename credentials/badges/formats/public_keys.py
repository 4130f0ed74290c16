"""Public keys of any issuer: Multikey and JWK in, one way to verify a signature (RFC 7517, 7518 and 8037).

Signatures of elliptic curves are r and s side by side, as JOSE and Data Integrity both write them.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credentials.badges.formats.errors import NotAMultikeyError, NotVerifiedError
from credentials.badges.formats.multikey import ED25519_PUBLIC, from_base58

P256_PUBLIC = b"\x80\x24"
P384_PUBLIC = b"\x81\x24"
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192  # below: broken; above: verifying costs too much
MAX_JWK_MEMBER = 1_500  # characters of one number in a JWK: 8192 bits are 1366
MAX_EXPONENT = 2**32

Key = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Algorithm(StrEnum):
    """The algorithms that are verified, by their names in JOSE (RFC 7518, section 3.1)."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    ES384 = "ES384"
    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"


_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the algorithms that it may be used with; equal keys are equal."""

    key: Key

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """What this key can verify: an algorithm never chooses another kind of key."""
        match self.key:
            case Ed25519PublicKey():
                return frozenset({Algorithm.EDDSA})
            case rsa.RSAPublicKey():
                return frozenset(name for name in Algorithm if name.value[:2] in {"RS", "PS"})
            case _:
                return frozenset({Algorithm.ES256 if self.key.curve.key_size == 256 else Algorithm.ES384})  # noqa: PLR2004 - bits

    def verify(self, signature: bytes, content: bytes, *, algorithm: Algorithm) -> None:
        """Raise NotVerifiedError unless this key made `signature` over `content`."""
        if algorithm not in self.algorithms:
            raise NotVerifiedError("the key is of another kind")
        try:
            self._verify(signature, content, _HASHES.get(algorithm.value[2:], hashes.SHA256()), algorithm)
        except (InvalidSignature, ValueError) as error:
            raise NotVerifiedError("the signature does not fit") from error

    def _verify(self, signature: bytes, content: bytes, digest: hashes.HashAlgorithm, algorithm: Algorithm) -> None:
        match self.key:
            case Ed25519PublicKey():
                self.key.verify(signature, content)
            case rsa.RSAPublicKey():
                pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
                self.key.verify(signature, content, pss if algorithm.value[:2] == "PS" else padding.PKCS1v15(), digest)
            case _:
                self.key.verify(_der(signature, self.key.curve.key_size // 8), content, ec.ECDSA(digest))


def from_multikey(multibase: str) -> PublicKey:
    """The Ed25519, P-256 or P-384 key in `multibase` (base58btc); raises NotAMultikeyError."""
    content = from_base58(multibase[1:]) if multibase.startswith("z") else b""
    prefix, point = content[:2], content[2:]
    try:
        if prefix == ED25519_PUBLIC:
            return PublicKey(Ed25519PublicKey.from_public_bytes(point))
        if prefix in {P256_PUBLIC, P384_PUBLIC}:
            curve = _CURVES["P-256" if prefix == P256_PUBLIC else "P-384"]
            return PublicKey(ec.EllipticCurvePublicKey.from_encoded_point(curve, point))
    except ValueError as error:
        raise NotAMultikeyError from error
    raise NotAMultikeyError


def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The public key in a JWK: OKP Ed25519, EC P-256 or P-384, or RSA; raises NotAMultikeyError."""
    if jwk.get("use", "sig") != "sig":
        raise NotAMultikeyError
    try:
        match jwk:
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x)}:
                return PublicKey(Ed25519PublicKey.from_public_bytes(bytes_of_base64url(x)))
            case {"kty": "EC", "crv": str(curve), "x": str(x), "y": str(y)} if curve in _CURVES:
                numbers = ec.EllipticCurvePublicNumbers(_number(x), _number(y), _CURVES[curve])
                return PublicKey(numbers.public_key())
            case {"kty": "RSA", "n": str(n), "e": str(e)}:
                return PublicKey(_rsa(_number(n), _number(e)))
    except ValueError as error:
        raise NotAMultikeyError from error
    raise NotAMultikeyError


def bytes_of_base64url(text: str) -> bytes:
    """The bytes of base64url without padding (RFC 7515, section 2); raises ValueError."""
    if not text.isascii() or "=" in text:
        raise ValueError("not base64url")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _number(text: str) -> int:
    if len(text) > MAX_JWK_MEMBER:
        raise ValueError("the number is too long")
    return int.from_bytes(bytes_of_base64url(text))


def _rsa(modulus: int, exponent: int) -> rsa.RSAPublicKey:
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS or exponent > MAX_EXPONENT:
        raise ValueError("an RSA key of this size is not used")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _der(signature: bytes, size: int) -> bytes:
    if len(signature) != 2 * size:
        raise NotVerifiedError("the signature has another length")
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
