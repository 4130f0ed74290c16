"""The answer about a credential or transcript, and each of its checks, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from credentials.badges.formats.untrusted_json import Unreadable
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.formats.presented_files import Unopened
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.verdicts import FileKind, IssuerKnown, Verdict, Verification

Words = str | Promise


@dataclass(frozen=True, slots=True)
class CheckText:
    """One check as a page shows it; `passed` is None where the check was not possible."""

    name: Words
    words: Words
    passed: bool | None


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The answer as a page shows it: a sentence, its meaning, the colour and icon of the notice, and the checks.

    `file` says what part of a file the answer is about, `issuer` who vouches; both may be empty. Only what we issued
    is shown in the colour of success.
    """

    verdict: Verdict
    title: Words
    meaning: Words
    kind: str
    icon: str
    checks: tuple[CheckText, ...]
    file: Words = ""
    issuer: Words = ""


_TITLES: Mapping[Verdict, tuple[Words, str, str]] = {
    Verdict.VALID: (_("This credential is valid."), "success", "check"),
    Verdict.REPLACED: (_("This credential was replaced by a newer one."), "warning", "history"),
    Verdict.REVOKED: (_("This credential was revoked."), "error", "cross"),
    Verdict.LAPSED: (_("This credential has expired."), "warning", "clock"),
    Verdict.NOT_YET: (_("This credential is not valid yet."), "warning", "clock"),
    Verdict.ALTERED: (_("This is not what was signed."), "error", "cross"),
    Verdict.OTHER_SIGNER: (_("It was not signed by the issuer that it names."), "error", "cross"),
    Verdict.UNSIGNED: (_("This is not signed."), "warning", "alert"),
    Verdict.NOT_SUPPORTED: (_("This cannot be checked here."), "warning", "info"),
    Verdict.NOT_KNOWN: (_("Not known here."), "warning", "info"),
    Verdict.CANNOT_TELL: (_("We cannot tell."), "warning", "alert"),
}
_MEANINGS: Mapping[Verdict, Words] = {
    Verdict.VALID: _("It was issued as it stands here, and it is valid today."),
    Verdict.REPLACED: _("What it says was true when it was issued. Ask its holder for the newer one."),
    Verdict.REVOKED: _("It was issued, and it is no longer valid."),
    Verdict.LAPSED: _("It was issued for a time, and that time is over."),
    Verdict.NOT_YET: _("It was issued, and is valid from a later day on."),
    Verdict.ALTERED: _("Something in it was changed, or its signature is not the issuer's. Do not rely on it."),
    Verdict.OTHER_SIGNER: _("The key that signed it is not one that this issuer publishes. Do not rely on it."),
    Verdict.UNSIGNED: _("Anybody can write such a text. Ask its holder for the signed file, or ask the issuer."),
    Verdict.NOT_SUPPORTED: _(
        "It is made in a way that this page does not read. That says nothing against it: ask its issuer."
    ),
    Verdict.NOT_KNOWN: _(
        "Nothing that can be checked goes by this here. That says nothing about anybody: compare what you typed, or "
        "ask whoever gave it to you."
    ),
    Verdict.CANNOT_TELL: _("One of the checks cannot be made here. Ask the issuer."),
}
_RETRY = _("One of the checks could not be made. Try again later, or ask the issuer.")
# What differs for a credential of another issuer, whose signature is all that can be told.
_SIGNATURE_VALID = _("The signature is valid. Its issuer is not known here.")
_SIGNATURE_VALID_REGISTERED = _("The signature is valid, and its issuer is registered here.")
_SIGNATURE_VALID_MEANING = _("Nothing in it was changed since it was signed, and it has not expired.")
_REVOCATION_OPEN = _("The signature is valid. Whether it was revoked could not be looked up.")
_SIGNATURE_VALID_AT_LEAST = _("The signature is valid. Not all else can be told.")
_BY_REASON: tuple[tuple[Reason, Verdict, tuple[Words, Words]], ...] = (
    (
        Reason.HOSTED,
        Verdict.VALID,
        (
            _("The site of its issuer shows this badge today."),
            _("It is an Open Badge 2.0, which is not signed: what its issuer's site shows decides."),
        ),
    ),
    (
        Reason.HOSTED_OTHERWISE,
        Verdict.OTHER_SIGNER,
        (
            _("The site of its issuer shows something else."),
            _("An Open Badge 2.0 is not signed: what its issuer's site shows decides. Do not rely on it."),
        ),
    ),
    (
        Reason.NO_SUBJECT_ID,
        Verdict.VALID,
        (
            _("The signature is valid, but the form is not complete."),
            _("Nothing in it was changed since it was signed. It does not say for whom it is."),
        ),
    ),
    (
        Reason.UNSIGNED_MEMBERS,
        Verdict.UNSIGNED,
        (
            _("Not all of this is signed."),
            _("The signature is valid, but does not cover all that it says. Do not rely on it."),
        ),
    ),
)
_SEVERAL_MEANING = _("Each has an answer of its own below: whether it is valid, who issued it, and its dates.")
_EXPIRED_MEANING = _("The date in it is over. Whether its signature is valid could not be told.")
# What differs for a record inside a PDF: the pages around it can say anything.
_INSIDE = _("The record inside this PDF is valid. Its pages were not checked.")
_INSIDE_MEANING = _("Only the record was checked: nothing in it was changed, and it is valid today.")
_EXACT = _("This PDF is exactly the file that we delivered, and it is valid.")
_FILES: Mapping[FileKind, Words] = {
    FileKind.PDF: _(
        "This answer is about the record inside the PDF, not about the pages that you see. Anybody can put a genuine "
        "record into other pages: compare the title, the date and the issuer below with what the pages say."
    ),
    FileKind.PNG: _("This answer is about the record inside the image, not about what the image shows."),
    FileKind.SVG: _("This answer is about the record inside the image, not about what the image shows."),
    FileKind.PHOTO: _(
        "This answer is about the code in the picture, not about the rest of it: compare the title, the date and the "
        "issuer below with what you see."
    ),
    FileKind.PRESENTATION: _("A wallet handed this on. The credential in it was checked, not who presents it."),
}
_NAME_MATCHES = _("The name matches the document.")
_NAME_NOT_CONFIRMED = _("The name could not be confirmed. Ask the holder for a share link.")
# The headline after such an answer: a large green *valid* above a forged name would be read as an answer about both.
_NAME_REFUSALS: Mapping[Verdict, Words] = {
    Verdict.VALID: _("This document is valid. The name that you typed was not confirmed."),
    Verdict.LAPSED: _("This document has expired. The name that you typed was not confirmed."),
}
_EXACT_FILE = _("Byte for byte, this is the file that was delivered here.")
_ISSUERS: Mapping[IssuerKnown, Words] = {
    IssuerKnown.OURS: _("It was issued here."),
    IssuerKnown.REGISTERED: _("Its issuer is not part of this institution. It is registered here."),
    IssuerKnown.UNKNOWN: _(
        "Its issuer is not known here. Anybody can sign in any name: make sure by other means who it is."
    ),
}
_BORROWED_NAME = _("It uses the name of this institution, but it was not issued here.")
_BORROWED_NAME_MEANING = _("Its signature is valid, but it is somebody else's. Do not rely on the name in it.")
# The words that differ for a transcript.
_TRANSCRIPT_TITLES: Mapping[Verdict, Words] = {
    Verdict.VALID: _("This transcript is valid."),
    Verdict.REPLACED: _("This transcript was replaced by a newer one."),
}
_TRANSCRIPT_MEANINGS: Mapping[Verdict, Words] = {
    Verdict.VALID: _("It was made here, and no later one took its place."),
    Verdict.REPLACED: _("It was made here, and was corrected since. Ask its holder for the newer one."),
    Verdict.ALTERED: _("Something in it differs from what was made here. Do not rely on it."),
}
_TRANSCRIPT_KINDS: Mapping[TranscriptKind, Words] = {
    TranscriptKind.OFFICIAL: _("Official transcript"),
    TranscriptKind.OWN: _("Learner's own copy"),
}
_REVOKED: Mapping[str, Words] = {
    "issued_in_error": _("It was issued in error."),
    "rescinded": _("The institution rescinded the award."),
    "key_replaced": _("The key that signed it was replaced. Ask its holder for the new credential."),
    "holders_wish": _("Its holder wished so. That says nothing about what was achieved."),
}
_NAMES: Mapping[CheckName, Words] = {
    CheckName.READABLE: _("Readable"),
    CheckName.CREDENTIAL: _("A credential"),
    CheckName.ISSUER_KEY: _("Key of the issuer"),
    CheckName.SIGNATURE: _("Signature"),
    CheckName.CONTENT: _("Content"),
    CheckName.FORM: _("Form"),
    CheckName.ON_SITE: _("Site of the issuer"),
    CheckName.STARTED: _("Begun"),
    CheckName.NOT_LAPSED: _("Not expired"),
    CheckName.STATUS: _("Not revoked"),
    CheckName.TRANSCRIPT: _("A transcript"),
    CheckName.FACTS: _("Facts"),
    CheckName.IN_FORCE: _("Not replaced"),
}
_WELL: Mapping[CheckName, Words] = {
    CheckName.READABLE: _("It can be read."),
    CheckName.CREDENTIAL: _("It is a credential in a form that is known here."),
    CheckName.ISSUER_KEY: _("The issuer stands by the key that signed it."),
    CheckName.SIGNATURE: _("The signature fits, word for word."),
    CheckName.CONTENT: _("The signature covers all that it says."),
    CheckName.FORM: _("It has what its standard asks for."),
    CheckName.ON_SITE: _("It is shown there, word for word."),
    CheckName.STARTED: _("It has begun."),
    CheckName.NOT_LAPSED: _("It has not expired."),
    CheckName.STATUS: _("The issuer has not revoked it."),
    CheckName.TRANSCRIPT: _("One was made here with this serial."),
    CheckName.FACTS: _("They are those that were kept here, word for word."),
    CheckName.IN_FORCE: _("No later one took its place."),
}
_REASONS: Mapping[Reason, Words] = {
    Reason.TOO_LARGE: _("It is larger than 256 kB."),
    Reason.TOO_MANY: _("It holds more credentials than are checked at once: check them one by one."),
    Reason.NO_RECORD: _("Nothing was found in it that can be checked."),
    Reason.NOT_JSON: _("It is no JSON that every reader takes for the same."),
    Reason.NOT_A_BADGE: _("It is in a form that is not known here. Verifiable Credentials and Open Badges are known."),
    Reason.NO_PROOF: _("It carries no signature."),
    Reason.SEVERAL_PROOFS: _("It carries several signatures, none of which is of a kind that is known here."),
    Reason.NOT_CANONICAL: _("It is written in a way for which its signature cannot be worked out here."),
    Reason.NO_SUBJECT_ID: _("It does not say for whom it is: an identifier is missing."),
    Reason.HOSTED: _("It is an Open Badge 2.0, which is not signed but shown by its issuer's site."),
    Reason.HOSTED_OTHERWISE: _("The site of its issuer shows something else under this address."),
    Reason.OTHER_SUITE: _("It is signed in a way that is not known here."),
    Reason.UNKNOWN_CONTEXT: _("It uses a vocabulary that is not known here."),
    Reason.OTHER_DID: _(
        "The issuer names itself in a way that is not known here: did:key, did:jwk, did:web and https are known."
    ),
    Reason.DID_NOT_CANONICAL: _("The issuer's name is written in a way that could mean two things."),
    Reason.KEY_OF_ANOTHER: _("The key that it names is not the issuer's."),
    Reason.NOT_FETCHED: _("What is needed could not be fetched: not there, too slow, or at an address we do not ask."),
    Reason.KEY_NOT_LISTED: _("The issuer does not stand by the key that signed it."),
    Reason.WRONG_SIGNATURE: _("It differs from what was signed."),
    Reason.UNSIGNED_MEMBERS: _("It says things that its signature does not cover."),
    Reason.NO_INSTANT: _("It gives a date that is none."),
    Reason.NOT_YET: _("It is valid from a later day on."),
    Reason.LAPSED: _("The time for which it was given is over."),
    Reason.NO_STATUS: _("It names no list of revoked credentials, so none was asked."),
    Reason.OTHER_STATUS: _("Its issuer publishes revocations in a way that is not known here."),
    Reason.WRONG_LIST: _("The list of revoked credentials is not one that its issuer signed."),
    Reason.OLD_LIST: _("The list of revoked credentials is out of date."),
    Reason.REVOKED: _("The issuer says that it is no longer valid."),
    Reason.OTHER_FACTS: _("They differ from those that were kept here."),
    Reason.REPLACED: _("A later one took its place."),
    Reason.LIBRARY: _("The program that checks signatures is not the one that was tested here."),
    Reason.NOT_REACHED: _("Not looked at, because of an earlier check."),
}
_UNREADABLE: Mapping[Unreadable, Words] = {
    Unreadable.EMPTY: _("There is nothing in it."),
    Unreadable.TOO_LARGE: _("It is larger than 256 kB: no credential as text is."),
    Unreadable.NOT_JSON: _("It is no JSON: copy the whole text, from the first brace to the last."),
    Unreadable.NOT_TEXT: _("It holds characters that are none: save it as UTF-8 text."),
    Unreadable.TOO_DEEP: _("Its parts lie more than 32 levels deep in each other: no credential's do."),
    Unreadable.TWICE: _("A member stands in it twice, so that two readers could read two things."),
    Unreadable.NUMBER: _("It holds a number that is none, or one that is endlessly long."),
    Unreadable.NO_OBJECT: _("It is JSON, but no credential: those begin with a brace."),
}


