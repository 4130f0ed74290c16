"""The one plain answer about a credential or transcript that somebody holds, drawn from the checks it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from credentials.issuing.rules import Standing, Stands
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.check_results import Check, CheckName, Reason


class Verdict(StrEnum):
    """What a reader needs to know first."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    ALTERED = "altered"
    NOT_KNOWN = "not_known"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Told:
    """What a credential says of itself, as far as whoever holds it knows it already: never whose it is.

    `valid_until` is the last day with it.
    """

    title: str
    issuer: str
    awarded_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ToldOfTranscript:
    """What a transcript says of itself: never whose it is, nor a word of the record."""

    kind: TranscriptKind
    issuer: str
    made_on: date


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer; `why` is a word of RevocationClass where one of ours holds no more, `since` is when it ended.

    `told` speaks of a credential, `transcript` of a transcript: never both.
    """

    verdict: Verdict
    checks: tuple[Check, ...] = ()
    why: str = ""
    since: datetime | None = None
    told: Told | None = None
    transcript: ToldOfTranscript | None = None


NOT_KNOWN = Verification(Verdict.NOT_KNOWN)

# A failed check of one of these means that somebody else's words stand under the issuer's name.
_FORGED = frozenset(
    {
        Reason.WRONG_SIGNATURE,
        Reason.UNSIGNED_MEMBERS,
        Reason.KEY_OF_ANOTHER,
        Reason.KEY_NOT_LISTED,
    }
)
_STANDINGS = {
    Standing.VALID: Verdict.VALID,
    Standing.LAPSED: Verdict.LAPSED,
    Standing.REPLACED: Verdict.REPLACED,
    Standing.REVOKED: Verdict.REVOKED,
}


def verdict_of_ours(stands: Stands, *, unaltered: bool | None, key_trusted: bool, told: Told) -> Verification:
    """The answer about a credential that we issued, from our own rows; `unaltered` is None when only a code was shown.

    A document that is not ours word for word is *altered*, whatever became of the one it copies. Raises KeyError for
    one that was never signed.
    """
    verdict = _STANDINGS[stands.standing]
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
        return Verification(Verdict.CANNOT_TELL, checks, told=told)
    since = None if verdict is Verdict.VALID else stands.since
    return Verification(verdict, checks, why=stands.why, since=since, told=told)


def verdict_of_transcript(
    told: ToldOfTranscript, *, unaltered: bool | None, replaced_at: datetime | None
) -> Verification:
    """The answer about a transcript of ours; `unaltered` is None when only its serial was shown."""
    checks = (
        _check(CheckName.TRANSCRIPT, True, Reason.WELL),
        *([] if unaltered is None else [_check(CheckName.FACTS, unaltered, Reason.OTHER_FACTS)]),
        _check(CheckName.IN_FORCE, replaced_at is None, Reason.REPLACED),
    )
    if unaltered is False:
        return Verification(Verdict.ALTERED, checks)
    verdict = Verdict.VALID if replaced_at is None else Verdict.REPLACED
    return Verification(verdict, checks, since=replaced_at, transcript=told)


def verdict_of_checks(checks: Sequence[Check], told: Told | None) -> Verification:
    """The answer about somebody else's credential: a forgery comes before an end, an end before what is open."""
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
            return Verification(verdict, tuple(checks), told=told)
    if not checks or any(check.passed is None for check in checks):
        return Verification(Verdict.CANNOT_TELL, tuple(checks), told=told)
    return Verification(Verdict.VALID, tuple(checks), told=told)


def _check(name: CheckName, passed: bool, otherwise: Reason) -> Check:
    return Check(name, passed, Reason.WELL if passed else otherwise)
