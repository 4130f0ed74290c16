"""Begin, write, submit and withdraw a learner's work. It can change only while it is a draft or was returned."""

import hashlib
from datetime import date, datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner
from accounts.queries.time_zones import learner_civil_date
from assessments.errors import (
    LinkRefusedError,
    NoAttemptLeftError,
    NothingHandedInError,
    NotOpenError,
    NotWritableError,
    RetiredError,
    TooManyArtifactsError,
    WorkUnderWayError,
)
from assessments.evidence.actions import check_performed_on
from assessments.models import (
    Artifact,
    ArtifactBody,
    ArtifactKind,
    Assessment,
    AssessmentRevision,
    JudgementDraft,
    Submission,
    SubmissionBody,
    SubmissionState,
)
from core.database.ledger import new_salt
from core.files import forget
from core.text.canonical import digest_of_bytes

# States in which work is under way; the constraint `submission_one_open_per_assessment` lists the same.
OPEN = (SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.RETURNED)
WRITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)
MOST_ARTIFACTS = 20
LONGEST_ADDRESS = 2000
web_address = URLValidator(schemes=["http", "https"])


@transaction.atomic
def start_submission(learner: Learner, *, assessment: Assessment, at: datetime | None = None) -> Submission:
    """Begin the next attempt, for the current revision of the assessment.

    Raises RetiredError, NotOpenError, WorkUnderWayError and NoAttemptLeftError.
    """
    person = locked_learner(learner, at=at)
    # The assessment is locked so that it is not retired or revised between the checks and the new row.
    locked = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if locked.retired_at is not None:
        raise RetiredError
    if locked.opened_at is None:
        raise NotOpenError
    revision = AssessmentRevision.objects.current().get(assessment=locked)
    attempts = Submission.objects.filter(learner__in=person.records, assessment_revision__assessment=locked)
    if attempts.filter(state__in=OPEN).exists():
        raise WorkUnderWayError
    # Withdrawn work was never judged: the attempt is free again.
    spent = attempts.exclude(state=SubmissionState.WITHDRAWN).count()
    if revision.attempts_allowed is not None and spent >= revision.attempts_allowed:
        raise NoAttemptLeftError
    # From now on a trigger keeps the revision as it is: the learner must be judged by what they were asked.
    AssessmentRevision.objects.filter(pk=revision.pk, used_at=None).update(used_at=person.at)
    submission = Submission.objects.create(
        learner=person.record,
        assessment_revision=revision,
        # The number goes on after withdrawn attempts, so that it stays unique.
        attempt=(attempts.aggregate(last=Max("attempt"))["last"] or 0) + 1,
        state=SubmissionState.DRAFT,
        started_at=person.at,
    )
    # The text has a row of its own, because only that row is blanked by an erasure.
    SubmissionBody.objects.create(submission=submission, content="", salt=new_salt())
    return submission


@transaction.atomic
def save_words(submission: Submission, *, text: str) -> SubmissionBody:
    """Save the text that the learner has written so far. Raises NotWritableError."""
    locked, _person = locked_submission(submission, WRITABLE)
    body = SubmissionBody.objects.get(submission=locked)
    body.content = text
    body.save(update_fields=["content"])
    return body


@transaction.atomic
def add_link(submission: Submission, *, address: str, name: str = "", at: datetime | None = None) -> Artifact:
    """Add a link to a page on the web to the work.

    Raises LinkRefusedError, TooManyArtifactsError and NotWritableError.
    """
    try:
        web_address(address)
    except ValidationError as refused:
        raise LinkRefusedError from refused
    if len(address) > LONGEST_ADDRESS:
        raise LinkRefusedError
    locked, person = locked_submission(submission, WRITABLE, at=at)
    # Salted: after the address is erased, nobody can guess it by comparing digests.
    salt = new_salt()
    artifact = Artifact.objects.create(
        submission=locked,
        sequence=next_place(locked),
        kind=ArtifactKind.LINK,
        digest=salted_digest(salt, hashlib.sha256(address.encode()).digest()),
        added_at=person.at,
    )
    ArtifactBody.objects.create(artifact=artifact, content={"name": name, "address": address}, salt=salt)
    return artifact


@transaction.atomic
def remove_artifact(artifact: Artifact) -> None:
    """Remove a link or a file from work that can still change. Raises NotWritableError."""
    locked_submission(artifact.submission, WRITABLE)
    for key in ArtifactBody.objects.filter(artifact=artifact).values_list("content__key", flat=True):
        if key:
            # Only after the commit: a rollback must not leave a row that names a deleted file.
            transaction.on_commit(partial(forget, key))
    ArtifactBody.objects.filter(artifact=artifact).delete()
    Artifact.objects.filter(pk=artifact.pk).delete()


@transaction.atomic
def submit_work(submission: Submission, *, performed_on: date, at: datetime | None = None) -> Submission:
    """Submit the work; from now on it stays as it is. `performed_on` is the civil date on which it was done.

    Raises NotWritableError, NothingHandedInError, PerformedLaterError and PerformedTooEarlyError.
    """
    locked, person = locked_submission(submission, WRITABLE, at=at)
    # Compared with the civil day of learners: the server may be a day ahead of them.
    check_performed_on(performed_on, today=learner_civil_date(person.at))
    text = SubmissionBody.objects.filter(submission=locked).exclude(content="").exclude(content=None)
    if not text.exists() and not locked.artifacts.exists():
        raise NothingHandedInError
    locked.state = SubmissionState.SUBMITTED
    locked.performed_on = performed_on
    locked.submitted_at = person.at
    locked.save(update_fields=["state", "performed_on", "submitted_at"])
    return locked


@transaction.atomic
def withdraw_submission(submission: Submission) -> Submission:
    """Withdraw the work before it is judged; the attempt does not count. Raises NotWritableError."""
    locked, _person = locked_submission(submission, OPEN)
    # Nobody can judge withdrawn work, so drafts of it are of no use.
    JudgementDraft.objects.filter(submission=locked).delete()
    locked.state = SubmissionState.WITHDRAWN
    locked.save(update_fields=["state"])
    return locked


def locked_submission(
    submission: Submission, states: tuple[SubmissionState, ...], *, at: datetime | None = None
) -> tuple[Submission, LockedLearner]:
    """Lock the person, then the work. Raises NotWritableError when the work is in none of `states`."""
    # Every action locks in this order, person first; another order would let two actions wait for each other.
    person = locked_learner(submission.learner, at=at)
    locked = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    if locked.state not in states:
        raise NotWritableError
    return locked, person


def next_place(submission: Submission) -> int:
    """Return the place of the next artifact. Raises TooManyArtifactsError."""
    if submission.artifacts.count() >= MOST_ARTIFACTS:
        raise TooManyArtifactsError
    # From the highest place, not from the count: removed artifacts leave gaps.
    return (submission.artifacts.aggregate(last=Max("sequence"))["last"] or 0) + 1


def salted_digest(salt: bytes, content_digest: bytes) -> str:
    """Return the digest that the ledger stores: it proves presented content, and reveals nothing without the salt."""
    return digest_of_bytes(salt + content_digest)