_UNOPENED: Mapping[Unopened, Words] = {
    Unopened.DAMAGED: _("The file is damaged or not whole. Download it once more, and check it as it came."),
    Unopened.ENCRYPTED: _("The PDF is locked with a password. Ask its holder for one without."),
    Unopened.TOO_MANY_RECORDS: _("It holds more credentials than are checked at once: check them one by one."),
    Unopened.TOO_MANY_PIXELS: _("The picture is too large. Take one of the code alone."),
    Unopened.FILE_TOO_LARGE: _("It is larger than 5 MB."),
    Unopened.NO_RECORD_IN_PDF: _(
        "The PDF holds no record that can be checked; printing or scanning removes it. Enter the code on it."
    ),
    Unopened.NO_RECORD_IN_SVG: _("The image holds no record. Ask its holder for the file as the issuer sent it."),
    Unopened.NO_CODE_IN_PICTURE: _(
        "The picture holds no record, and no QR code that can be read. Take it closer and straight, or enter the code."
    ),
    Unopened.PICTURE_FORMAT: _("Pictures of this kind are not read. Send it as JPEG or PNG."),
    Unopened.ARCHIVE: _("It is a packed folder. Unpack it, and check the file inside."),
}


def answer_text(answer: Verification) -> AnswerText:
    """The answer in words. Several records have an answer each; the one about all of them only says how many."""
    if answer.members:
        return AnswerText(
            answer.verdict,
            ngettext("%(count)s record was checked.", "%(count)s records were checked.", len(answer.members))
            % {"count": len(answer.members)},
            _SEVERAL_MEANING,
            "" if answer.verdict is Verdict.VALID else "warning",
            "info",
            (),
            file=_file_words(answer),
        )
    title, kind, icon = _TITLES[answer.verdict]
    meaning = _MEANINGS[answer.verdict]
    if any(check.name is CheckName.TRANSCRIPT for check in answer.checks):
        title = _TRANSCRIPT_TITLES.get(answer.verdict, title)
        meaning = _TRANSCRIPT_MEANINGS.get(answer.verdict, meaning)
    elif answer.issuer.known is IssuerKnown.OURS:
        meaning = _REVOKED.get(answer.why, meaning) if answer.verdict is Verdict.REVOKED else meaning
    else:
        title, meaning = _of_others(answer, title, meaning)
    if answer.file is not None and answer.file.kind is FileKind.PDF and answer.verdict is Verdict.VALID:
        title = _EXACT if answer.file.delivered else _INSIDE
        meaning = meaning if answer.file.delivered else _INSIDE_MEANING
    if kind == "success" and not _may_look_like_ours(answer):
        kind, icon = "", "info"
    if answer.issuer.claims_our_name and answer.verdict is Verdict.VALID:
        title, meaning, kind, icon = _BORROWED_NAME, _BORROWED_NAME_MEANING, "error", "alert"
    checks = tuple(_check_text(check) for check in answer.checks)
    return AnswerText(
        answer.verdict, title, meaning, kind, icon, checks, file=_file_words(answer), issuer=_issuer_words(answer)
    )


