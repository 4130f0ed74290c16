"""The status of a credential at an instant: one answer from its state, its dates and the end of its award."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CredentialStatus(StrEnum):
    """Whether a credential is valid; where it is not, why."""

    UNSIGNED = "unsigned"
    VALID = "valid"
    LAPSED = "lapsed"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class DatedStatus:
    """A status and since when it applies; a revoked or replaced credential has a value of RevocationClass too."""

    status: CredentialStatus
    since: datetime | None = None
    revocation_class: str = ""


@dataclass(frozen=True, slots=True)
class CredentialHistory:
    """The stored state of a credential and when it changed; `ends_at` is the instant at which its award lapses."""

    state: str
    signed_at: datetime | None
    superseded_at: datetime | None
    revoked_at: datetime | None
    revocation_class: str
    ends_at: datetime | None


def status_at(history: CredentialHistory, *, at: datetime) -> DatedStatus:
    """The status of a credential at the instant `at`.

    Revoked comes before replaced, and both come before lapsed, because each tells a reader more than the next.
    """
    if history.state == "revoked":
        return DatedStatus(CredentialStatus.REVOKED, history.revoked_at, history.revocation_class)
    if history.state == "superseded":
        return DatedStatus(CredentialStatus.REPLACED, history.superseded_at, history.revocation_class)
    if history.state != "signed":
        return DatedStatus(CredentialStatus.UNSIGNED)
    if history.ends_at is not None and history.ends_at <= at:
        return DatedStatus(CredentialStatus.LAPSED, history.ends_at)
    return DatedStatus(CredentialStatus.VALID, history.signed_at)
