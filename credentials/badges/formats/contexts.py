"""The JSON-LD contexts of what we sign: files of the library with pinned digests; nothing is ever fetched."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

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

# The other contexts of the library. A credential with any further context cannot be checked.
READABLE = frozenset(
    {
        *FILES,
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://w3id.org/security/data-integrity/v2",
        "https://w3id.org/security/multikey/v1",
    }
)


@cache
def contexts() -> Mapping[str, Any]:
    """Each context by its URL; raises ContextChangedError if a file differs from the pinned one."""
    folder = resources.files("openbadgeslib.ob3") / "contexts"
    found = {}
    for url, (name, digest) in FILES.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ContextChangedError(url)
        found[url] = json.loads(content)
    return MappingProxyType(found)


def loader() -> Callable[..., dict[str, Any]]:
    """A document loader for PyLD that knows these contexts; raises UnknownContextError for any other address."""
    known = contexts()

    def load(url: str, _options: object = None) -> dict[str, Any]:
        if url not in known:
            raise UnknownContextError(url)
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": known[url],
            "tag": "static",
        }

    return load