def _may_look_like_ours(answer: Verification) -> bool:
    """Nothing that others made may look like ours, and no page around a record of ours either."""
    if answer.issuer.known is not IssuerKnown.OURS:
        return False
    return answer.file is None or answer.file.delivered


def _of_others(answer: Verification, title: Words, meaning: Words) -> tuple[Words, Words]:
    """Title and meaning of the answer about a document that is not of ours."""
    reasons = {check.reason for check in answer.checks}
    for reason, verdict, words in _BY_REASON:
        if reason in reasons and answer.verdict is verdict:
            return words
    if answer.verdict is Verdict.VALID:
        registered = answer.issuer.known is IssuerKnown.REGISTERED
        return _SIGNATURE_VALID_REGISTERED if registered else _SIGNATURE_VALID, _SIGNATURE_VALID_MEANING
    if answer.verdict is Verdict.CANNOT_TELL:
        return _partly_told(answer) if answer.signature_holds else title, _RETRY if answer.retry else meaning
    if answer.verdict is Verdict.LAPSED and not answer.signature_holds:
        return title, _EXPIRED_MEANING
    return title, meaning


def _partly_told(answer: Verification) -> Words:
    open_checks = {check.name for check in answer.checks if check.passed is None}
    return _REVOCATION_OPEN if open_checks == {CheckName.STATUS} else _SIGNATURE_VALID_AT_LEAST


