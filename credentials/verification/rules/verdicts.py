"""The answer about a credential or transcript that somebody presents, derived from its checks.

Two answers are kept apart: the verdict on the signature and its state, and whether the issuer is known here. Anybody
can sign a document that says whatever they like, and its signature holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from credentials.issuing.rules import CredentialStatus, DatedStatus
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.check_results import PASSING, Check, CheckName, Reason


class Verdict(StrEnum):
    """The answer in one word."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    ALTERED = "altered"
    OTHER_SIGNER = "other_signer"
    UNSIGNED = "unsigned"
    NOT_SUPPORTED = "not_supported"
    NOT_KNOWN = "not_known"
    CANNOT_TELL = "cannot_tell"


class IssuerKnown(StrEnum):
    """Whether the issuer is one of this installation's, one that it has registered, or neither."""

    OURS = "ours"
    REGISTERED = "registered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class IssuerAnswer:
    """Who vouches. `identifier` is what the document names as its issuer: proven only if the signature holds.

    `claims_our_name` says that the issuer is not ours and uses the name of one of ours.
    """

    known: IssuerKnown = IssuerKnown.UNKNOWN
    identifier: str = ""
    claims_our_name: bool = False


class FileKind(StrEnum):
    """What a record was taken from, where it was not presented alone."""

    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    PHOTO = "photo"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """The file around the record. `delivered` says whether it is, byte for byte, a file that we delivered."""

    kind: FileKind
    delivered: bool = False


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

    `credential` summarizes a credential and `transcript` a transcript; never both are set. `members` are the answers
    about several credentials that were presented together; then the verdict is the least favourable of them. `code` is
    the stored code of a document that was found by it, empty where it was found otherwise.
    """

    verdict: Verdict
    checks: tuple[Check, ...] = ()
    why: str = ""
    since: datetime | None = None
    credential: CredentialSummary | None = None
    transcript: TranscriptSummary | None = None
    issuer: IssuerAnswer = field(default_factory=IssuerAnswer)
    file: FileAnswer | None = None
    members: tuple["Verification", ...] = ()
    code: str = ""

    @property
    def retry(self) -> bool:
        """Whether asking again later may give another answer."""
        blocked = {check.reason for check in self.checks if check.passed is None and check.reason in PASSING}
        return bool(blocked) and self.verdict is Verdict.CANNOT_TELL

    @property
    def offers_name_comparison(self) -> bool:
        """Whether the page offers to compare a name: for every document in force or expired that was found by its code.

        Nothing of the holder decides this. Otherwise the page would tell of a minor or a privacy hold.
        """
        return bool(self.code) and self.verdict in {Verdict.VALID, Verdict.LAPSED}

    @property
    def signature_holds(self) -> bool:
        """Whether the signature was checked and fits."""
        return any(check.name is CheckName.SIGNATURE and check.passed for check in self.checks)


NOT_KNOWN = Verification(Verdict.NOT_KNOWN)

# From the least favourable on; of several credentials presented together the first of these is the answer.
SEVERITY = (
    Verdict.ALTERED,
    Verdict.OTHER_SIGNER,
    Verdict.REVOKED,
    Verdict.UNSIGNED,
    Verdict.NOT_KNOWN,
    Verdict.NOT_SUPPORTED,
    Verdict.CANNOT_TELL,
    Verdict.LAPSED,
    Verdict.REPLACED,
    Verdict.NOT_YET,
    Verdict.VALID,
)

_OTHER_SIGNER = frozenset({Reason.KEY_OF_ANOTHER, Reason.KEY_NOT_LISTED, Reason.HOSTED_OTHERWISE})
_UNSIGNED = frozenset({Reason.NO_PROOF, Reason.UNSIGNED_MEMBERS})
_NOT_SUPPORTED = frozenset(
    {
        Reason.NOT_A_BADGE,
        Reason.SEVERAL_PROOFS,
        Reason.OTHER_SUITE,
        Reason.OTHER_DID,
        Reason.UNKNOWN_CONTEXT,
        Reason.NOT_CANONICAL,
    }
)
_VERDICTS = {
    CredentialStatus.VALID: Verdict.VALID,
    CredentialStatus.LAPSED: Verdict.LAPSED,
    CredentialStatus.REPLACED: Verdict.REPLACED,
    CredentialStatus.REVOKED: Verdict.REVOKED,
}


def verdict_of_ours(
    dated: DatedStatus, *, unaltered: bool | None, key_trusted: bool, summary: CredentialSummary, issuer: str
) -> Verification:
    """The answer about a credential that we issued; `unaltered` is None when a code and no document was presented.

    A document that differs from the signed bytes is *altered*, whatever the status of the credential that it copies,
    and then nothing says that it is ours. `issuer` is the identifier of our issuer. Raises KeyError for a credential
    that was never signed.
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
    ours = IssuerAnswer(IssuerKnown.OURS, issuer)
    if not key_trusted and not ended:
        return Verification(Verdict.CANNOT_TELL, checks, credential=summary, issuer=ours)
    since = None if verdict is Verdict.VALID else dated.since
    return Verification(verdict, checks, why=dated.revocation_class, since=since, credential=summary, issuer=ours)


