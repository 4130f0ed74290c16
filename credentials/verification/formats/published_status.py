"""Whether an issuer's published list says that a credential is not valid (Bitstring Status List 1.0).

A list is a credential: its issuer signs it, with an embedded proof or as a JWT. The older Status List 2021 has the same
bits under other names.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from credentials.badges.formats import status_list
from credentials.badges.formats.errors import (
    NotAMultikeyError,
    NotCanonicalizableError,
    NotVerifiedError,
    UnknownContextError,
)
from credentials.badges.formats.proof_suites import refuse_unless_proven, suite_of
from credentials.badges.formats.public_keys import PublicKey, from_jwk
from credentials.badges.formats.untrusted_json import UnreadableError, document_of
from credentials.verification.formats.issuer_keys import EndError, KeyFinder, fetched
from credentials.verification.formats.jwt_credentials import NotAJwtError, credential_in, jwt_of, looks_like_jwt
from credentials.verification.rules.check_results import CLOCK_SKEW, Reason

MAX_LIST_BYTES = 2 * 1024 * 1024  # sixteen times the least that the standard asks for
MAX_DOCUMENT_BYTES = 1024 * 1024  # as much as is fetched
# Bitstring Status List 1.0 has more purposes; these two alone say that a credential is not valid.
KNOWN_PURPOSES = frozenset({"revocation", "suspension"})
ENTRIES = frozenset({"BitstringStatusListEntry", "StatusList2021Entry"})


def refuse_if_set(entry: object, *, issuer: str, finder: KeyFinder, at: datetime) -> None:
    """Raise EndError if the bit that `entry` names is set, or the list does not tell."""
    if (
        not isinstance(entry, dict)
        or not _is_one_of(entry.get("type"), ENTRIES)
        or not _is_one_of(entry.get("statusPurpose"), KNOWN_PURPOSES)
        or "statusSize" in entry
        or not isinstance(entry.get("statusListCredential"), str)
    ):
        raise EndError(None, Reason.OTHER_STATUS)
    index = entry.get("statusListIndex")
    if not isinstance(index, str) or not index.isascii() or not index.isdigit() or len(index) > 10:  # noqa: PLR2004 - digits of a place in a list
        raise EndError(False, Reason.WRONG_LIST)
    bits = _bits(entry, issuer=issuer, finder=finder, at=at)
    if int(index) >= len(bits) * 8:
        raise EndError(False, Reason.WRONG_LIST)
    if bits[int(index) // 8] & 0x80 >> int(index) % 8:
        raise EndError(False, Reason.REVOKED)


def key_of_jwk(jwk: Mapping[str, Any]) -> PublicKey | None:
    """The public key in a JWK; None where it is none."""
    try:
        return from_jwk(jwk)
    except NotAMultikeyError:
        return None


def _bits(entry: Mapping[str, Any], *, issuer: str, finder: KeyFinder, at: datetime) -> bytes:
    """The bitstring of the list that `entry` names; it must be signed by the credential's issuer and current."""
    url = entry["statusListCredential"]
    content = fetched(finder.fetch, url)
    document = _signed_list(content, issuer=issuer, finder=finder)
    subject = document.get("credentialSubject")
    if (
        document.get("id") != url
        or not isinstance(subject, dict)
        or subject.get("statusPurpose") != entry["statusPurpose"]
        or not isinstance(subject.get("encodedList"), str)
    ):
        raise EndError(False, Reason.WRONG_LIST)
    encoded = subject["encodedList"]
    try:
        # Status List 2021 writes no multibase prefix.
        named = encoded if encoded.startswith("u") else f"u{encoded}"
        bits = status_list.decoded_list(named, max_bytes=MAX_LIST_BYTES)
    except ValueError as error:
        raise EndError(False, Reason.WRONG_LIST) from error
    ends = [document[name] for name in ("validUntil", "expirationDate") if name in document]
    if any(_instant(end) <= at - CLOCK_SKEW for end in ends):
        raise EndError(None, Reason.OLD_LIST)
    return bits


def _signed_list(content: bytes, *, issuer: str, finder: KeyFinder) -> dict[str, Any]:
    """The list as a credential of `issuer`, after its signature held; raises EndError."""
    try:
        if looks_like_jwt(content):
            return _signed_as_jwt(content, issuer=issuer, finder=finder)
        document = document_of(content, max_bytes=MAX_DOCUMENT_BYTES)
        _refuse_unless_from(document, issuer)
        proof = document.get("proof")
        method = proof.get("verificationMethod") if isinstance(proof, dict) else None
        if not isinstance(proof, dict) or not isinstance(method, str) or suite_of(proof) is None:
            raise EndError(False, Reason.WRONG_LIST)
        if method.partition("#")[0] != issuer:
            raise EndError(False, Reason.WRONG_LIST)
        refuse_unless_proven(document, proof, finder.key_of(issuer, method))
    except (NotVerifiedError, NotAJwtError, UnreadableError) as error:
        raise EndError(False, Reason.WRONG_LIST) from error
    except (UnknownContextError, NotCanonicalizableError) as error:
        raise EndError(None, Reason.OTHER_STATUS) from error
    return document


def _signed_as_jwt(content: bytes, *, issuer: str, finder: KeyFinder) -> dict[str, Any]:
    jwt = jwt_of(content)
    document = credential_in(jwt.payload)
    _refuse_unless_from(document, issuer)
    for key in finder.keys_of(issuer):
        try:
            jwt.refuse_unless_signed(key)
        except NotVerifiedError:
            continue
        return document
    raise EndError(False, Reason.WRONG_LIST)


def _is_one_of(value: object, names: frozenset[str]) -> bool:
    return isinstance(value, str) and value in names


def _refuse_unless_from(document: Mapping[str, Any], issuer: str) -> None:
    named = document.get("issuer")
    if (named.get("id") if isinstance(named, dict) else named) != issuer:
        raise EndError(False, Reason.WRONG_LIST)


def _instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise EndError(False, Reason.WRONG_LIST)
    return moment.astimezone(UTC)