def _file_words(answer: Verification) -> Words:
    if answer.file is None:
        return ""
    return _EXACT_FILE if answer.file.delivered else _FILES[answer.file.kind]


def _issuer_words(answer: Verification) -> Words:
    """Who vouches; nothing where no issuer was found or nothing is said of the document."""
    if answer.issuer.claims_our_name:
        return _BORROWED_NAME if answer.verdict is not Verdict.VALID else ""
    told = answer.issuer.known is IssuerKnown.OURS or answer.credential is not None
    return _ISSUERS[answer.issuer.known] if told else ""


def name_match_text(matched: bool) -> tuple[Words, str, str]:
    """The answer about a typed name, with the colour and icon of its notice. There are two, whatever the reason."""
    return (_NAME_MATCHES, "success", "check") if matched else (_NAME_NOT_CONFIRMED, "warning", "alert")


def name_refusal_text(answer: Verification) -> AnswerText:
    """The answer about a document after a typed name was not confirmed: nothing in it has the colour of success."""
    words = answer_text(answer)
    title = _NAME_REFUSALS.get(answer.verdict, words.title)
    return replace(words, title=title, kind="", icon="info") if words.kind == "success" else replace(words, title=title)


def transcript_kind(kind: TranscriptKind) -> Words:
    """The kind of a transcript in words."""
    return _TRANSCRIPT_KINDS[kind]


def unreadable_words(why: Unreadable | Unopened) -> Words:
    """Why a document is not read, or nothing was found in a file."""
    return _UNOPENED[why] if isinstance(why, Unopened) else _UNREADABLE[why]


def _check_text(check: Check) -> CheckText:
    words = _WELL[check.name] if check.passed and check.reason is Reason.WELL else _REASONS[check.reason]
    return CheckText(_NAMES[check.name], words, check.passed)
