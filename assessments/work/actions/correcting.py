"""Correct a judgement: a new row that says everything anew, and corrections of the evidence that came of it.

See docs/decisions/0032-corrections-of-judgements.md for who may correct what, and when a reason is asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions.locked_learner import LockedLearner
from accounts.actions.mails import enqueue_learner_mail
from accounts.models import User
from assessments import jobs
from assessments.errors import (
    AlreadyVoidedError,
    EntriesRefusedError,
    NotCorrectableError,
    NothingCorrectedError,
    NotTheNewestError,
    NotWritableError,
    NotYourWorkToJudgeError,
    ReasonNeededError,
)
from assessments.evidence.actions import EvidenceItem, newest_of_sources, record_evidence
from assessments.models import (
    AssessmentKind,
    Basis,
    CorrectionReason,
    Criterion,
    CriterionLevel,
    Evidence,
    EvidenceVoid,
    Judgement,
    JudgementOutcome,
    Setting,
    Submission,
    SubmissionState,
)
from assessments.work.actions.judging import OVERALL, first_of, require_complete, source_of, write_judgement
from assessments.work.actions.submissions import locked_submission
from assessments.work.queries.corrections import correctable, something_rests_on

WHY = "why"  # the key of the words about a correction; other keys are public ids of criteria, or empty for the whole


@transaction.atomic
def correct_judgement(
    judgement: Judgement,
    *,
    by: User,
    entries: Mapping[Criterion, CriterionLevel],
    comments: Mapping[str, str],
    reason: CorrectionReason | None = None,
    words: str = "",
    at: datetime | None = None,
) -> Judgement:
    """Replace what this assessor found in the present round, and correct the evidence where a level differs.

    `entries` and `comments` are as `judge_submission` takes them; returned work has no entries, only its comment can be
    corrected. `reason` is needed as soon as an award rests on evidence that changes; `words` explain it to the learner.
    Raises NotYourWorkToJudgeError, NotTheNewestError, NotCorrectableError, EntriesRefusedError, NothingCorrectedError,
    AlreadyVoidedError and ReasonNeededError.
    """
    locked, newest, person = _locked(judgement, by, at)
    if newest.outcome == JudgementOutcome.JUDGED:
        require_complete(locked, entries)
    elif entries or not comments.get(OVERALL, "").strip():
        raise EntriesRefusedError
    changed = _changed_levels(newest, entries)
    if not changed and _texts(comments) == _texts_of(newest):
        raise NothingCorrectedError
    first = first_of(newest)
    rows = _evidence_of(first, changed, person)
    if reason is None and something_rests_on(person.records, {row.piece for row in rows.values()}):
        raise ReasonNeededError
    corrected = write_judgement(
        Judgement(
            submission=locked,
            assessor=by,
            round=newest.round,
            outcome=newest.outcome,
            revision_number=newest.revision_number + 1,
            reason=reason or "",
        ),
        person,
        comments={**comments, WHY: words},
        entries=entries,
    )
    if rows:
        # In the same transaction: mastery, progress and the list of awards to review follow the correction at once.
        items = [_item(first, criterion, changed[criterion], row) for criterion, row in rows.items()]
        record_evidence(locked.learner, items=items, by=by, at=person.at)
    if locked.state != SubmissionState.SUBMITTED:  # else the learner has not heard of it yet
        enqueue_learner_mail(jobs.MAIL_CORRECTED, corrected.pk, person=person)
    return corrected


def _locked(judgement: Judgement, by: User, at: datetime | None) -> tuple[Submission, Judgement, LockedLearner]:
    """Lock the work, and return it with the judgement, if this assessor may correct it."""
    states = (SubmissionState.SUBMITTED, SubmissionState.JUDGED, SubmissionState.RETURNED)
    try:
        locked, person = locked_submission(judgement.submission, states, at=at)
    except NotWritableError as refused:
        raise NotCorrectableError from refused
    # Of all linked records: the assessor may have become the learner of this work since, when records were linked.
    if judgement.assessor_id != by.pk or by.pk in person.accounts:
        raise NotYourWorkToJudgeError
    # Asked under the lock: a second tab may have corrected it since the page was opened.
    if not Judgement.objects.filter(pk=judgement.pk).newest().exists():
        raise NotTheNewestError
    if not correctable(judgement, locked):
        raise NotCorrectableError
    return locked, judgement, person


def _changed_levels(
    newest: Judgement, entries: Mapping[Criterion, CriterionLevel]
) -> Mapping[Criterion, CriterionLevel]:
    before = dict(newest.levels.values_list("criterion", "criterion_level"))
    return {criterion: level for criterion, level in entries.items() if before.get(criterion.pk) != level.pk}


def _texts(comments: Mapping[str, str]) -> dict[str, str]:
    return {about: text for about, text in comments.items() if text.strip() and about != WHY}


def _texts_of(judgement: Judgement) -> dict[str, str]:
    body = getattr(judgement, "body", None)  # a judgement without comments has no such row
    return _texts(body.content or {}) if body else {}


def _evidence_of(first: Judgement, criteria: Collection[Criterion], person: LockedLearner) -> dict[Criterion, Evidence]:
    """Return the newest evidence of each criterion; none while other assessors have still to judge."""
    ordered: Sequence[Criterion] = sorted(criteria, key=lambda row: row.sequence)
    found = newest_of_sources([source_of(first, row) for row in ordered], at=person.at)
    rows = {criterion: row for criterion, row in zip(ordered, found, strict=True) if row is not None}
    # Somebody decided that it does not count; a correction would make it count again.
    if EvidenceVoid.objects.filter(evidence__in=[row.pk for row in rows.values()]).exists():
        raise AlreadyVoidedError
    return rows


def _item(first: Judgement, criterion: Criterion, level: CriterionLevel, row: Evidence) -> EvidenceItem:
    """Return the item that replaces a row: only the level differs."""
    return EvidenceItem(
        competency=row.competency,
        revision=row.competency_revision,
        level=level.level,
        performed_on=row.performed_on,
        kind=AssessmentKind(row.kind),
        basis=Basis(row.basis),
        setting=Setting(row.setting),
        source=source_of(first, criterion),
        assessor=row.assessor,
        artifact_digests=row.artifact_digests,
        judgement=first,
        corrects=row,
    )
