"""The answer about a credential or transcript, and each of its checks, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.badges.formats.untrusted_json import Unreadable
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.verdicts import Verdict, Verification

Words = str | Promise


@dataclass(frozen=True, slots=True)
class CheckText:
    """One check as a page shows it; `passed` is None where the check was not possible."""

    name: Words
    words: Words
    passed: bool | None


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The answer as a page shows it: a sentence, its meaning, the colour and icon of the notice, and the checks."""

    verdict: Verdict
    title: Words
    meaning: Words
    kind: str
    icon: str
    checks: tuple[CheckText, ...]


_TITLES: Mapping[Verdict, tuple[Words, str, str]] = {
    Verdict.VALID: (_("This credential is valid."), "success", "check"),
    Verdict.REPLACED: (_("This credential was replaced by a newer one."), "warning", "history"),
    Verdict.REVOKED: (_("This credential was revoked."), "error", "cross"),
    Verdict.LAPSED: (_("This credential has lapsed."), "warning", "clock"),
    Verdict.NOT_YET: (_("This credential does not hold yet."), "warning", "clock"),
    Verdict.ALTERED: (_("This is not what was signed."), "error", "cross"),
    Verdict.NOT_KNOWN: (_("Not known here."), "warning", "info"),
    Verdict.CANNOT_TELL: (_("We cannot tell."), "warning", "alert"),
}
_MEANINGS: Mapping[Verdict, Words] = {
    Verdict.VALID: _("It was issued as it stands here, and it holds today."),
    Verdict.REPLACED: _("What it says was true when it was issued. Ask its holder for the newer one."),
    Verdict.REVOKED: _("It was issued, and it holds no more."),
    Verdict.LAPSED: _("It was issued for a time, and that time is over."),
    Verdict.NOT_YET: _("It was issued, and holds from a later day on."),
    Verdict.ALTERED: _("Something in it was changed, or its signature is not the issuer's. Do not rely on it."),
    Verdict.NOT_KNOWN: _(
        "Nothing that can be checked goes by this here. That says nothing about anybody: compare what you typed, or "
        "ask whoever gave it to you."
    ),
    Verdict.CANNOT_TELL: _("One of the checks could not be made. Try again later, or ask the issuer."),
}
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
    "rescinded": _("The institution took the award back."),
    "key_replaced": _("The key that signed it was replaced. Ask its holder for the new credential."),
    "holders_wish": _("Its holder wished so. That says nothing about what was achieved."),
}
_NAMES: Mapping[CheckName, Words] = {
    CheckName.READABLE: _("Readable"),
    CheckName.CREDENTIAL: _("A credential"),
    CheckName.ISSUER_KEY: _("Key of the issuer"),
    CheckName.SIGNATURE: _("Signature"),
    CheckName.CONTENT: _("Content"),
    CheckName.STARTED: _("Begun"),
    CheckName.NOT_LAPSED: _("Not lapsed"),
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
    CheckName.STARTED: _("It has begun."),
    CheckName.NOT_LAPSED: _("It has not lapsed."),
    CheckName.STATUS: _("The issuer has not taken it back."),
    CheckName.TRANSCRIPT: _("One was made here with this serial."),
    CheckName.FACTS: _("They are those that were kept here, word for word."),
    CheckName.IN_FORCE: _("No later one took its place."),
}
_REASONS: Mapping[Reason, Words] = {
    Reason.TOO_LARGE: _("It is larger than 256 kB."),
    Reason.NOT_JSON: _("It is no JSON that every reader takes for the same."),
    Reason.NOT_A_BADGE: _("It is in a form that is not known here: Open Badges 3.0 is."),
    Reason.NO_PROOF: _("It carries no signature."),
    Reason.SEVERAL_PROOFS: _("It carries several signatures; one is known here."),
    Reason.OTHER_SUITE: _("It is signed in a way that is not known here."),
    Reason.UNKNOWN_CONTEXT: _("It uses a vocabulary that is not known here."),
    Reason.OTHER_DID: _("The issuer names itself in a way that is not known here: did:key and did:web are."),
    Reason.DID_NOT_CANONICAL: _("The issuer's name is written in a way that could mean two things."),
    Reason.KEY_OF_ANOTHER: _("The key that it names is not the issuer's."),
    Reason.NOT_FETCHED: _("What is needed could not be fetched: not there, too slow, or at an address we do not ask."),
    Reason.KEY_NOT_LISTED: _("The issuer does not stand by the key that signed it."),
    Reason.WRONG_SIGNATURE: _("It differs from what was signed."),
    Reason.UNSIGNED_MEMBERS: _("It says things that its signature does not cover."),
    Reason.NO_INSTANT: _("It gives a date that is none."),
    Reason.NOT_YET: _("It holds from a later day on."),
    Reason.LAPSED: _("The time for which it was given is over."),
    Reason.NO_STATUS: _("It names no list of revoked credentials, so none was asked."),
    Reason.OTHER_STATUS: _("Its issuer publishes revocations in a way that is not known here."),
    Reason.WRONG_LIST: _("The list of revoked credentials is not one that its issuer signed."),
    Reason.OLD_LIST: _("The list of revoked credentials is out of date."),
    Reason.REVOKED: _("The issuer says that it holds no more."),
    Reason.OTHER_FACTS: _("They differ from those that were kept here."),
    Reason.REPLACED: _("A later one took its place."),
    Reason.LIBRARY: _("The program that checks signatures is not the one that was tested here."),
    Reason.NOT_REACHED: _("Not looked at, because of an earlier check."),
}
_UNREADABLE: Mapping[Unreadable, Words] = {
    Unreadable.EMPTY: _("There is nothing in it."),
    Unreadable.TOO_LARGE: _("It is larger than 256 kB: no credential is."),
    Unreadable.NOT_JSON: _("It is no JSON: copy the whole text, from the first brace to the last."),
    Unreadable.NOT_TEXT: _("It holds characters that are none: save it as UTF-8 text."),
    Unreadable.TOO_DEEP: _("Its parts lie more than 32 levels deep in each other: no credential's do."),
    Unreadable.TWICE: _("A member stands in it twice, so that two readers could read two things."),
    Unreadable.NUMBER: _("It holds a number that is none, or one that is endlessly long."),
    Unreadable.NO_OBJECT: _("It is JSON, but no credential: those begin with a brace."),
}


