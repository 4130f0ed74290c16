"""Add files to a learner's work: first stored on disk, then as rows; when the rows are refused the file is removed."""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from assessments.models import Artifact, ArtifactBody, ArtifactKind, Submission
from assessments.work.actions.submissions import WRITABLE, locked_submission, next_place, salted_digest
from core.database.ledger import new_salt
from core.files import StoredFile, Upload, check_room, forget, keep


def add_file(submission: Submission, *, upload: Upload, at: datetime | None = None) -> Artifact:
    """Add a file to the work.

    Raises FileRefusedError, with the reason and the remedy in its `words`, TooManyArtifactsError and NotWritableError.
    """
    # The file is stored before the transaction begins: writing it must not hold the learner's lock.
    with ExitStack() as cleanup:
        stored = keep(upload)
        cleanup.callback(forget, stored.key)
        artifact = _write_rows(submission, stored, at)
        cleanup.pop_all()  # the rows name the file now, so it stays
    return artifact


def keys_named(keys: Collection[str]) -> set[str]:
    """Return those of the storage keys that submissions name; the sweep may delete the others."""
    return set(ArtifactBody.objects.filter(content__key__in=list(keys)).values_list("content__key", flat=True))


@transaction.atomic
def _write_rows(submission: Submission, stored: StoredFile, at: datetime | None) -> Artifact:
    locked, person = locked_submission(submission, WRITABLE, at=at)
    # The learner is locked, so two uploads at once cannot both take the last free room.
    stored_files = Artifact.objects.filter(kind=ArtifactKind.FILE, body__erased_at=None)
    used = stored_files.filter(submission__learner__in=person.records).aggregate(bytes=Sum("size"))["bytes"] or 0
    check_room(files=stored_files.filter(submission=locked).count(), used=used, size=stored.size)
    salt = new_salt()
    artifact = Artifact.objects.create(
        submission=locked,
        sequence=next_place(locked),
        kind=ArtifactKind.FILE,
        media_type=stored.media_type,
        size=stored.size,
        digest=salted_digest(salt, bytes.fromhex(stored.digest)),
        added_at=person.at,
    )
    content = {"name": stored.name, "key": stored.key}
    ArtifactBody.objects.create(artifact=artifact, content=content, salt=salt)
    return artifact
