"""The facts of a credential that its award does not have: issuer, identities, addresses, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from core.text.canonical import digest


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """The issuer that signs; `did` and `origin` are fixed with its first key."""

    did: str
    origin: str
    name: str
    url: str
    email: str
    description: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An identifier that the holder can prove to be theirs: `kind` is an identityType of Open Badges 3.0."""

    kind: str
    value: str
    salt: str


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """One credential: the addresses of it and its achievement, its bit, when it was issued, the holder's identities."""

    url: str
    achievement_url: str
    status_list_url: str
    status_index: int
    issued_at: datetime
    identities: tuple[Identity, ...]


def name_digest(name: str, salt: bytes) -> str:
    """The salted digest of the name on a credential; it stays when the name is erased after the retention."""
    return digest({"name": name, "salt": salt.hex()})