def answer_text(answer: Verification) -> AnswerText:
    """The answer in words."""
    title, kind, icon = _TITLES[answer.verdict]
    if any(check.name is CheckName.TRANSCRIPT for check in answer.checks):
        title = _TRANSCRIPT_TITLES.get(answer.verdict, title)
        meaning = _TRANSCRIPT_MEANINGS.get(answer.verdict, _MEANINGS[answer.verdict])
        return AnswerText(answer.verdict, title, meaning, kind, icon, tuple(map(_check_text, answer.checks)))
    meaning = _REVOKED.get(answer.why, _MEANINGS[answer.verdict]) if _is_revoked(answer) else _MEANINGS[answer.verdict]
    return AnswerText(answer.verdict, title, meaning, kind, icon, tuple(_check_text(check) for check in answer.checks))


def transcript_kind(kind: TranscriptKind) -> Words:
    """The kind of a transcript in words."""
    return _TRANSCRIPT_KINDS[kind]


def unreadable_words(why: Unreadable) -> Words:
    """Why a document is not read."""
    return _UNREADABLE[why]


def _is_revoked(answer: Verification) -> bool:
    return answer.verdict is Verdict.REVOKED


def _check_text(check: Check) -> CheckText:
    words = _WELL[check.name] if check.passed and check.reason is Reason.WELL else _REASONS[check.reason]
    return CheckText(_NAMES[check.name], words, check.passed)
