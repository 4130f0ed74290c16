"""The answer about what somebody presents: a code, an address, a text or a file.

Our documents are answered from our own rows without a fetch, those of others with guarded fetches.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core.outbound import Network, NotFetchedError, Why, fetch
from core.text.letters import printable
from credentials.badges.formats.untrusted_json import (
    Unreadable,
    UnreadableError,
    document_of,
    list_of,
    looks_like_list,
)
from credentials.transcripts.rules import TranscriptFormat
from credentials.verification.formats import foreign
from credentials.verification.formats.hosted_badges import HostedBadge, is_badge_of_2
from credentials.verification.formats.issuer_keys import Fetch
from credentials.verification.formats.jwt_credentials import looks_like_jwt
from credentials.verification.formats.presentations import credentials_in, is_presentation, records_of
from credentials.verification.formats.presented_files import NotOpenedError, Opened, Unopened, opened
from credentials.verification.queries.deliveries import delivered_content
from credentials.verification.queries.known_issuers import is_here, is_our_issuer, issuer_answer
from credentials.verification.queries.our_documents import (
    is_code,
    of_our_document,
    of_our_link,
    of_transcript_document,
    verification_of_code,
)
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.typed_words import address_in
from credentials.verification.rules.verdicts import (
    NOT_KNOWN,
    CredentialSummary,
    FileAnswer,
    FileKind,
    Verdict,
    Verification,
    verdict_of_checks,
    verdict_of_several,
)

# Files that may hold something else as well, and the answer where that is all.
NOTHING_ELSE = {
    FileKind.PDF: Unopened.NO_RECORD_IN_PDF,
    FileKind.PHOTO: Unopened.NO_CODE_IN_PICTURE,
}
# The answer about a file in which nothing can be judged, where no words of ours are shown.
NOT_OPENED = Verification(Verdict.NOT_SUPPORTED, (Check(CheckName.READABLE, False, Reason.NO_RECORD),))
# Why content is no document, where it is not that no two parsers would read it alike.
REASONS = {
    Unreadable.TOO_LARGE: Reason.TOO_LARGE,
    Unreadable.NO_OBJECT: Reason.NOT_A_BADGE,
    Unreadable.EMPTY: Reason.NOT_A_BADGE,
}
NOT_FETCHED = Verification(Verdict.CANNOT_TELL, (Check(CheckName.READABLE, None, Reason.NOT_FETCHED),))
MAX_TEXT_LENGTH = 300
MAX_WORDS_LENGTH = 2_000
MAX_FETCHES = 10
MAX_SECONDS = 15.0  # for all that one question fetches
ACCEPTED_TYPES = "application/vc, application/vc+jwt, application/ld+json, application/json;q=0.9, */*;q=0.1"


def verification_of_words(words: str, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a code or an address that somebody typed; only addresses of other sites are fetched."""
    address = address_in(words)
    if address is None:
        return verification_of_code(words, at=at)
    if is_here(address):
        return of_our_link(address, at=at)
    read = _reader(network)
    try:
        content = read(address)
    except NotFetchedError:
        return NOT_FETCHED
    try:
        return _of_opened(opened(content), content, read, at=at)
    except UnreadableError as error:
        return unreadable(error)
    except NotOpenedError:
        return NOT_OPENED


def unreadable(error: UnreadableError) -> Verification:
    """The answer about content that is no document, or that two parsers could read differently."""
    return verdict_of_checks([Check(CheckName.READABLE, False, REASONS.get(error.why, Reason.NOT_JSON))], None)


