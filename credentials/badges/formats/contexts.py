"""The JSON-LD contexts of what we sign and read: files of the library with pinned digests; nothing is ever fetched."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from credentials.badges.formats.context_definitions import DEFINITIONS
from credentials.badges.formats.errors import ContextChangedError, UnknownContextError

VC = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

# URL: its file in openbadgeslib/ob3/contexts, and the SHA-256 of that file's bytes. Of the two copies of 3.0.3 in
# circulation this is the one with `jti` and `endorsementJwt`: lint refuses both, so that both copies say the same.
FILES: Mapping[str, tuple[str, str]] = MappingProxyType({
    VC: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    EXTENSIONS: ("ob-v3p0-extensions.json", "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"),
})  # fmt: skip

# The library's other contexts, pinned in the same way. They are read in credentials of others and never signed under.
# The URL without a version leads to 3.0.3: the page behind it redefines protected terms, so nobody can sign under it.
OTHER_FILES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": FILES[OPEN_BADGES],
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json", "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json", "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"
    ),
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": (
        "clr_context_2.0.1.json", "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json", "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json", "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"
    ),
})  # fmt: skip

# A credential with any further context cannot be checked.
READABLE = frozenset({*FILES, *OTHER_FILES, *DEFINITIONS})


@cache
def contexts() -> Mapping[str, Any]:
    """Each context that we sign under by its URL; raises ContextChangedError if a file differs from the pinned one."""
    return MappingProxyType(_pinned(FILES))


@cache
def readable_contexts() -> Mapping[str, Any]:
    """Each context that credentials of others may name, by its URL; raises as `contexts`."""
    defined = {url: definition() for url, definition in DEFINITIONS.items()}
    return MappingProxyType({**defined, **_pinned(OTHER_FILES), **contexts()})


def loader(known: Callable[[], Mapping[str, Any]] = contexts) -> Callable[..., dict[str, Any]]:
    """A document loader for PyLD that knows these contexts; raises UnknownContextError for any other address."""
    documents = known()

    def load(url: str, _options: object = None) -> dict[str, Any]:
        if url not in documents:
            raise UnknownContextError(url)
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": documents[url],
            "tag": "static",
        }

    return load


def _pinned(files: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    folder = resources.files("openbadgeslib.ob3") / "contexts"
    found = {}
    for url, (name, digest) in files.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ContextChangedError(url)
        found[url] = json.loads(content)
    return found
