"""Credentials and presentations as signed JWTs: Open Badges 3.0 section 8.2, VC-JWT of VC 1.1, and VC-JOSE of VC 2.0.

The compact form alone is read (RFC 7515, section 7.1). A signature covers every byte of the payload.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from credentials.badges.formats.errors import NotVerifiedError
from credentials.badges.formats.public_keys import Algorithm, PublicKey, bytes_of_base64url
from credentials.badges.formats.untrusted_json import UnreadableError, document_of

PARTS = 3
LATEST = 253_402_300_799  # the last second of the year 9999


class NotAJwtError(ValueError):
    """The text is not a compact JWS with a JSON object inside."""


@dataclass(frozen=True, slots=True)
class Jwt:
    """A JWT, not yet verified. `algorithm` is None for one that is not verified here, such as `none`."""

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> Algorithm | None:
        """The algorithm that the header names; critical extensions (RFC 7515, section 4.1.11) are not understood."""
        name = self.header.get("alg")
        if "crit" in self.header or not isinstance(name, str) or name not in set(Algorithm):
            return None
        return Algorithm(name)

    def refuse_unless_signed(self, key: PublicKey) -> None:
        """Raise NotVerifiedError unless `key` signed this."""
        if self.algorithm is None:
            raise NotVerifiedError("another algorithm")
        key.verify(self.signature, self.signed, algorithm=self.algorithm)


def looks_like_jwt(content: bytes) -> bool:
    """Whether the text has three parts of base64url, the first of which begins a JSON object."""
    return content.startswith(b"ey") and content.count(b".") == PARTS - 1 and not content.strip().count(b" ")


def jwt_of(content: bytes) -> Jwt:
    """The JWT in `content`, a compact JWS; raises NotAJwtError."""
    parts = content.strip().split(b".")
    if len(parts) != PARTS:
        raise NotAJwtError
    try:
        header, payload, signature = (bytes_of_base64url(part.decode("ascii")) for part in parts)
        return Jwt(document_of(header), document_of(payload), b".".join(parts[:2]), signature)
    except (UnreadableError, ValueError) as error:
        raise NotAJwtError from error


def credential_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The credential that a payload is, or has as `vc`, with what only the registered claims say (VC 1.1, 6.3.1).

    Raises NotAJwtError where a claim and the credential name two issuers or two ids.
    """
    inner = payload.get("vc")
    credential = dict(inner) if isinstance(inner, dict) else _without_claims(payload)
    issuer = credential.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    for claim, said in (("iss", named), ("jti", credential.get("id"))):
        if claim in payload and said is not None and payload[claim] != said:
            raise NotAJwtError
    if issuer is None and "iss" in payload:
        credential["issuer"] = payload["iss"]
    if "id" not in credential and "jti" in payload:
        credential["id"] = payload["jti"]
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and "id" not in subject and isinstance(payload.get("sub"), str):
        credential["credentialSubject"] = {**subject, "id": payload["sub"]}
    return credential


def instant_of_claim(payload: Mapping[str, Any], name: str) -> datetime | None:
    """A NumericDate (RFC 7519, section 2); None where there is none. Raises ValueError for anything else."""
    if name not in payload:
        return None
    seconds = payload[name]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LATEST:
        raise ValueError(name)
    return datetime.fromtimestamp(seconds, UTC)


def _without_claims(payload: Mapping[str, Any]) -> dict[str, Any]:
    claims = {"iss", "sub", "jti", "nbf", "exp", "iat", "aud", "nonce"}
    return {name: value for name, value in payload.items() if name not in claims}
