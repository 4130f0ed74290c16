"""Files with a learner's work: kept on disk first, then written down; what a refusal leaves on disk is removed."""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from assessments.actions.submissions import WRITABLE, locked_submission, next_place, salted_digest
from assessments.models import Artifact, ArtifactBody, ArtifactKind, Submission
from assessments.models.sources import new_salt
from config.base.files import StoredFile, Upload, check_room, forget, keep


def add_file(submission: Submission, *, upload: Upload, at: datetime | None = None) -> Artifact:
    """Put a file with the work.

    Raises FileRefusedError, whose `words` say why and how to mend it, TooManyArtifactsError and NotWritableError.
    """
    with ExitStack() as undone:
        stored = keep(upload)
        undone.callback(forget, stored.key)
        artifact = _write_down(submission, stored, at)
        undone.pop_all()
    return artifact


def keys_named(keys: Collection[str]) -> set[str]:
    """Which of these keys of the storage are named by work: the others may be swept."""
    return set(ArtifactBody.objects.filter(content__key__in=list(keys)).values_list("content__key", flat=True))


@transaction.atomic
def _write_down(submission: Submission, stored: StoredFile, at: datetime | None) -> Artifact:
    locked, person = locked_submission(submission, WRITABLE, at=at)
    kept = Artifact.objects.filter(kind=ArtifactKind.FILE, body__erased_at=None)
    used = kept.filter(submission__learner__in=person.records).aggregate(bytes=Sum("size"))["bytes"] or 0
    check_room(files=kept.filter(submission=locked).count(), used=used, size=stored.size)
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
