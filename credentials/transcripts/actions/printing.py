"""Transcripts as PDFs, which are kept for a while, and the PDFs of everything that was ever printed or may be."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from credentials.errors import LettersWithoutFontError
from credentials.models import Credential, DeliveredKind, Transcript
from credentials.papers.actions import certificate_pdf, kept_pdf, record_delivery
from credentials.papers.queries import check_url
from credentials.transcripts.formats.transcript_pdf import transcript_pdf as rendered_transcript
from credentials.transcripts.queries.stored_transcripts import stored_facts


def transcript_pdf(transcript: Transcript, *, at: datetime) -> bytes:
    """The transcript as PDF bytes. Raises LettersWithoutFontError and RetentionEndedError."""
    facts, url = stored_facts(transcript), check_url(transcript.serial)
    render = partial(rendered_transcript, facts, check_url=url)
    content = kept_pdf(transcript.learner, transcript.digest, render, at=at)
    return record_delivery(content, kind=DeliveredKind.TRANSCRIPT, at=at)


def printed_files(*, at: datetime) -> Iterator[tuple[str, bytes | None]]:
    """Yield every certificate and transcript within its retention as a file name and PDF bytes.

    The bytes are None where no font has a letter of the document.
    """
    credentials = Credential.objects.published().exclude(content=None).exclude(name=None).order_by("pk")
    for credential in credentials.iterator(chunk_size=200):
        yield f"certificate-{credential.public_id}.pdf", _bytes_or_none(partial(certificate_pdf, credential, at=at))
    for transcript in Transcript.objects.exclude(content=None).select_related("code_row", "learner").order_by("pk"):
        yield f"transcript-{transcript.serial}.pdf", _bytes_or_none(partial(transcript_pdf, transcript, at=at))


def _bytes_or_none(press: Callable[[], bytes]) -> bytes | None:
    try:
        return press()
    except LettersWithoutFontError:
        return None
