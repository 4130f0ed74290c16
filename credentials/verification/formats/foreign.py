"""Checks of a credential of any issuer: did:key and did:web issuers, embedded proofs, published status lists.

The library checks proof and content. Which key may sign for an issuer, and what a status list says, is checked here,
because the library accepts keys that a DID document lists without `assertionMethod`. The caller hands in `fetch`, and
nothing is fetched in another way.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.outbound import NotFetchedError
from core.text.strict_json import FormatError, load
from credentials.badges.formats import status_list
from credentials.badges.formats.canary import refuse_unless_known
from credentials.badges.formats.contexts import READABLE
from credentials.badges.formats.data_integrity import SUITE, verify_badge, verify_proof
from credentials.badges.formats.errors import NotAMultikeyError, NotVerifiedError, SigningUnavailableError
from credentials.badges.formats.multikey import public_key
from credentials.issuing.formats import did_web
from credentials.verification.rules.check_results import Check, CheckName, Reason

Fetch = Callable[[str], bytes]

MAX_BYTES = 262_144
MAX_LIST_BYTES = 2 * 1024 * 1024  # sixteen times the least that the standard asks for
KEY_METHOD = "did:key:"
BADGES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
# Bitstring Status List 1.0 has more purposes; these two alone say that a credential is not valid.
KNOWN_PURPOSES = frozenset({"revocation", "suspension"})


class _EndError(Exception):
    """A check did not pass; the checks after it are not possible."""

    def __init__(self, passed: bool | None, reason: Reason) -> None:
        self.passed = passed
        self.reason = reason
        super().__init__(reason)


@dataclass
class _Case:
    """The credential under check, with what earlier checks read from it."""

    content: bytes
    fetch: Fetch
    at: datetime
    document: dict[str, Any] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)
    multibase: str = ""
    known_documents: dict[str, object] = field(default_factory=dict)

    @property
    def did(self) -> str:
        """The DID of the verification method that the proof names."""
        return str(self.proof["verificationMethod"]).partition("#")[0]

    def key_of(self, method: str) -> str:
        """The key that `method` names, if its DID lets it assert; raises _EndError."""
        did = method.partition("#")[0]
        if did.startswith(KEY_METHOD):
            multibase = did.removeprefix(KEY_METHOD)
            return _ed25519(multibase if method == f"{did}#{multibase}" else "")
        if not did.startswith(did_web.METHOD):
            raise _EndError(None, Reason.OTHER_DID)
        address = did_web.address_of(did)
        if address is None:
            raise _EndError(False, Reason.DID_NOT_CANONICAL)
        if address not in self.known_documents:
            self.known_documents[address] = _json(_fetched(self.fetch, address))
        return _ed25519(did_web.asserting_key(self.known_documents[address], did=did, method=method) or "")


def verify(content: bytes, fetch: Fetch, *, at: datetime) -> list[Check]:
    """Every check of the credential in `content` at the instant `at`, in the order of CheckName.

    `fetch` returns the bytes at an address or raises NotFetchedError. The credential is valid if all checks passed.
    After one that did not, `passed` of the later ones is None.
    """
    case = _Case(content, fetch, at)
    found: list[Check] = []
    try:
        refuse_unless_known()
        for name, check in STEPS:
            reason = check(case)
            found.append(Check(name, passed=True, reason=reason))
    except SigningUnavailableError:
        found = [Check(name, passed=None, reason=Reason.LIBRARY) for name, _check in STEPS]
    except _EndError as end:
        found.append(Check(STEPS[len(found)][0], passed=end.passed, reason=end.reason))
    remaining = [name for name, _check in STEPS[len(found) :]]
    return found + [Check(name, passed=None, reason=Reason.NOT_REACHED) for name in remaining]


def _readable(case: _Case) -> Reason:
    if len(case.content) > MAX_BYTES:
        raise _EndError(False, Reason.TOO_LARGE)
    case.document = _json(case.content)
    return Reason.WELL


def _credential(case: _Case) -> Reason:
    kinds = case.document.get("type")
    if not isinstance(kinds, list) or "VerifiableCredential" not in kinds or not BADGES.intersection(_texts(kinds)):
        raise _EndError(False, Reason.NOT_A_BADGE)
    proof = case.document.get("proof")
    if isinstance(proof, list) and len(proof) != 1:
        raise _EndError(None, Reason.SEVERAL_PROOFS if proof else Reason.NO_PROOF)
    proof = proof[0] if isinstance(proof, list) else proof
    if not isinstance(proof, dict) or not isinstance(proof.get("verificationMethod"), str):
        raise _EndError(False, Reason.NO_PROOF)
    if proof.get("cryptosuite") != SUITE:
        raise _EndError(None, Reason.OTHER_SUITE)
    case.proof = proof
    return Reason.WELL


def _issuer_key(case: _Case) -> Reason:
    issuer = case.document.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    if name != case.did:
        raise _EndError(False, Reason.KEY_OF_ANOTHER)
    case.multibase = case.key_of(case.proof["verificationMethod"])
    return Reason.WELL


def _signature(case: _Case) -> Reason:
    named = case.document.get("@context")
    if isinstance(named, list) and not READABLE.issuperset(_texts(named)):
        raise _EndError(None, Reason.UNKNOWN_CONTEXT)
    try:
        verify_proof(case.document, multibase=case.multibase)
    except NotVerifiedError as error:
        raise _EndError(False, Reason.WRONG_SIGNATURE) from error
    return Reason.WELL


def _started(case: _Case) -> Reason:
    if _instant(case.document.get("validFrom")) > case.at:
        raise _EndError(False, Reason.NOT_YET)
    return Reason.WELL


def _not_lapsed(case: _Case) -> Reason:
    if "validUntil" in case.document and _instant(case.document["validUntil"]) <= case.at:
        raise _EndError(False, Reason.LAPSED)
    return Reason.WELL


def _content(case: _Case) -> Reason:
    """The proof and the dates passed before: what the library still refuses is a member outside the proof."""
    try:
        verify_badge(case.content, multibase=case.multibase)
    except NotVerifiedError as error:
        raise _EndError(False, Reason.UNSIGNED_MEMBERS) from error
    return Reason.WELL


def _status(case: _Case) -> Reason:
    entries = case.document.get("credentialStatus")
    if entries is None:
        return Reason.NO_STATUS
    for entry in entries if isinstance(entries, list) else [entries]:
        _refuse_if_set(entry, case)
    return Reason.WELL


def _refuse_if_set(entry: object, case: _Case) -> None:
    if (
        not isinstance(entry, dict)
        or entry.get("type") != "BitstringStatusListEntry"
        or entry.get("statusPurpose") not in KNOWN_PURPOSES
        or "statusSize" in entry
        or not isinstance(entry.get("statusListCredential"), str)
    ):
        raise _EndError(None, Reason.OTHER_STATUS)
    index = entry.get("statusListIndex")
    if not isinstance(index, str) or not index.isascii() or not index.isdigit():
        raise _EndError(False, Reason.WRONG_LIST)
    bits = _bits(entry, case)
    if int(index) >= len(bits) * 8:
        raise _EndError(False, Reason.WRONG_LIST)
    if bits[int(index) // 8] & 0x80 >> int(index) % 8:
        raise _EndError(False, Reason.REVOKED)


def _bits(entry: Mapping[str, Any], case: _Case) -> bytes:
    """The bitstring of the list that `entry` names; it must be signed by the credential's issuer and current."""
    url = entry["statusListCredential"]
    content = _fetched(case.fetch, url)
    if content.startswith(b"ey"):  # a list as a JWT: it may be valid, but this code does not read JWTs
        raise _EndError(None, Reason.OTHER_STATUS)
    document = _json(content)
    proof = document.get("proof")
    issuer = document.get("issuer")
    subject = document.get("credentialSubject")
    fits = (
        isinstance(proof, dict)
        and isinstance(proof.get("verificationMethod"), str)
        and proof["verificationMethod"].partition("#")[0] == case.did
        and (issuer.get("id") if isinstance(issuer, dict) else issuer) == case.did
        and document.get("id") == url
        and isinstance(subject, dict)
        and subject.get("statusPurpose") == entry["statusPurpose"]
        and isinstance(subject.get("encodedList"), str)
    )
    if not fits:
        raise _EndError(False, Reason.WRONG_LIST)
    try:
        verify_proof(document, multibase=case.key_of(document["proof"]["verificationMethod"]))
        bits = status_list.decoded_list(document["credentialSubject"]["encodedList"], max_bytes=MAX_LIST_BYTES)
    except (NotVerifiedError, ValueError) as error:
        raise _EndError(False, Reason.WRONG_LIST) from error
    if any(_instant(document[name]) <= case.at for name in ("validUntil",) if name in document):
        raise _EndError(None, Reason.OLD_LIST)
    return bits


