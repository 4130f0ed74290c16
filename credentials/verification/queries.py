"""Verifying what somebody presents: our documents from our own rows without a fetch, others with guarded fetches.

This reads no learner's record: an answer shows no more than the presented document, and for a code never the name.
"""

import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from core.outbound import Network, NotFetchedError, fetch
from core.text import canonical
from credentials.badges.formats.data_integrity import bytes_of
from credentials.badges.formats.untrusted_json import Unreadable, UnreadableError, document_of
from credentials.issuing.queries.credentials import credential_by_id, status_of
from credentials.issuing.queries.documents import document_by_code
from credentials.models import Credential, Document, DocumentKind, Issuer, KeyState
from credentials.rules.codes import stored_code
from credentials.transcripts.formats.transcript_json import FORMAT
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.formats import foreign
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.verdicts import (
    NOT_KNOWN,
    CredentialSummary,
    TranscriptSummary,
    Verdict,
    Verification,
    verdict_of_checks,
    verdict_of_ours,
    verdict_of_transcript,
)

ADDRESS = re.compile(r"/credentials/(?P<id>[0-9a-fA-F-]{36})/?")
CODE_ADDRESS = re.compile(r"/verify/(?P<code>[^/]+)/?")
MAX_TEXT_LENGTH = 300
ACCEPTED_TYPES = "application/vc, application/ld+json, application/json;q=0.9"


def verification_of_code(typed: str, *, at: datetime) -> Verification:
    """The answer about the document with this printed code or serial.

    It is *not known* for a code that was never issued, and for a transcript after its retention.
    """
    document = document_by_code(typed)
    return NOT_KNOWN if document is None else _of_ours(document, unaltered=None, at=at)


def verification_of_words(words: str, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a code or a link that somebody typed; only links to other sites are fetched."""
    typed = words.strip()
    if "://" not in typed:
        return verification_of_code(typed, at=at)
    if _is_here(typed):
        return _of_our_link(typed, at=at)
    try:
        fetched = fetch(typed, accept=ACCEPTED_TYPES, network=network)
    except NotFetchedError:
        return Verification(Verdict.CANNOT_TELL, (Check(CheckName.READABLE, None, Reason.NOT_FETCHED),))
    try:
        return verification_of_document(fetched.content, at=at, network=network)
    except UnreadableError as error:
        return unreadable(error)


def unreadable(error: UnreadableError) -> Verification:
    """The answer about content that is no document, or that two parsers could read differently."""
    reason = Reason.TOO_LARGE if error.why is Unreadable.TOO_LARGE else Reason.NOT_JSON
    return Verification(Verdict.CANNOT_TELL, (Check(CheckName.READABLE, False, reason),))


def verification_of_document(content: bytes, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a document: a credential, ours or not, or the facts of a transcript. Raises UnreadableError."""
    document = document_of(content)
    if document.get("format") == FORMAT:
        return _of_transcript_document(document)
    claimed = document.get("id")
    if isinstance(claimed, str) and _is_here(claimed):
        credential = _by_link(claimed)
        return NOT_KNOWN if credential is None else _of_our_document(credential, document, at=at)
    # Each credential of ours has an address of ours, so that one without is not from us, whatever it says.
    if _names_our_issuer(document):
        return NOT_KNOWN

    def read(address: str) -> bytes:
        return fetch(address, accept=ACCEPTED_TYPES, network=network).content

    return verdict_of_checks(foreign.verify(content, read, at=at), _summary_of(document))


def is_code(typed: str) -> bool:
    """Whether the text is a well-formed code or serial; nothing is looked up."""
    return stored_code(typed) is not None


def _of_our_link(link: str, *, at: datetime) -> Verification:
    path = urlsplit(link).path
    by_code = CODE_ADDRESS.fullmatch(path)
    if by_code:
        return verification_of_code(unquote(by_code["code"]), at=at)
    credential = _by_link(link)
    return NOT_KNOWN if credential is None else _of_ours(credential, unaltered=None, at=at)


def _of_our_document(credential: Credential, document: Mapping[str, Any], *, at: datetime) -> Verification:
    """The answer about our credential and a document presented as it; the order of members does not matter."""
    return _of_ours(credential, unaltered=_digest_of(document) == credential.digest, at=at)


def _of_transcript_document(document: Mapping[str, Any]) -> Verification:
    """The answer about the facts of a transcript, as a PDF carries them or as a partner got them."""
    serial = document.get("serial")
    transcript = document_by_code(serial) if isinstance(serial, str) else None
    if transcript is None or transcript.kind != DocumentKind.TRANSCRIPT:
        return NOT_KNOWN
    return _of_our_transcript(transcript, unaltered=_digest_of(document) == transcript.digest)


def _of_our_transcript(transcript: Document, *, unaltered: bool | None) -> Verification:
    facts = transcript.facts
    if facts is None:
        return NOT_KNOWN
    summary = TranscriptSummary(
        kind=TranscriptKind.OFFICIAL if transcript.official else TranscriptKind.OWN,
        issuer=facts["issuer"]["name"],
        made_on=date.fromisoformat(facts["made_on"]),
    )
    return verdict_of_transcript(summary, unaltered=unaltered, replaced_at=transcript.superseded_at)


def _digest_of(document: Mapping[str, Any]) -> str:
    """The digest of the canonical form of a document; empty where a number has no canonical form."""
    try:
        return canonical.digest_of_bytes(bytes_of(document))
    except ValueError:
        return ""


def _of_ours(document: Document, *, unaltered: bool | None, at: datetime) -> Verification:
    """The answer about a document of ours; its kind decides what is said of it."""
    if document.kind == DocumentKind.TRANSCRIPT:
        return _of_our_transcript(document, unaltered=unaltered)
    award, issuer, key = document.award, document.issuer, document.key
    if award is None or issuer is None or key is None:
        return NOT_KNOWN  # a kind that is not issued yet
    until = award.valid_until  # the first day without it
    summary = CredentialSummary(
        title=award.achievement_version.title,
        issuer=issuer.name,
        awarded_on=award.awarded_on,
        valid_until=until - timedelta(days=1) if until else None,
    )
    return verdict_of_ours(
        status_of(document, at=at),
        unaltered=unaltered,
        key_trusted=key.state != KeyState.COMPROMISED,
        summary=summary,
    )


def _by_link(link: str) -> Credential | None:
    found = ADDRESS.fullmatch(urlsplit(link).path)
    if found is None:
        return None
    try:
        public_id = uuid.UUID(found["id"])
    except ValueError:
        return None
    return credential_by_id(public_id)


def _origins() -> set[str]:
    # An installation may move: signed documents keep the origin of their issuer's first key.
    return {settings.PUBLIC_URL, *Issuer.objects.exclude(origin="").values_list("origin", flat=True)}


def _is_here(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}".lower() in _origins()


def _names_our_issuer(document: Mapping[str, Any]) -> bool:
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return isinstance(named, str) and any(row.did == named for row in Issuer.objects.exclude(origin=""))


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
        valid_until=_day(document.get("validUntil")),
    )


def _text(value: object) -> str:
    return value[:MAX_TEXT_LENGTH] if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None
