"""Reads of stored transcripts: by learner, id or serial, and what each of them says."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Learner
from accounts.queries import pasted_uuid, rows_of_learners_matching
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


def transcripts_matching(rows: QuerySet[Transcript], words: str) -> QuerySet[Transcript]:
    """The transcript with this serial or public id, otherwise those of learners that match the words; all for none."""
    serial, public_id = normalized_serial(words), pasted_uuid(words)
    if serial is not None:
        return rows.filter(serial_row__serial=serial)
    if public_id is not None and rows.filter(public_id=public_id).exists():
        return rows.filter(public_id=public_id)
    return rows_of_learners_matching(rows, words)


def has_successor(transcript: Transcript) -> bool:
    """Whether a later transcript replaced this one."""
    return Transcript.objects.filter(supersedes=transcript).exists()
