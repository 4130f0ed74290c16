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


def standing(
    state: str,
    *,
    signed_at: datetime | None,
    superseded_at: datetime | None,
    revoked_at: datetime | None,
    revocation_class: str,
    ends_at: datetime | None,
    at: datetime,
) -> Stands:
    """Where a credential in `state` stands at the instant `at`; `ends_at` is when its award lapses, if ever.

    Taken back comes before replaced, and both before lapsed: each says more than the next.
    """
    if state == "revoked":
        return Stands(Standing.REVOKED, revoked_at, revocation_class)
    if state == "superseded":
        return Stands(Standing.REPLACED, superseded_at, revocation_class)
    if state != "signed":
        return Stands(Standing.UNSIGNED)
    if ends_at is not None and ends_at <= at:
        return Stands(Standing.LAPSED, ends_at)
    return Stands(Standing.VALID, signed_at)
