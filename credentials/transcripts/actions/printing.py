"""A transcript as a PDF, which is kept for a while."""

from datetime import datetime

from credentials.models import Transcript
from credentials.papers.actions import kept_pdf
from credentials.papers.queries import check_url
from credentials.transcripts.formats.transcript_pdf import transcript_pdf as rendered_transcript
from credentials.transcripts.queries.stored_transcripts import stored_facts


def transcript_pdf(transcript: Transcript, *, at: datetime) -> bytes:
    """The transcript as PDF bytes. Raises LettersWithoutFontError and RetentionEndedError."""
    facts, url = stored_facts(transcript), check_url(transcript.serial)
    return kept_pdf(transcript.learner, transcript.digest, lambda: rendered_transcript(facts, check_url=url), at=at)
