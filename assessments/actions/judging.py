"""Judges work: a level for each criterion, comments, and the evidence that comes of it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions.persons import Person
from accounts.models import User
from assessments.actions.evidence import EvidenceItem, Source, record_evidence
from assessments.actions.submissions import locked_submission
from assessments.errors import (
    AlreadyJudgedError,
    EntriesRefusedError,
    HandedInAgainError,
    NotWaitingError,
    NotWritableError,
    NotYourWorkToJudgeError,
)
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
from assessments.models.sources import new_salt
from config.base.canonical import Json

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
    """Keep what an assessor has put down so far, as the page has it. Raises as `judge_submission` does."""
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
    """Judge the work as it was handed in: one level of the rubric for each criterion.

    `read_in` is the round in which the assessor read it; without one it is taken as it stands.
    `comments` are words by the public id of a criterion, or by "" for the whole. Once as many assessors as are needed
    have judged, each level that each of them found becomes a row of evidence with that assessor: nothing is averaged,
    the mastery policy says what several findings mean. Raises NotWaitingError, HandedInAgainError,
    NotYourWorkToJudgeError, AlreadyJudgedError and EntriesRefusedError.
    """
    locked, person = _waiting(submission, by, at, read_in)
    _require_whole(locked, entries)
    judgement = _write(locked, person, by, JudgementOutcome.JUDGED, comments or {})
    JudgementLevel.objects.bulk_create(
        JudgementLevel(judgement=judgement, criterion=criterion, criterion_level=cell)
        for criterion, cell in entries.items()
    )
    found = Judgement.objects.filter(submission=locked, round=locked.round, outcome=JudgementOutcome.JUDGED)
    if found.count() >= locked.assessment_revision.judges_needed:
        _conclude(locked, person, by)
    return judgement


@transaction.atomic
def return_submission(
    submission: Submission, *, by: User, comments: str, read_in: int | None = None, at: datetime | None = None
) -> Judgement:
    """Give the work back to be revised, saying why; judgements of this round count no more, drafts are gone.

    The same attempt goes on. Raises NotWaitingError, HandedInAgainError, NotYourWorkToJudgeError and
    AlreadyJudgedError.
    """
    locked, person = _waiting(submission, by, at, read_in)
    judgement = _write(locked, person, by, JudgementOutcome.RETURNED, {OVERALL: comments})
    JudgementDraft.objects.filter(submission=locked).delete()
    locked.state = SubmissionState.RETURNED
    locked.returned_at = person.at
    locked.round += 1
    locked.save(update_fields=["state", "returned_at", "round"])
    return judgement


def _waiting(submission: Submission, by: User, at: datetime | None, read_in: int | None) -> tuple[Submission, Person]:
    """The work, locked, if it waits for this assessor. Whether they may judge there is asked at the edge."""
    try:
        locked, person = locked_submission(submission, WAITING, at=at)
    except NotWritableError as refused:
        raise NotWaitingError from refused
    if read_in not in {None, locked.round}:
        raise HandedInAgainError
    if by.pk in {row.user_id for row in (person.record, person.carrier, submission.learner)}:
        raise NotYourWorkToJudgeError
    if Judgement.objects.filter(submission=locked, assessor=by, round=locked.round).exists():
        raise AlreadyJudgedError
    return locked, person


def _require_whole(submission: Submission, entries: Mapping[Criterion, CriterionLevel]) -> None:
    """One level for each criterion of this rubric, and its own."""
    asked = set(
        Criterion.objects.filter(rubric_revision=submission.assessment_revision.rubric_revision_id).values_list(
            "pk", flat=True
        )
    )
    given = {criterion.pk for criterion in entries}
    if given != asked or any(cell.criterion_id != criterion.pk for criterion, cell in entries.items()):
        raise EntriesRefusedError


def _write(
    submission: Submission, person: Person, by: User, outcome: JudgementOutcome, comments: Mapping[str, str]
) -> Judgement:
    judgement = Judgement.objects.create(
        learner=submission.learner,
        submission=submission,
        assessor=by,
        round=submission.round,
        outcome=outcome,
        recorded_at=person.at,
    )
    words = {about: text for about, text in comments.items() if text.strip()}
    if words:
        JudgementBody.objects.create(judgement=judgement, content=words, salt=new_salt())
    JudgementDraft.objects.filter(submission=submission, assessor=by).delete()
    return judgement


def _conclude(submission: Submission, person: Person, by: User) -> None:
    """Everybody needed has judged: what they found is evidence from now on."""
    record_evidence(submission.learner, items=_findings(submission), by=by, at=person.at)
    JudgementDraft.objects.filter(submission=submission).delete()
    submission.state = SubmissionState.JUDGED
    submission.judged_at = person.at
    submission.save(update_fields=["state", "judged_at"])


def _findings(submission: Submission) -> list[EvidenceItem]:
    asked = submission.assessment_revision
    kind = AssessmentKind(asked.kind)
    digests = list(submission.artifacts.values_list("digest", flat=True))
    found = (
        JudgementLevel.objects.filter(
            judgement__submission=submission,
            judgement__round=submission.round,
            judgement__outcome=JudgementOutcome.JUDGED,
        )
        .select_related(
            "judgement__assessor", "criterion__competency_revision__competency", "criterion_level__level__scale"
        )
        .order_by("judgement", "criterion__sequence")
    )
    if submission.performed_on is None:  # a constraint has it otherwise
        raise NotWaitingError
    return [
        EvidenceItem(
            competency=row.criterion.competency_revision.competency,
            revision=row.criterion.competency_revision,
            level=row.criterion_level.level,
            performed_on=submission.performed_on,
            kind=kind,
            basis=Basis.PRIOR_LEARNING if kind == AssessmentKind.PRIOR_LEARNING else Basis.ASSESSED,
            source=Source(SourceKind.JUDGEMENT, f"{row.judgement_id}/{row.criterion.public_id}"),
            assessor=row.judgement.assessor,
            artifact_digests=digests,
            judgement=row.judgement,
        )
        for row in found
    ]
