"""Reads of stored transcripts: by learner and id, and what each of them says."""

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Learner
from accounts.queries.learner_search import pasted_uuid, rows_of_learners_matching
from credentials.errors import RetentionEndedError
from credentials.models import DocumentCode, Transcript
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


def with_successors(rows: QuerySet[Transcript]) -> QuerySet[Transcript]:
    """These with their serials; `successor_serial` is that of the transcript which replaced each, or None."""
    # A subquery and not a join: the successor's content may be large, and nothing of it is shown.
    successor = DocumentCode.objects.filter(document__supersedes=OuterRef("pk")).values("code")
    return rows.select_related("code_row").annotate(successor_serial=Subquery(successor[:1]))


def transcripts_of(learner: Learner) -> list[Transcript]:
    """All transcripts of a learner with what replaced them, the newest first."""
    return list(with_successors(Transcript.objects.of(learner)).order_by("-issued_at", "-pk"))


def transcript_of(learner: Learner, public_id: UUID) -> Transcript | None:
    """The transcript of this learner with this id; None for one of somebody else, as for one that does not exist."""
    rows = Transcript.objects.of(learner).select_related("code_row", "learner")
    return rows.filter(public_id=public_id).first()


def transcripts_matching(rows: QuerySet[Transcript], words: str) -> QuerySet[Transcript]:
    """The transcript with this serial or public id, otherwise those of learners that match the words; all for none."""
    serial, public_id = normalized_serial(words), pasted_uuid(words)
    if serial is not None:
        return rows.filter(code_row__code=serial)
    if public_id is not None and rows.filter(public_id=public_id).exists():
        return rows.filter(public_id=public_id)
    return rows_of_learners_matching(rows, words)
