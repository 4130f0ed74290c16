"""The facts of a credential that its award does not have: issuer, identities, addresses, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.text.canonical import digest


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """The issuer that signs. `did`, `origin` and `image`, the address of its picture, are fixed with its first key."""

    did: str
    origin: str
    name: str
    url: str
    email: str
    description: str
    image: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An identifier that the holder can prove to be theirs: `kind` is an identityType of Open Badges 3.0."""

    kind: str
    value: str
    salt: str


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """One credential: its address, its bit, when it was issued, the holder's identities."""

    url: str
    status_list_url: str
    status_index: int
    issued_at: datetime
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """The frozen definition of an achievement version, which every badge of it repeats.

    `achievement` is the Achievement as it is published and embedded. `described` has the key of each requirement that
    it describes, with the public id of the competency that this asks for, empty where several can be reached.
    """

    achievement: Mapping[str, Any]
    described: Mapping[str, str]

    @property
    def url(self) -> str:
        """The address of the achievement version; results name its parts by fragments of it."""
        return str(self.achievement["id"])


def name_digest(name: str, salt: bytes) -> str:
    """The salted digest of the name on a credential; it stays when the name is erased after the retention."""
    return digest({"name": name, "salt": salt.hex()})