def verification_of_file(content: bytes, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about the record in a file: a document, a PDF, a baked image, a photo of a QR code.

    Raises UnreadableError and NotOpenedError.
    """
    return _of_opened(opened(content), content, _reader(network), at=at)


def verification_of_document(content: bytes, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a document, JSON or a JWT: a credential, ours or not, or the facts of a transcript.

    Raises UnreadableError.
    """
    return _of_record(content, _reader(network), at=at)


def _of_opened(found: Opened, content: bytes, read: Fetch, *, at: datetime) -> Verification:
    if found.kind is None:
        return _of_part(found.records[0], read, at=at)
    # Beside the record a file may hold others, such as an invoice as JSON, or the QR code of a network.
    records = [record for record in found.records if found.kind not in NOTHING_ELSE or _is_checkable(record)]
    if not records:
        raise NotOpenedError(NOTHING_ELSE[found.kind])
    exact = found.kind is FileKind.PDF and delivered_content(content)
    answers = [_of_part(record, read, at=at) for record in records]
    return _together(answers, FileAnswer(found.kind, delivered=exact))


def _together(answers: list[Verification], file: FileAnswer | None) -> Verification:
    """The answer about several records. Each is about its own record inside the file too, if they came in one."""
    inside = [_inside(answer, file) for answer in answers]
    return inside[0] if len(inside) == 1 else replace(verdict_of_several(inside), file=file)


def _inside(answer: Verification, file: FileAnswer | None) -> Verification:
    """The answer with the file around its record; a list inside a file has members, which are inside it too."""
    return replace(answer, file=file, members=tuple(_inside(member, file) for member in answer.members))


def _is_checkable(record: bytes) -> bool:
    """Whether a part of a file can be one that is checked: a document, a JWT, a code, or an address."""
    if looks_like_jwt(record.strip()):
        return True
    words = record.decode("utf-8", "replace").strip()
    if not words.startswith("{"):
        return is_code(words) or address_in(words) is not None
    try:
        return not {"type", "format", "@context"}.isdisjoint(document_of(record))
    except UnreadableError:
        return False


def _of_part(record: bytes, read: Fetch, *, at: datetime) -> Verification:
    """The answer about what a file holds: a record, or a code or an address as a QR code and older badges hold it."""
    words = record.decode("utf-8", "replace").strip()
    if looks_like_jwt(record.strip()) or words.startswith(("{", "[")) or len(words) > MAX_WORDS_LENGTH:
        return _of_record(record, read, at=at)
    if is_code(words):
        return verification_of_code(words, at=at)
    # A sentence with a dot in it is no address: only what stands alone is asked.
    address = address_in(words) if len(words.split()) == 1 else None
    if address is None:
        return _of_record(record, read, at=at)
    if is_here(address):
        return of_our_link(address, at=at)
    try:
        return _of_record(read(address), read, at=at)
    except NotFetchedError:
        return NOT_FETCHED


def _of_record(content: bytes, read: Fetch, *, at: datetime, presented: bool = False) -> Verification:
    stripped = content.strip()
    if looks_like_jwt(stripped):
        document = foreign.credential_of(stripped)
        if not document:
            raise UnreadableError(Unreadable.NOT_JSON)
        content = stripped
    elif looks_like_list(stripped) and not presented:
        return _of_several(list_of(content), read, at=at)
    else:
        document = document_of(content)
    if is_presentation(document):
        if presented:
            raise UnreadableError(Unreadable.NO_OBJECT)
        # Who presents it is not asked: that needs a question first.
        return _of_several(credentials_in(document), read, at=at, file=FileAnswer(FileKind.PRESENTATION))
    if document.get("format") in list(TranscriptFormat):
        return of_transcript_document(document)
    claimed = document.get("id")
    # Without a signature nothing is compared: it is unsigned, and not altered, whatever address it names.
    if isinstance(claimed, str) and is_here(claimed) and document.get("proof"):
        return of_our_document(document, claimed, at=at)
    # Each credential of ours has an address of ours, so that one without is not from us, whatever it says.
    if is_our_issuer(document) and document.get("proof"):
        return NOT_KNOWN
    return _of_others(document, content, read, at=at)


def _of_others(document: Mapping[str, Any], content: bytes, read: Fetch, *, at: datetime) -> Verification:
    if is_badge_of_2(document):
        badge = HostedBadge(document, read, at)
        checks, named = badge.checks(), badge.named
    else:
        checks, named = foreign.verify(content, read, at=at), dict(document)
    summary = _summary_of(named)
    return verdict_of_checks(checks, summary, issuer_answer(named, checks, name=summary.issuer))


def _of_several(listed: Sequence[Any], read: Fetch, *, at: datetime, file: FileAnswer | None = None) -> Verification:
    """The answer about the credentials in a list or a presentation: each is judged by itself."""
    try:
        records = records_of(listed)
    except ValueError:
        return verdict_of_checks([Check(CheckName.READABLE, False, Reason.TOO_MANY)], None)
    if not records:
        return verdict_of_checks([Check(CheckName.CREDENTIAL, False, Reason.NOT_A_BADGE)], None)
    return _together([_of_member(record, read, at=at) for record in records], file)


def _of_member(record: bytes, read: Fetch, *, at: datetime) -> Verification:
    try:
        return _of_record(record, read, at=at, presented=True)
    except UnreadableError as error:
        return unreadable(error)


def _reader(network: Network | None) -> Fetch:
    """A guarded fetcher for one question: a few addresses and seconds in all, so that nobody can keep it waiting."""
    ends, left = time.monotonic() + MAX_SECONDS, iter(range(MAX_FETCHES))

    def read(address: str) -> bytes:
        if next(left, None) is None or time.monotonic() >= ends:
            raise NotFetchedError(Why.TOO_SLOW)
        return fetch(address, accept=ACCEPTED_TYPES, network=network).content

    return read


def _summary_of(document: Mapping[str, Any]) -> CredentialSummary:
    """What a document says about itself, cut to what a page can show; days as they are written."""
    issuer = document.get("issuer")
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    named = achievement if isinstance(achievement, dict) else document
    return CredentialSummary(
        title=_text(named.get("name")) or _text(document.get("name")),
        issuer=_text(issuer.get("name")) or _text(issuer.get("id")) if isinstance(issuer, dict) else _text(issuer),
        awarded_on=_day(document.get("awardedDate")),
        valid_until=_day(document.get("validUntil", document.get("expirationDate"))),
    )


def _text(value: object) -> str:
    return printable(value[:MAX_TEXT_LENGTH]) if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None
