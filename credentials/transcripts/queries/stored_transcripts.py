"""Reads of stored transcripts: by learner, id or serial, and what each of them says."""

from typing import Any
from uuid import UUID

from accounts.models import Learner
from credentials.errors import RetentionEndedError
from credentials.models import Transcript
from credentials.rules.codes import normalized_serial
from credentials.transcripts.formats.transcript_json import read_transcript
from credentials.transcripts.rules import TranscriptFacts


def transcript_json(transcript: Transcript) -> dict[str, Any]:
    """The JSON that partners get: the facts as they were stored. Raises RetentionEndedError."""
    facts = transcript.facts
    if facts is None:
        raise RetentionEndedError
    return facts


def stored_facts(transcript: Transcript) -> TranscriptFacts:
    """The facts as they were stored, as values. Raises RetentionEndedError."""
    return read_transcript(transcript_json(transcript))


def transcripts_of(learner: Learner) -> list[Transcript]:
    """All transcripts of a learner, the newest first."""
    rows = Transcript.objects.of(learner).select_related(
        "serial_row", "supersedes__serial_row", "successor__serial_row"
    )
    return list(rows.order_by("-made_at", "-pk"))


def transcript_of(learner: Learner, public_id: UUID) -> Transcript | None:
    """The transcript of this learner with this id; None for one of somebody else, as for one that does not exist."""
    rows = Transcript.objects.of(learner).select_related("serial_row", "learner")
    return rows.filter(public_id=public_id).first()


def transcript_by_serial(typed: str) -> Transcript | None:
    """The transcript with this serial, however it was typed; None when there is none."""
    serial = normalized_serial(typed)
    if serial is None:
        return None
    return Transcript.objects.select_related("serial_row").filter(serial_row__serial=serial).first()


def has_successor(transcript: Transcript) -> bool:
    """Whether a later transcript replaced this one."""
    return Transcript.objects.filter(supersedes=transcript).exists()
