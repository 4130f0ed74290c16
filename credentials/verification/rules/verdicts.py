"""The answer about a credential or transcript that somebody presents, derived from its checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from credentials.issuing.rules import CredentialStatus, DatedStatus
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.check_results import Check, CheckName, Reason


class Verdict(StrEnum):
    """The answer in one word."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    ALTERED = "altered"
    NOT_KNOWN = "not_known"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class CredentialSummary:
    """What a credential says about itself, never who its holder is; `valid_until` is the last valid day."""

    title: str
    issuer: str
    awarded_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TranscriptSummary:
    """What a transcript says about itself, never who its holder is, and nothing of the record."""

    kind: TranscriptKind
    issuer: str
    made_on: date


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer. `why` is a value of RevocationClass for one of ours that ended, and `since` is when it ended.

    `credential` summarizes a credential and `transcript` a transcript; never both are set.
    """

    verdict: Verdict
    checks: tuple[Check, ...] = ()
    why: str = ""
    since: datetime | None = None
    credential: CredentialSummary | None = None
    transcript: TranscriptSummary | None = None


NOT_KNOWN = Verification(Verdict.NOT_KNOWN)

# A check that failed for one of these reasons means that the issuer did not sign this text.
_FORGED = frozenset(
    {
        Reason.WRONG_SIGNATURE,
        Reason.UNSIGNED_MEMBERS,
        Reason.KEY_OF_ANOTHER,
        Reason.KEY_NOT_LISTED,
    }
)
_VERDICTS = {
    CredentialStatus.VALID: Verdict.VALID,
    CredentialStatus.LAPSED: Verdict.LAPSED,
    CredentialStatus.REPLACED: Verdict.REPLACED,
    CredentialStatus.REVOKED: Verdict.REVOKED,
}


def verdict_of_ours(
    dated: DatedStatus, *, unaltered: bool | None, key_trusted: bool, summary: CredentialSummary
) -> Verification:
    """The answer about a credential that we issued; `unaltered` is None when a code and no document was presented.

    A document that differs from the signed bytes is *altered*, whatever the status of the credential that it copies.
    Raises KeyError for a credential that was never signed.
    """
    verdict = _VERDICTS[dated.status]
    ended = verdict in {Verdict.REPLACED, Verdict.REVOKED}
    lapsed = verdict is Verdict.LAPSED
    checks = (
        _check(CheckName.CREDENTIAL, True, Reason.WELL),
        _check(CheckName.ISSUER_KEY, key_trusted, Reason.KEY_NOT_LISTED),
        *([] if unaltered is None else [_check(CheckName.SIGNATURE, unaltered, Reason.WRONG_SIGNATURE)]),
        _check(CheckName.NOT_LAPSED, not lapsed, Reason.LAPSED),
        _check(CheckName.STATUS, not ended, Reason.REVOKED),
    )
    if unaltered is False:
        return Verification(Verdict.ALTERED, checks)
    if not key_trusted and not ended:
        return Verification(Verdict.CANNOT_TELL, checks, credential=summary)
    since = None if verdict is Verdict.VALID else dated.since
    return Verification(verdict, checks, why=dated.revocation_class, since=since, credential=summary)


def verdict_of_transcript(
    summary: TranscriptSummary, *, unaltered: bool | None, replaced_at: datetime | None
) -> Verification:
    """The answer about a transcript of ours; `unaltered` is None when a serial and no document was presented."""
    checks = (
        _check(CheckName.TRANSCRIPT, True, Reason.WELL),
        *([] if unaltered is None else [_check(CheckName.FACTS, unaltered, Reason.OTHER_FACTS)]),
        _check(CheckName.IN_FORCE, replaced_at is None, Reason.REPLACED),
    )
    if unaltered is False:
        return Verification(Verdict.ALTERED, checks)
    verdict = Verdict.VALID if replaced_at is None else Verdict.REPLACED
    return Verification(verdict, checks, since=replaced_at, transcript=summary)


def verdict_of_checks(checks: Sequence[Check], summary: CredentialSummary | None) -> Verification:
    """The answer about a credential of another issuer.

    A forgery counts more than an end, and an end counts more than a check that was not possible.
    """
    failed = {check.reason for check in checks if check.passed is False}
    if failed & _FORGED:
        return Verification(Verdict.ALTERED, tuple(checks))
    if failed - {Reason.REVOKED, Reason.LAPSED, Reason.NOT_YET}:
        return Verification(Verdict.CANNOT_TELL, tuple(checks))
    for reason, verdict in (
        (Reason.REVOKED, Verdict.REVOKED),
        (Reason.LAPSED, Verdict.LAPSED),
        (Reason.NOT_YET, Verdict.NOT_YET),
    ):
        if reason in failed:
            return Verification(verdict, tuple(checks), credential=summary)
    if not checks or any(check.passed is None for check in checks):
        return Verification(Verdict.CANNOT_TELL, tuple(checks), credential=summary)
    return Verification(Verdict.VALID, tuple(checks), credential=summary)


def _check(name: CheckName, passed: bool, failure: Reason) -> Check:
    return Check(name, passed, Reason.WELL if passed else failure)
