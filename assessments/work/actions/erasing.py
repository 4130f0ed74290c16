"""Erase the texts of a learner and of their assessors. Every decision stays and replays the same (invariant 19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner
from assessments.models import (
    ArtifactBody,
    ArtifactKind,
    EvidenceBody,
    JudgementBody,
    JudgementDraft,
    Submission,
    SubmissionBody,
    SubmissionState,
)
from assessments.work.actions.submissions import OPEN

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class ErasedContent:
    """The number of erased texts, and the storage keys of the learner's files, which the caller has to delete."""

    texts: int
    files: tuple[str, ...]


@transaction.atomic
def erase_content(learner: Learner, *, at: datetime | None = None) -> ErasedContent:
    """Erase all texts, names and addresses in the work, judgements and evidence of a person, for good.

    Work that is not judged yet is withdrawn, because nothing is left to judge. The caller deletes the returned files
    after the transaction is committed.
    """
    person = locked_learner(learner, at=at)
    work = Submission.objects.filter(learner__in=person.records)
    JudgementDraft.objects.filter(submission__in=work).delete()
    work.filter(state__in=OPEN).update(state=SubmissionState.WITHDRAWN)
    # The keys are read before the bodies that hold them are blanked.
    files_named = ArtifactBody.objects.filter(artifact__submission__in=work, artifact__kind=ArtifactKind.FILE)
    files = tuple(content["key"] for content in files_named.values_list("content", flat=True) if content)
    texts = sum(rows.update(content=None, erased_at=person.at) for rows in _bodies_of(person))
    return ErasedContent(texts, files)


def _bodies_of(person: LockedLearner) -> "list[QuerySet[Any]]":
    """Return the side rows of the person that still contain texts."""
    records = person.records
    return [
        SubmissionBody.objects.filter(submission__learner__in=records, erased_at=None),
        ArtifactBody.objects.filter(artifact__submission__learner__in=records, erased_at=None),
        JudgementBody.objects.filter(judgement__learner__in=records, erased_at=None),
        EvidenceBody.objects.filter(evidence__learner__in=records, erased_at=None),
    ]