STEPS: tuple[tuple[CheckName, Callable[[_Case], Reason]], ...] = (
    (CheckName.READABLE, _readable),
    (CheckName.CREDENTIAL, _credential),
    (CheckName.ISSUER_KEY, _issuer_key),
    (CheckName.SIGNATURE, _signature),
    (CheckName.STARTED, _started),
    (CheckName.NOT_LAPSED, _not_lapsed),
    (CheckName.CONTENT, _content),
    (CheckName.STATUS, _status),
)


def _json(content: bytes) -> dict[str, Any]:
    try:
        value = load(content)
        json.dumps(value)
    except (FormatError, RecursionError, ValueError) as error:
        raise _EndError(False, Reason.NOT_JSON) from error
    if not isinstance(value, dict):
        raise _EndError(False, Reason.NOT_JSON)
    return value


def _texts(values: list[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _EndError(False, Reason.NO_INSTANT)
    return moment.astimezone(UTC)


def _fetched(fetch: Fetch, url: str) -> bytes:
    try:
        return fetch(url)
    except NotFetchedError as error:
        raise _EndError(None, Reason.NOT_FETCHED) from error


def _ed25519(multibase: str) -> str:
    try:
        public_key(multibase)
    except NotAMultikeyError as error:
        raise _EndError(False, Reason.KEY_NOT_LISTED) from error
    return multibase
