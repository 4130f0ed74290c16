"""Erases what a learner wrote and what was said to them; every decision stays, and replays the same (invariant 19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.actions.persons import Person, locked_person
from accounts.models import Learner
from assessments.actions.submissions import OPEN
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

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Erased:
    """How many texts are gone, and the keys under which files of the learner still lie in the storage."""

    texts: int
    files: tuple[str, ...]


@transaction.atomic
def erase_content(learner: Learner, *, at: datetime | None = None) -> Erased:
    """Erase all words, names and addresses in the work, judgements and evidence of a person; nothing brings them back.

    Work that is not judged yet is withdrawn: there is nothing left to judge. The caller removes the named files once
    this is committed.
    """
    person = locked_person(learner, at=at)
    work = Submission.objects.filter(learner__in=person.records)
    JudgementDraft.objects.filter(submission__in=work).delete()
    work.filter(state__in=OPEN).update(state=SubmissionState.WITHDRAWN)
    places = ArtifactBody.objects.filter(artifact__submission__in=work, artifact__kind=ArtifactKind.FILE)
    files = tuple(content["key"] for content in places.values_list("content", flat=True) if content)
    texts = sum(rows.update(content=None, erased_at=person.at) for rows in _words_of(person))
    return Erased(texts, files)


def _words_of(person: Person) -> "list[QuerySet[Any]]":
    """The side rows that still hold words."""
    records = person.records
    return [
        SubmissionBody.objects.filter(submission__learner__in=records, erased_at=None),
        ArtifactBody.objects.filter(artifact__submission__learner__in=records, erased_at=None),
        JudgementBody.objects.filter(judgement__learner__in=records, erased_at=None),
        EvidenceBody.objects.filter(evidence__learner__in=records, erased_at=None),
    ]
