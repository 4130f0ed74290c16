"""Where a credential stands, put as the one answer that a reader needs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """What a credential is worth at an instant."""

    UNSIGNED = "unsigned"
    VALID = "valid"
    LAPSED = "lapsed"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Stands:
    """The answer, since when, and as a word of RevocationClass why it holds no more, where it does not."""

    standing: Standing
    since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """What is written down of a credential: its state and when it changed; `ends_at` is when its award lapses."""

    state: str
    signed_at: datetime | None
    superseded_at: datetime | None
    revoked_at: datetime | None
    revocation_class: str
    ends_at: datetime | None


def standing(life: Life, *, at: datetime) -> Stands:
    """Where a credential stands at the instant `at`.

    Taken back comes before replaced, and both before lapsed: each says more than the next.
    """
    if life.state == "revoked":
        return Stands(Standing.REVOKED, life.revoked_at, life.revocation_class)
    if life.state == "superseded":
        return Stands(Standing.REPLACED, life.superseded_at, life.revocation_class)
    if life.state != "signed":
        return Stands(Standing.UNSIGNED)
    if life.ends_at is not None and life.ends_at <= at:
        return Stands(Standing.LAPSED, life.ends_at)
    return Stands(Standing.VALID, life.signed_at)
