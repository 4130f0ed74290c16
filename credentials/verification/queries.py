"""Checking what somebody holds: ours from our own rows, never by fetching; others' credentials under guard.

Nothing here is a read of a learner's record: an answer shows no more than the document, and by code never the name.
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
from credentials.issuing.queries.credentials import credential_by_code, credential_by_id, standing_of
from credentials.models import Credential, Issuer, KeyState, Transcript
from credentials.rules.codes import normalized, normalized_serial
from credentials.transcripts.formats.transcript_json import FORMAT
from credentials.transcripts.queries import transcript_by_serial
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.formats import foreign
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.verdicts import (
    NOT_KNOWN,
    Told,
    ToldOfTranscript,
    Verdict,
    Verification,
    verdict_of_checks,
    verdict_of_ours,
    verdict_of_transcript,
)

ADDRESS = re.compile(r"/credentials/(?P<id>[0-9a-fA-F-]{36})/?")
CODE_ADDRESS = re.compile(r"/verify/(?P<code>[^/]+)/?")
LONGEST = 300
ACCEPTED = "application/vc, application/ld+json, application/json;q=0.9"


def verification_of_code(typed: str, *, at: datetime) -> Verification:
    """The answer about the credential with this printed code, or the transcript with this serial.

    What nobody was given is *not known*, and so is a transcript whose retention has ended.
    """
    if normalized_serial(typed) is not None:
        transcript = transcript_by_serial(typed)
        return NOT_KNOWN if transcript is None else _of_our_transcript(transcript)
    credential = credential_by_code(typed)
    return NOT_KNOWN if credential is None else _of_ours(credential, unaltered=None, at=at)


def verification_of_words(words: str, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a code or a link that somebody typed: our links from our rows, others' fetched."""
    typed = words.strip()
    if "://" not in typed:
        return verification_of_code(typed, at=at)
    if _is_here(typed):
        return _of_our_link(typed, at=at)
    try:
        fetched = fetch(typed, accept=ACCEPTED, network=network)
    except NotFetchedError:
        return Verification(Verdict.CANNOT_TELL, (Check(CheckName.READABLE, None, Reason.NOT_FETCHED),))
    try:
        return verification_of_document(fetched.content, at=at, network=network)
    except UnreadableError as error:
        return unreadable(error)


def unreadable(error: UnreadableError) -> Verification:
    """The answer about what is no document, or one that two readers could read as two things."""
    reason = Reason.TOO_LARGE if error.why is Unreadable.TOO_LARGE else Reason.NOT_JSON
    return Verification(Verdict.CANNOT_TELL, (Check(CheckName.READABLE, False, reason),))


def verification_of_document(content: bytes, *, at: datetime, network: Network | None = None) -> Verification:
    """The answer about a document. Raises UnreadableError when it is none."""
    document = document_of(content)
    if document.get("format") == FORMAT:
        return _of_transcript_document(document)
    claimed = document.get("id")
    if isinstance(claimed, str) and _is_here(claimed):
        credential = _by_link(claimed)
        return NOT_KNOWN if credential is None else _of_our_document(credential, document, at=at)
    if _names_our_issuer(document):  # signed by nobody we know of: our own credentials all have an address of ours
        return NOT_KNOWN

    def read(address: str) -> bytes:
        return fetch(address, accept=ACCEPTED, network=network).content

    return verdict_of_checks(foreign.verify(content, read, at=at), _told_by(document))


def is_code(typed: str) -> bool:
    """Whether the characters fit together; nothing is looked up."""
    return normalized(typed) is not None or normalized_serial(typed) is not None


def _of_our_link(link: str, *, at: datetime) -> Verification:
    path = urlsplit(link).path
    by_code = CODE_ADDRESS.fullmatch(path)
    if by_code:
        return verification_of_code(unquote(by_code["code"]), at=at)
    credential = _by_link(link)
    return NOT_KNOWN if credential is None else _of_ours(credential, unaltered=None, at=at)


def _of_our_document(credential: Credential, document: Mapping[str, Any], *, at: datetime) -> Verification:
    """Word for word what we signed, in whatever order its members came: its one spelling has the digest we kept."""
    return _of_ours(credential, unaltered=_digest_of(document) == credential.digest, at=at)


def _of_transcript_document(document: Mapping[str, Any]) -> Verification:
    """The facts that travel inside a transcript's PDF, or that a partner was answered, against those we kept."""
    serial = document.get("serial")
    transcript = transcript_by_serial(serial) if isinstance(serial, str) else None
    if transcript is None:
        return NOT_KNOWN
    return _of_our_transcript(transcript, unaltered=_digest_of(document) == transcript.digest)


def _of_our_transcript(transcript: Transcript, *, unaltered: bool | None = None) -> Verification:
    facts = transcript.facts
    if facts is None:
        return NOT_KNOWN
    told = ToldOfTranscript(
        kind=TranscriptKind(transcript.kind),
        issuer=facts["issuer"]["name"],
        made_on=date.fromisoformat(facts["made_on"]),
    )
    successor = Transcript.objects.filter(supersedes=transcript).only("made_at").first()
    return verdict_of_transcript(told, unaltered=unaltered, replaced_at=successor.made_at if successor else None)


def _digest_of(document: Mapping[str, Any]) -> str:
    """The digest of a document in its one spelling; empty where a number has none."""
    try:
        return canonical.digest_of_bytes(bytes_of(document))
    except ValueError:
        return ""


def _of_ours(credential: Credential, *, unaltered: bool | None, at: datetime) -> Verification:
    version, until = credential.award.achievement_version, credential.award.valid_until  # the first day without it
    told = Told(
        title=version.title,
        issuer=credential.issuer.name,
        awarded_on=credential.award.awarded_on,
        valid_until=until - timedelta(days=1) if until else None,
    )
    return verdict_of_ours(
        standing_of(credential, at=at),
        unaltered=unaltered,
        key_trusted=credential.key.state != KeyState.COMPROMISED,
        told=told,
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


def _told_by(document: Mapping[str, Any]) -> Told:
    """What a document says of itself, cut to what a page can show; days as written."""
    issuer = document.get("issuer")
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    named = achievement if isinstance(achievement, dict) else document
    return Told(
        title=_text(named.get("name")) or _text(document.get("name")),
        issuer=_text(issuer.get("name")) or _text(issuer.get("id")) if isinstance(issuer, dict) else _text(issuer),
        awarded_on=_day(document.get("awardedDate")),
        valid_until=_day(document.get("validUntil")),
    )


def _text(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None
