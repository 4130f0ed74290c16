"""Judge submitted work: a level for each criterion, comments, and the evidence that results."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions.locked_learner import LockedLearner
from accounts.actions.mails import enqueue_learner_mail
from accounts.models import User
from assessments import jobs
from assessments.errors import (
    AlreadyJudgedError,
    EntriesRefusedError,
    HandedInAgainError,
    NotWaitingError,
    NotWritableError,
    NotYourWorkToJudgeError,
)
from assessments.evidence.actions import EvidenceItem, SourceReference, record_evidence
from assessments.models import (
    AssessmentKind,
    Basis,
    Criterion,
    CriterionLevel,
    Judgement,
    JudgementBody,
    JudgementDraft,
    JudgementLevel,
    JudgementOutcome,
    SourceKind,
    Submission,
    SubmissionState,
)
from assessments.work.actions.submissions import locked_submission
from core.database.ledger import new_salt
from core.text.canonical import Json

WAITING = (SubmissionState.SUBMITTED,)
OVERALL = ""  # the key of a comment on the work as a whole; others are public ids of criteria


@transaction.atomic
def save_judgement_draft(
    submission: Submission,
    *,
    by: User,
    entries: Mapping[str, Json],
    read_in: int | None = None,
    at: datetime | None = None,
) -> JudgementDraft:
    """Save what an assessor has entered so far, in the form of the page. Raises as `judge_submission` does."""
    locked, person = _waiting(submission, by, at, read_in)
    draft, _made = JudgementDraft.objects.update_or_create(
        submission=locked, assessor=by, defaults={"entries": dict(entries), "saved_at": person.at}
    )
    return draft


@transaction.atomic
def judge_submission(
    submission: Submission,
    *,
    by: User,
    entries: Mapping[Criterion, CriterionLevel],
    comments: Mapping[str, str] | None = None,
    read_in: int | None = None,
    at: datetime | None = None,
) -> Judgement:
    """Judge the work as it was submitted: one level of the rubric for each criterion.

    `read_in` is the round in which the assessor read the work; None skips that check. `comments` are texts by the
    public id of a criterion, or by "" for the work as a whole. When the last needed assessor has judged, every level
    that any of them found becomes a row of evidence with that assessor. Nothing is averaged: the mastery policy
    decides what several findings mean. Raises NotWaitingError, HandedInAgainError, NotYourWorkToJudgeError,
    AlreadyJudgedError and EntriesRefusedError.
    """
    locked, person = _waiting(submission, by, at, read_in)
    require_complete(locked, entries)
    judgement = write_judgement(
        Judgement(submission=locked, assessor=by, round=locked.round), person, comments=comments or {}, entries=entries
    )
    # The count is exact: whoever judges this work at the same moment waits for the lock on it.
    # A correction is not another assessor, so only first judgements are counted.
    firsts = Judgement.objects.filter(submission=locked, round=locked.round, revision_number=1)
    if firsts.filter(outcome=JudgementOutcome.JUDGED).count() >= locked.assessment_revision.judges_needed:
        _conclude(locked, person, by)
    return judgement


@transaction.atomic
def return_submission(
    submission: Submission, *, by: User, comments: str, read_in: int | None = None, at: datetime | None = None
) -> Judgement:
    """Return the work for revision with a comment. Judgements of this round count no more; drafts are deleted.

    The same attempt goes on. Raises NotWaitingError, HandedInAgainError, NotYourWorkToJudgeError and
    AlreadyJudgedError.
    """
    locked, person = _waiting(submission, by, at, read_in)
    judgement = write_judgement(
        Judgement(submission=locked, assessor=by, round=locked.round, outcome=JudgementOutcome.RETURNED),
        person,
        comments={OVERALL: comments},
    )
    JudgementDraft.objects.filter(submission=locked).delete()
    locked.state = SubmissionState.RETURNED
    locked.returned_at = person.at
    locked.round += 1  # what assessors have opened until now is of an older round, and is refused
    locked.save(update_fields=["state", "returned_at", "round"])
    enqueue_learner_mail(jobs.MAIL_RETURNED, judgement.pk, person=person)
    return judgement


def _waiting(
    submission: Submission, by: User, at: datetime | None, read_in: int | None
) -> tuple[Submission, LockedLearner]:
    """Lock the work and return it, if it waits for this assessor. The page has checked that they may judge there."""
    try:
        locked, person = locked_submission(submission, WAITING, at=at)
    except NotWritableError as refused:
        raise NotWaitingError from refused
    # The assessor has read an older round: their levels would be about work that has changed since.
    if read_in not in {None, locked.round}:
        raise HandedInAgainError
    # Of all linked records: an assessor may study here under another one than the work is handed in under.
    if by.pk in person.accounts:
        raise NotYourWorkToJudgeError
    # The constraint says the same; asked here, the page can explain it.
    if Judgement.objects.filter(submission=locked, assessor=by, round=locked.round).exists():
        raise AlreadyJudgedError
    return locked, person


def require_complete(submission: Submission, entries: Mapping[Criterion, CriterionLevel]) -> None:
    """Raise EntriesRefusedError unless there is one level for each criterion of the rubric, and of that criterion."""
    criteria = set(
        Criterion.objects.filter(rubric_revision=submission.assessment_revision.rubric_revision_id).values_list(
            "pk", flat=True
        )
    )
    judged = {criterion.pk for criterion in entries}
    if judged != criteria or any(level.criterion_id != criterion.pk for criterion, level in entries.items()):
        raise EntriesRefusedError


def write_judgement(
    judgement: Judgement,
    person: LockedLearner,
    *,
    comments: Mapping[str, str],
    entries: Mapping[Criterion, CriterionLevel] | None = None,
) -> Judgement:
    """Store a new row with its levels and comments, for the learner of its work. The caller holds the lock."""
    judgement.learner, judgement.recorded_at = judgement.submission.learner, person.at
    judgement.save(force_insert=True)
    JudgementLevel.objects.bulk_create(
        JudgementLevel(judgement=judgement, criterion=criterion, criterion_level=level)
        for criterion, level in (entries or {}).items()
    )
    texts = {about: text for about, text in comments.items() if text.strip()}
    if texts:
        # Comments go into a side row, which can be erased: the judgement itself can never change.
        JudgementBody.objects.create(judgement=judgement, content=texts, salt=new_salt())
    JudgementDraft.objects.filter(submission=judgement.submission, assessor=judgement.assessor).delete()
    return judgement


def _conclude(submission: Submission, person: LockedLearner, by: User) -> None:
    """Record the findings of all assessors as evidence, and close the work."""
    # Inside the same transaction, with the same lock and instant: judgement and evidence exist together or not.
    record_evidence(submission.learner, items=_findings(submission), by=by, at=person.at)
    JudgementDraft.objects.filter(submission=submission).delete()
    submission.state = SubmissionState.JUDGED
    submission.judged_at = person.at
    submission.save(update_fields=["state", "judged_at"])
    enqueue_learner_mail(jobs.MAIL_JUDGED, submission.pk, person=person)


def _findings(submission: Submission) -> list[EvidenceItem]:
    """Return an item of evidence for each level that each assessor found in this round."""
    kind = AssessmentKind(submission.assessment_revision.kind)
    digests = list(submission.artifacts.values_list("digest", flat=True))
    judgements = Judgement.objects.filter(
        submission=submission, round=submission.round, outcome=JudgementOutcome.JUDGED
    )
    levels = (
        JudgementLevel.objects.filter(judgement__in=judgements.newest())
        .select_related(
            "judgement__assessor", "criterion__competency_revision__competency", "criterion_level__level__scale"
        )
        .order_by("judgement", "criterion__sequence")
    )
    firsts = {row.judgement_id: first_of(row.judgement) for row in levels}
    if submission.performed_on is None:  # the constraint `submission_handed_in_with_its_dates` excludes it
        raise NotWaitingError
    return [
        EvidenceItem(
            competency=row.criterion.competency_revision.competency,
            revision=row.criterion.competency_revision,
            level=row.criterion_level.level,
            performed_on=submission.performed_on,
            kind=kind,
            basis=Basis.PRIOR_LEARNING if kind == AssessmentKind.PRIOR_LEARNING else Basis.ASSESSED,
            source=source_of(firsts[row.judgement_id], row.criterion),
            assessor=row.judgement.assessor,
            artifact_digests=digests,
            # Always the first: all evidence of one judgement belongs together, and corrections keep it so.
            judgement=firsts[row.judgement_id],
        )
        for row in levels
    ]


def first_of(judgement: Judgement) -> Judgement:
    """Return the judgement before any correction: the row itself, or the first of its corrections."""
    if judgement.revision_number == 1:
        return judgement
    rows = Judgement.objects.filter(submission=judgement.submission_id, assessor=judgement.assessor_id)
    return rows.get(round=judgement.round, revision_number=1)


def source_of(first: Judgement, criterion: Criterion) -> SourceReference:
    """Return the source of what a judgement found on a criterion; corrections keep that of the first judgement.

    It names judgement and criterion, so a repeated call finds the evidence instead of adding it twice.
    """
    return SourceReference(SourceKind.JUDGEMENT, f"{first.pk}/{criterion.public_id}")
