"""Answers about our own credentials and transcripts, from our own rows; nothing is fetched.

This reads no learner's record: an answer shows no more than the presented document, and for a code never the name.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.text import canonical
from credentials.badges.formats.data_integrity import bytes_of
from credentials.issuing.queries.credentials import credential_by_id, status_of
from credentials.issuing.queries.documents import document_by_code
from credentials.models import Credential, Document, DocumentKind, KeyState
from credentials.rules.codes import stored_code
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.verdicts import (
    NOT_KNOWN,
    CredentialSummary,
    TranscriptSummary,
    Verification,
    verdict_of_ours,
    verdict_of_transcript,
)

ADDRESS = re.compile(r"(?i)/credentials/(?P<id>[0-9a-f-]{36})/?")
CODE_ADDRESS = re.compile(r"(?i)/verify/(?P<code>[^/]+)/?")
CODE_PAGE = re.compile(r"(?i)/verify/?")


def verification_of_code(typed: str, *, at: datetime) -> Verification:
    """The answer about the document with this printed code or serial.

    It is *not known* for a code that was never issued, and for a transcript after its retention.
    """
    document = document_by_code(typed)
    if document is None:
        return NOT_KNOWN
    return replace(_of_ours(document, unaltered=None, at=at), code=stored_code(typed) or "")


def is_code(typed: str) -> bool:
    """Whether the text is a well-formed code or serial; nothing is looked up."""
    return stored_code(typed) is not None


def of_our_link(link: str, *, at: datetime) -> Verification:
    """The answer about what an address of ours leads to: a credential, or the answer about a code."""
    parts = urlsplit(link)
    by_code = CODE_ADDRESS.fullmatch(parts.path)
    asked = parse_qs(parts.query).get("code") if CODE_PAGE.fullmatch(parts.path) else None
    if by_code or asked:
        return verification_of_code(unquote(by_code["code"]) if by_code else (asked or [""])[0], at=at)
    credential = _by_link(link)
    return NOT_KNOWN if credential is None else _of_ours(credential, unaltered=None, at=at)


def of_our_document(document: Mapping[str, Any], claimed: str, *, at: datetime) -> Verification:
    """The answer about a document with the address `claimed` of ours; the order of members does not matter."""
    credential = _by_link(claimed)
    if credential is None:
        return NOT_KNOWN
    return _of_ours(credential, unaltered=_digest_of(document) == credential.digest, at=at)


def of_transcript_document(document: Mapping[str, Any]) -> Verification:
    """The answer about the facts of a transcript, as a PDF carries them or as a partner got them."""
    serial = document.get("serial")
    transcript = document_by_code(serial) if isinstance(serial, str) else None
    if transcript is None or transcript.kind != DocumentKind.TRANSCRIPT:
        return NOT_KNOWN
    return _of_transcript(transcript, unaltered=_digest_of(document) == transcript.digest)


def _of_transcript(transcript: Document, *, unaltered: bool | None) -> Verification:
    facts = transcript.facts
    if facts is None:
        return NOT_KNOWN
    summary = TranscriptSummary(
        kind=TranscriptKind.OFFICIAL if transcript.official else TranscriptKind.OWN,
        issuer=facts["issuer"]["name"],
        made_on=date.fromisoformat(facts["made_on"]),
    )
    return verdict_of_transcript(
        summary,
        unaltered=unaltered,
        replaced_at=transcript.superseded_at,
        issuer=facts["issuer"].get("did", ""),
    )


def _of_ours(document: Document, *, unaltered: bool | None, at: datetime) -> Verification:
    """The answer about a document of ours; its kind decides what is said of it."""
    if document.kind == DocumentKind.TRANSCRIPT:
        return _of_transcript(document, unaltered=unaltered)
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
        issuer=issuer.did,
    )


def _digest_of(document: Mapping[str, Any]) -> str:
    """The digest of the canonical form of a document; empty where a number has no canonical form."""
    try:
        return canonical.digest_of_bytes(bytes_of(document))
    except ValueError:
        return ""


def _by_link(link: str) -> Credential | None:
    found = ADDRESS.fullmatch(urlsplit(link).path)
    if found is None:
        return None
    try:
        public_id = uuid.UUID(found["id"])
    except ValueError:
        return None
    return credential_by_id(public_id)
