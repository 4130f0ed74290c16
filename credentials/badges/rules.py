"""What a credential's document says beyond the award's own facts, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from core.text.canonical import digest


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """Who signs; `did` and `origin` are fixed with the first key."""

    did: str
    origin: str
    name: str
    url: str
    email: str
    description: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Something that the holder can show to be theirs: its type in Open Badges' words, the value, and a salt."""

    kind: str
    value: str
    salt: str


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper: where it and its achievement are published, the instant of issue, its bit, and whose it is."""

    url: str
    achievement_url: str
    status_list_url: str
    status_index: int
    issued_at: datetime
    identities: tuple[Identity, ...]


def name_digest(name: str, salt: bytes) -> str:
    """Of the name on a paper: what stays of it when its retention has ended."""
    return digest({"name": name, "salt": salt.hex()})
