"""What an assessor's pages show of work: the rows of the lists, one submission, and earlier feedback on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries.legal_names import display_name_of, display_names_of
from assessments.models import Artifact, ArtifactKind, Judgement, JudgementOutcome, Submission, SubmissionState
from assessments.work.actions.correcting import WHY
from assessments.work.queries.work import (
    artifacts_of,
    body_of,
    criterion_counts,
    drafted_submissions,
    earlier_feedback,
)
from core import clock

# In the other states the learner is still writing, or has withdrawn the work: nobody else may read it then.
READABLE = (SubmissionState.SUBMITTED, SubmissionState.JUDGED)
OVERALL = ""  # the key of the comment on the work as a whole; other keys are public ids of criteria


@dataclass(frozen=True)
class SubmissionListItem:
    """One submission in a list. `levels` and `judged_at` are set in the list of judged work only."""

    url: str
    title: str
    learner: str
    attempt: int
    waiting: str = ""
    criteria: int = 0
    begun: bool = False
    judged_at: datetime | None = None
    levels: str = ""


@dataclass(frozen=True)
class CriterionFeedback:
    """The level and the comment on one criterion."""

    criterion: str
    level: str
    comment: str


@dataclass(frozen=True)
class Feedback:
    """One assessor's feedback on one attempt.

    Of a correction, `reason` and `words` say why it was made; `before` is what it replaced, the newest first.
    """

    lines: Sequence[CriterionFeedback]
    comment: str
    erased: bool = False
    attempt: int = 0
    assessor: str = ""
    day: str = ""
    corrected: bool = False
    reason: str = ""
    words: str = ""
    before: Sequence["Feedback"] = ()


@dataclass(frozen=True)
class ArtifactLink:
    """A file or a link as the assessor opens it; `url` is empty where it was erased."""

    name: str
    url: str
    icon: str
    size: int


@dataclass(frozen=True)
class SubmissionDetails:
    """One submission as the assessor reads it."""

    id: UUID
    title: str
    instructions: str
    learner: str
    number: str
    attempt: int
    round: int
    performed_on: date | None
    waiting: str
    text: str = ""
    erased: bool = False
    artifacts: Sequence[ArtifactLink] = ()
    earlier: Sequence[Feedback] = field(default=())


def waiting_rows(submissions: Sequence[Submission], user: User, *, zone: ZoneInfo) -> list[SubmissionListItem]:
    """Return the rows of the queue; three queries, however many rows there are."""
    at = clock.now()
    names = display_names_of((row.learner for row in submissions), on=clock.civil_date(at, zone))
    criteria = criterion_counts({row.assessment_revision.rubric_revision_id for row in submissions})
    drafted = drafted_submissions(user, submissions)
    return [
        SubmissionListItem(
            url=_url(row),
            title=row.assessment_revision.assessment.title,
            learner=names[row.learner_id],
            attempt=row.attempt,
            waiting=waiting_time(row.submitted_at, at),
            criteria=criteria.get(row.assessment_revision.rubric_revision_id, 0),
            begun=row.pk in drafted,
        )
        for row in submissions
    ]


def judged_rows(judgements: Sequence[Judgement], *, zone: ZoneInfo) -> list[SubmissionListItem]:
    """Return the rows of the list of judged work; one query."""
    names = display_names_of((row.learner for row in judgements), on=clock.today_in(zone))
    return [
        SubmissionListItem(
            url=_url(row.submission),
            title=row.submission.assessment_revision.assessment.title,
            learner=names[row.learner_id],
            attempt=row.submission.attempt,
            judged_at=row.recorded_at,
            # Work that was returned has no levels: its row shows the outcome instead.
            levels=" · ".join(line.level for line in _criterion_feedback(row, {}))
            or str(JudgementOutcome(row.outcome).label).capitalize(),
        )
        for row in judgements
    ]


def details_of(submission: Submission, *, zone: ZoneInfo) -> SubmissionDetails:
    """Return the work with earlier feedback on it; its content only while assessors may read it."""
    readable = submission.state in READABLE
    body = body_of(submission) if readable else None
    revision = submission.assessment_revision
    waits = submission.state == SubmissionState.SUBMITTED
    return SubmissionDetails(
        id=submission.public_id,
        title=revision.assessment.title,
        instructions=revision.instructions,
        learner=display_name_of(submission.learner, on=clock.today_in(zone)),
        number=submission.learner.learner_number,
        attempt=submission.attempt,
        round=submission.round,
        performed_on=submission.performed_on,
        waiting=waiting_time(submission.submitted_at, clock.now()) if waits else "",
        text=(body.content or "") if body else "",
        erased=body is not None and body.content is None,
        artifacts=[_artifact_link(row) for row in artifacts_of(submission)] if readable else (),
        earlier=feedback_from(earlier_feedback(submission), zone=zone),
    )


def feedback_from(judgements: Iterable[Judgement], *, zone: ZoneInfo) -> list[Feedback]:
    """Return each judgement as it reads now, with the rows that it has replaced; in the order of `judgements`."""
    corrections: dict[tuple[int, int, int], list[Judgement]] = {}
    for row in judgements:
        corrections.setdefault((row.submission_id, row.assessor_id, row.round), []).append(row)
    return [
        _with_history(sorted(rows, key=lambda row: row.revision_number, reverse=True), zone)
        for rows in corrections.values()
    ]


def _with_history(rows: Sequence[Judgement], zone: ZoneInfo) -> Feedback:
    newest, *before = (feedback_of(row, zone=zone) for row in rows)
    return replace(newest, before=before)


def feedback_of(judgement: Judgement, *, zone: ZoneInfo) -> Feedback:
    """Return one row as feedback; the day is the civil date in `zone`."""
    body = getattr(judgement, "body", None)  # a judgement without comments has no such row
    comments = body.content or {} if body else {}
    return Feedback(
        lines=_criterion_feedback(judgement, comments),
        comment=comments.get(OVERALL, ""),
        erased=body is not None and body.content is None,
        attempt=judgement.submission.attempt,
        assessor=judgement.assessor.display_name,
        day=date_format(clock.civil_date(judgement.recorded_at, zone)),
        corrected=judgement.revision_number > 1,
        reason=str(judgement.get_reason_display()) if judgement.reason else "",
        words=comments.get(WHY, ""),
    )


def waiting_time(since: datetime | None, at: datetime) -> str:
    """Return in words how long something has waited, in the largest fitting unit."""
    if since is None:
        return ""
    return timesince(since, at, depth=1)


def _url(submission: Submission) -> str:
    return reverse("judging:work", args=[submission.public_id])


def _artifact_link(artifact: Artifact) -> ArtifactLink:
    content = artifact.body.content
    if content is None:
        return ArtifactLink(_("Erased"), "", "cross", 0)
    if artifact.kind == ArtifactKind.LINK:
        return ArtifactLink(content["name"] or content["address"], content["address"], "link", 0)
    return ArtifactLink(content["name"], reverse("work:file", args=[artifact.public_id]), "file", artifact.size)


def _criterion_feedback(judgement: Judgement, comments: Mapping[str, str]) -> list[CriterionFeedback]:
    # Sorted here, not by the database: the levels are prefetched, and order_by() would ask again for each judgement.
    rows = sorted(judgement.levels.all(), key=lambda row: row.criterion.sequence)
    return [
        CriterionFeedback(
            row.criterion.title, row.criterion_level.level.title, comments.get(str(row.criterion.public_id), "")
        )
        for row in rows
    ]