def verdict_of_transcript(
    summary: TranscriptSummary, *, unaltered: bool | None, replaced_at: datetime | None, issuer: str
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
    ours = IssuerAnswer(IssuerKnown.OURS, issuer)
    return Verification(verdict, checks, since=replaced_at, transcript=summary, issuer=ours)


def verdict_of_checks(
    checks: Sequence[Check], summary: CredentialSummary | None, issuer: IssuerAnswer | None = None
) -> Verification:
    """The answer about a credential of another issuer.

    *Altered* is a signature that was checked and does not fit, nothing else. A forgery counts more than an end, and an
    end more than a check that was not possible: the date alone says that something has expired.
    """
    failed = {check.reason for check in checks if check.passed is False}
    unchecked = {check.reason for check in checks if check.passed is None}
    verdict = _verdict_of(failed, unchecked if checks else {Reason.NOT_REACHED})
    told = verdict not in {Verdict.ALTERED, Verdict.OTHER_SIGNER, Verdict.UNSIGNED}
    return Verification(verdict, tuple(checks), credential=summary if told else None, issuer=issuer or IssuerAnswer())


def verdict_of_several(members: Sequence[Verification]) -> Verification:
    """The answer about records that were presented together: the least favourable verdict, and the answer about each.

    Who vouches and the dates are of one record each: they stand in the answers about each. The checks are those of the
    least favourable one.
    """
    least = min(members, key=lambda member: SEVERITY.index(member.verdict))
    return Verification(least.verdict, least.checks, members=tuple(members))


def _verdict_of(failed: set[Reason], unchecked: set[Reason]) -> Verdict:
    forged: tuple[tuple[frozenset[Reason], Verdict], ...] = (
        (frozenset({Reason.WRONG_SIGNATURE}), Verdict.ALTERED),
        (_OTHER_SIGNER, Verdict.OTHER_SIGNER),
        (frozenset({Reason.REVOKED}), Verdict.REVOKED),
        (frozenset({Reason.LAPSED}), Verdict.LAPSED),
        (_UNSIGNED, Verdict.UNSIGNED),
    )
    for reasons, verdict in forged:
        if failed & reasons:
            return verdict
    if (failed | unchecked) & _NOT_SUPPORTED:
        return Verdict.NOT_SUPPORTED
    # A fault of form alone: the signature holds.
    if failed - {Reason.NOT_YET, Reason.NO_SUBJECT_ID}:
        return Verdict.CANNOT_TELL
    if Reason.NOT_YET in failed:
        return Verdict.NOT_YET
    return Verdict.CANNOT_TELL if unchecked else Verdict.VALID


def _check(name: CheckName, passed: bool, failure: Reason) -> Check:
    return Check(name, passed, Reason.WELL if passed else failure)
