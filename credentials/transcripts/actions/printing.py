"""A transcript as PDF, kept for a while."""

from datetime import datetime

from credentials.models import Transcript
from credentials.papers.actions import printed
from credentials.papers.queries import check_url
from credentials.transcripts.formats.transcript_pdf import transcript_pdf as drawn_transcript
from credentials.transcripts.queries import stored_facts


def transcript_pdf(transcript: Transcript, *, at: datetime) -> bytes:
    """The transcript on paper. Raises LettersWithoutFontError and RetentionEndedError."""
    facts, check = stored_facts(transcript), check_url(transcript.serial)
    return printed(transcript.learner, transcript.digest, lambda: drawn_transcript(facts, check_url=check), at=at)
