"""DID documents of did:web: ours are published, those of others are read (W3C DID 1.0; the did:web method)."""

import re
from collections.abc import Sequence
from typing import Any

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
MEDIA_TYPE = "application/did+ld+json"
METHOD = "did:web:"
MAX_LENGTH = 512

# One spelling only: a lower-case host with a dot in it or localhost, no IP address, an optional port with %3A, then
# plain segments. Two resolvers could read any other spelling as two addresses.
_HOST = r"(?:localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_CANONICAL = re.compile(rf"did:web:({_HOST})(?:%3A([1-9][0-9]{{0,4}}))?((?::[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)")
MAX_PORT = 65_535


def did_document(did: str, keys: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The content of did.json, in which every key in `keys` (fragment, publicKeyMultibase) may assert.

    `assertionMethod` holds strings: verifiers compare them with the method that a proof names.
    """
    methods = [
        {"id": f"{did}#{fragment}", "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
        for fragment, multibase in keys
    ]
    return {
        "@context": [DID_CONTEXT, MULTIKEY_CONTEXT],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def address_of(did: str) -> str | None:
    """The https address of the document of a canonical did:web; None for any other spelling."""
    found = _CANONICAL.fullmatch(did) if len(did) <= MAX_LENGTH else None
    if found is None or int(found[2] or 0) > MAX_PORT or ".." in found[3]:
        return None
    authority = found[1] + (f":{found[2]}" if found[2] else "")
    path = found[3].replace(":", "/") or "/.well-known"
    return f"https://{authority}{path}/did.json"


def asserting_key(document: object, *, did: str, method: str) -> str | None:
    """The publicKeyMultibase of `method` if it is a Multikey that may assert (`asserting_method`); None otherwise."""
    found = asserting_method(document, controller=did, method=method)
    key = found.get("publicKeyMultibase") if found is not None and found.get("type") == "Multikey" else None
    return key if isinstance(key, str) else None


def asserting_method(document: object, *, controller: str, method: str) -> dict[str, Any] | None:
    """The verification method `method` if `document` belongs to `controller` and allows it to assert; None otherwise.

    The document must have the id `controller`, must contain the method once with that controller, and
    `assertionMethod` must name or contain it. A key that is only listed may not sign (W3C DID 1.0, section 5.3.2).
    """
    if not isinstance(document, dict) or document.get("id") != controller:
        return None
    asserting = document.get("assertionMethod")
    if not isinstance(asserting, list):
        return None
    listed = document.get("verificationMethod")
    known = [*(listed if isinstance(listed, list) else []), *asserting]
    methods = [each for each in known if isinstance(each, dict) and _absolute(each.get("id"), controller) == method]
    if method not in asserting_names(document, controller=controller) or len(methods) != 1:
        return None
    return methods[0] if methods[0].get("controller") == controller else None


def asserting_names(document: object, *, controller: str) -> list[str]:
    """The full names of the methods that `document` allows to assert, in its order."""
    asserting = document.get("assertionMethod") if isinstance(document, dict) else None
    names = [
        _absolute(each if isinstance(each, str) else _id_of(each), controller)
        for each in (asserting if isinstance(asserting, list) else [])
    ]
    return [name for name in names if name is not None]


def _id_of(method: object) -> object:
    return method.get("id") if isinstance(method, dict) else None


def _absolute(name: object, did: str) -> str | None:
    """The full name of a method; documents may write only its fragment."""
    if not isinstance(name, str):
        return None
    return f"{did}{name}" if name.startswith("#") else name
