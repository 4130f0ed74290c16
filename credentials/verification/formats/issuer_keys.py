"""Which keys may sign for an issuer: those that its identifier is, or that its own document lets assert.

An issuer is a did:key, a did:jwk, a did:web, or an https address. A key that a document brings along (`jwk`) proves
nothing about the issuer by itself: it must be one of these.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.outbound import NotFetchedError
from credentials.badges.formats.errors import NotAMultikeyError
from credentials.badges.formats.public_keys import PublicKey, bytes_of_base64url, from_jwk, from_multikey
from credentials.badges.formats.untrusted_json import UnreadableError, document_of
from credentials.issuing.formats import did_web
from credentials.verification.rules.check_results import Reason

Fetch = Callable[[str], bytes]

KEY_METHOD, JWK_METHOD = "did:key:", "did:jwk:"
MAX_KEYS = 20
MULTIKEYS = frozenset({"Multikey", "Ed25519VerificationKey2020"})
JWKS = frozenset({"JsonWebKey", "JsonWebKey2020"})


class EndError(Exception):
    """A check did not pass; the checks that build on it are not possible."""

    def __init__(self, passed: bool | None, reason: Reason) -> None:
        self.passed = passed
        self.reason = reason
        super().__init__(reason)


@dataclass
class KeyFinder:
    """Finds the keys of issuers. What was fetched is kept for this one check: a list is often signed by its issuer."""

    fetch: Fetch
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def key_of(self, issuer: str, method: str) -> PublicKey:
        """The key that `method` names, if `issuer` lets it assert; raises EndError."""
        if issuer.startswith(KEY_METHOD):
            multibase = issuer.removeprefix(KEY_METHOD)
            return _multikey(multibase if method == f"{issuer}#{multibase}" else "")
        if issuer.startswith(JWK_METHOD):
            return _did_jwk(issuer if method == f"{issuer}#0" else "")
        document = self._document_of(issuer)
        found = _method_in(document, issuer, method)
        if found is None and method in did_web.asserting_names(document, controller=issuer):
            # A controller may let a key assert that is its own identifier.
            owner = method.partition("#")[0]
            if owner.startswith((KEY_METHOD, JWK_METHOD)) and document.get("id") == issuer:
                return self.key_of(owner, method)
        if found is None:
            raise EndError(False, Reason.KEY_NOT_LISTED)
        return _key_in(found)

    def keys_of(self, issuer: str) -> Iterator[PublicKey]:
        """All keys that may assert for `issuer`, of which the first MAX_KEYS are tried; raises EndError."""
        if issuer.startswith(KEY_METHOD):
            yield _multikey(issuer.removeprefix(KEY_METHOD))
        elif issuer.startswith(JWK_METHOD):
            yield _did_jwk(issuer)
        else:
            names = did_web.asserting_names(self._document_of(issuer), controller=issuer)
            if not names:
                raise EndError(False, Reason.KEY_NOT_LISTED)
            for name in names[:MAX_KEYS]:
                yield self.key_of(issuer, name)

    def key_at(self, issuer: str, address: str) -> PublicKey:
        """The JWK at an address on the https site of `issuer` (Open Badges 3.0, section 8.2.4); raises EndError."""
        site, place = urlsplit(issuer), urlsplit(address)
        if (site.scheme, site.netloc) != ("https", place.netloc) or place.scheme != "https":
            raise EndError(False, Reason.KEY_OF_ANOTHER)
        return _jwk(self._fetched(address))

    def _document_of(self, issuer: str) -> dict[str, Any]:
        if issuer.startswith(did_web.METHOD):
            address = did_web.address_of(issuer)
            if address is None:
                raise EndError(False, Reason.DID_NOT_CANONICAL)
            return self._fetched(address)
        if issuer.startswith("https://") and "#" not in issuer:
            return self._fetched(issuer)
        raise EndError(None, Reason.OTHER_DID)

    def _fetched(self, address: str) -> dict[str, Any]:
        if address not in self.known:
            self.known[address] = json_of(fetched(self.fetch, address))
        return self.known[address]


def fetched(fetch: Fetch, address: str) -> bytes:
    """The bytes at an address; raises EndError where nothing was fetched."""
    try:
        return fetch(address)
    except NotFetchedError as error:
        raise EndError(None, Reason.NOT_FETCHED) from error


def json_of(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`, within the limits for strangers; raises EndError."""
    try:
        return document_of(content)
    except UnreadableError as error:
        raise EndError(False, Reason.NOT_JSON) from error


def _method_in(document: Mapping[str, Any], issuer: str, method: str) -> Mapping[str, Any] | None:
    """The verification method in the issuer's document, or the document itself where it is only that method."""
    found = did_web.asserting_method(document, controller=issuer, method=method)
    if found is None and issuer.startswith("https://") and document.get("id") == method:
        return document if document.get("controller") == issuer else None
    return found


def _key_in(method: Mapping[str, Any]) -> PublicKey:
    match method:
        case {"type": str(kind), "publicKeyMultibase": str(multibase)} if kind in MULTIKEYS:
            return _multikey(multibase)
        case {"type": str(kind), "publicKeyJwk": dict(jwk)} if kind in JWKS:
            return _jwk(jwk)
    raise EndError(False, Reason.KEY_NOT_LISTED)


def _multikey(multibase: str) -> PublicKey:
    try:
        return from_multikey(multibase)
    except NotAMultikeyError as error:
        raise EndError(False, Reason.KEY_NOT_LISTED) from error


def _jwk(jwk: Mapping[str, Any]) -> PublicKey:
    try:
        return from_jwk(jwk)
    except NotAMultikeyError as error:
        raise EndError(False, Reason.KEY_NOT_LISTED) from error


def _did_jwk(did: str) -> PublicKey:
    try:
        return _jwk(document_of(bytes_of_base64url(did.removeprefix(JWK_METHOD))))
    except (UnreadableError, ValueError) as error:
        raise EndError(False, Reason.KEY_NOT_LISTED) from error
