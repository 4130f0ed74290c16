"""Making transcripts: immutable snapshots of a record; a correction is a new transcript."""

import secrets
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner, User
from accounts.queries.people import canonical_record_of
from core.text.canonical import canonical, digest_of_bytes
from credentials.errors import NotTheirsError, SupersededError
from credentials.models import (
    DocumentCode,
    DocumentKind,
    DocumentState,
    IssueReason,
    RevocationClass,
    Transcript,
)
from credentials.rules.codes import BYTES, code_of, printed_serial
from credentials.sharing.actions import carry_sharing_over
from credentials.transcripts.formats.transcript_json import transcript_as_json
from credentials.transcripts.queries.transcript_facts import transcript_facts
from credentials.transcripts.rules import TranscriptKind


@transaction.atomic
def make_transcript(
    learner: Learner, *, kind: TranscriptKind, by: User | None, at: datetime, language: str = settings.LANGUAGE_CODE
) -> Transcript:
    """Make a transcript of the record as it is at `at`.

    Raises NoLegalNameError, and OwnRecordError for an official one of a record of one's own.
    """
    # The snapshot is read under the lock: no award and no evidence is written while it is made.
    person = locked_learner(learner, at=at)
    if kind is not TranscriptKind.OWN:
        person.require_another(by)
    return _made(learner, kind, supersedes=None, by=by, at=at, language=language)


@transaction.atomic
def supersede_transcript(transcript: Transcript, *, by: User | None, at: datetime) -> Transcript:
    """Make a transcript of the same kind and language that replaces this one.

    Raises SupersededError if a later one has replaced it already, NoLegalNameError and OwnRecordError.
    """
    locked_learner(transcript.learner, at=at).require_another(by)
    locked = Transcript.objects.select_related("code_row", "learner").get(pk=transcript.pk)
    if locked.state != DocumentState.STORED:
        raise SupersededError
    kind = TranscriptKind(locked.transcript_kind)
    language = (locked.facts or {}).get("language", settings.LANGUAGE_CODE)
    with constraint_errors({"document_superseded_by_one": SupersededError}):
        made = _made(locked.learner, kind, supersedes=locked, by=by, at=at, language=language)
    locked.state, locked.superseded_at = DocumentState.SUPERSEDED, at
    locked.revocation_class = RevocationClass.REPLACED
    locked.save(update_fields=["state", "superseded_at", "revocation_class"])
    return made


def _made(  # noqa: PLR0917 - one step of both actions
    learner: Learner, kind: TranscriptKind, supersedes: Transcript | None, by: User | None, at: datetime, language: str
) -> Transcript:
    # Transcripts belong to the canonical record, so that linked records have one series of them.
    person = canonical_record_of(learner)
    if supersedes is not None and canonical_record_of(supersedes.learner) != person:
        raise NotTheirsError
    public_id, serial = uuid4(), f"T{code_of(secrets.token_bytes(BYTES))}"
    facts = transcript_facts(
        person,
        public_id=public_id,
        serial=printed_serial(serial),
        kind=kind,
        supersedes=printed_serial(supersedes.serial) if supersedes else "",
        language=language,
        at=at,
    )
    content = canonical(transcript_as_json(facts))
    made: Transcript = Transcript.objects.create(
        learner=person,
        public_id=public_id,
        kind=DocumentKind.TRANSCRIPT,
        official=kind is TranscriptKind.OFFICIAL,
        state=DocumentState.STORED,
        reason=IssueReason.CORRECTION if supersedes else IssueReason.FIRST,
        supersedes=supersedes,
        content=content,
        digest=digest_of_bytes(content),
        issued_at=at,
        issued_by=by,
    )
    DocumentCode.objects.create(learner=person, document=made, code=serial)
    carry_sharing_over(made, at=at)
    return made
