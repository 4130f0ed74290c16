"""What an assessor's pages show of work: the rows of the lists, one piece of work, and what was said of it before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.models import LearnerName, LearnerOwnedQuerySet, NameKind, Organization, Role, User
from accounts.permissions import holds
from accounts.queries import shown_name_of
from assessments.models import (
    Artifact,
    ArtifactKind,
    Criterion,
    CriterionLevel,
    Judgement,
    JudgementDraft,
    JudgementOutcome,
    Submission,
    SubmissionBody,
    SubmissionState,
)
from config.base import clock
from config.base.letters import printable

# Otherwise the learner is writing in it, or has taken it back.
READABLE = (SubmissionState.SUBMITTED, SubmissionState.JUDGED)
OVERALL = ""


@dataclass(frozen=True)
class Row:
    """One piece of work in a list; `levels` and `judged_at` where it was judged."""

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
class Found:
    """What was found and said on one criterion."""

    criterion: str
    level: str
    comment: str


@dataclass(frozen=True)
class Feedback:
    """What one assessor said of one attempt."""

    lines: Sequence[Found]
    comment: str
    erased: bool = False
    attempt: int = 0
    assessor: str = ""
    day: str = ""


@dataclass(frozen=True)
class Attached:
    """A file or a link; without a URL where it was erased."""

    name: str
    url: str
    icon: str
    size: int


@dataclass(frozen=True)
class Piece:
    """One piece of work as the assessor reads it."""

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
    artifacts: Sequence[Attached] = ()
    earlier: Sequence[Feedback] = field(default=())


def waiting_rows(rows: Sequence[Submission], user: User, *, zone: ZoneInfo) -> list[Row]:
    """The rows of the queue; three queries, however many there are."""
    at = clock.now()
    names = _names((row.learner_id for row in rows), on=clock.civil_date(at, zone))
    rubrics = {row.assessment_revision.rubric_revision_id for row in rows}
    counted = Criterion.objects.filter(rubric_revision__in=rubrics).values_list("rubric_revision")
    criteria = dict(counted.annotate(count=Count("pk")))
    begun = set(JudgementDraft.objects.filter(assessor=user, submission__in=rows).values_list("submission", flat=True))
    return [
        Row(
            url=_url(row),
            title=row.assessment_revision.assessment.title,
            learner=names.get(row.learner_id, row.learner.learner_number),
            attempt=row.attempt,
            waiting=waiting_time(row.submitted_at, at),
            criteria=criteria.get(row.assessment_revision.rubric_revision_id, 0),
            begun=row.pk in begun,
        )
        for row in rows
    ]


def judgements_by(user: User, *, before: int | None, limit: int) -> list[Judgement]:
    """What this assessor has judged where they may judge still, the latest first, from the one after `before` on."""
    mine = Judgement.objects.filter(assessor=user)
    place = "submission__assessment_revision__assessment__organization"
    places = [
        row
        for row in Organization.objects.filter(pk__in=mine.values(place))
        if holds(user, Role.ASSESSOR, organization=row)
    ]
    rows = mine.filter(**{f"{place}__in": places})
    if before is not None:
        rows = rows.filter(pk__lt=before)
    related = rows.select_related("learner", "submission__assessment_revision__assessment")
    return list(related.prefetch_related("levels__criterion", "levels__criterion_level__level").order_by("-pk")[:limit])


def judged_rows(rows: Sequence[Judgement], *, zone: ZoneInfo) -> list[Row]:
    """The rows of what was judged; one query."""
    names = _names((row.learner_id for row in rows), on=clock.today_in(zone))
    return [
        Row(
            url=_url(row.submission),
            title=row.submission.assessment_revision.assessment.title,
            learner=names.get(row.learner_id, row.learner.learner_number),
            attempt=row.submission.attempt,
            judged_at=row.recorded_at,
            levels=" · ".join(found.level for found in _found(row, {}))
            or str(JudgementOutcome(row.outcome).label).capitalize(),
        )
        for row in rows
    ]


def piece_of(submission: Submission, *, zone: ZoneInfo) -> Piece:
    """The work with what was said of it before; its content only while it is in the assessors' hands."""
    readable = submission.state in READABLE
    body = SubmissionBody.objects.filter(submission=submission).first() if readable else None
    asked = submission.assessment_revision
    waits = submission.state == SubmissionState.SUBMITTED
    return Piece(
        id=submission.public_id,
        title=asked.assessment.title,
        instructions=asked.instructions,
        learner=shown_name_of(submission.learner, on=clock.today_in(zone)),
        number=submission.learner.learner_number,
        attempt=submission.attempt,
        round=submission.round,
        performed_on=submission.performed_on,
        waiting=waiting_time(submission.submitted_at, clock.now()) if waits else "",
        text=(body.content or "") if body else "",
        erased=body is not None and body.content is None,
        artifacts=_attached(submission) if readable else (),
        earlier=_earlier(submission, zone),
    )


def feedback_of(judgement: Judgement, *, zone: ZoneInfo) -> Feedback:
    """A judgement as feedback."""
    body = getattr(judgement, "body", None)
    words = body.content or {} if body else {}
    return Feedback(
        lines=_found(judgement, words),
        comment=words.get(OVERALL, ""),
        erased=body is not None and body.content is None,
        attempt=judgement.submission.attempt,
        assessor=judgement.assessor.display_name,
        day=date_format(clock.civil_date(judgement.recorded_at, zone)),
    )


def judgements_with_words() -> LearnerOwnedQuerySet[Judgement]:
    """Judgements with all that `feedback_of` reads."""
    return Judgement.objects.select_related("submission", "assessor", "body").prefetch_related(
        "levels__criterion", "levels__criterion_level__level"
    )


def criteria_of(submission: Submission) -> list[Criterion]:
    """The rubric by which the work is judged, with its levels from the lowest up."""
    rows = Criterion.objects.filter(rubric_revision=submission.assessment_revision.rubric_revision_id)
    levels = CriterionLevel.objects.select_related("level").order_by("level__rank")
    return list(
        rows.select_related("competency_revision").prefetch_related(Prefetch("levels", levels)).order_by("sequence")
    )


def waiting_time(since: datetime | None, at: datetime) -> str:
    """How long something has waited, in the largest unit that says it."""
    if since is None:
        return ""
    return timesince(since, at, depth=1)


def _url(submission: Submission) -> str:
    return reverse("judging:work", args=[submission.public_id])


def _names(learners: Iterable[int], *, on: date) -> dict[int, str]:
    """What pages call these records: the chosen name of the day, else the legal one."""
    names = LearnerName.objects.on(on).filter(learner__in=set(learners)).exclude(kind=NameKind.FORMER)
    found = {}
    for learner, kind, text in names.values_list("learner", "kind", "text").order_by("pk"):
        if kind == NameKind.CHOSEN or learner not in found:
            found[learner] = printable(text)
    return found


def _attached(submission: Submission) -> list[Attached]:
    rows = Artifact.objects.filter(submission=submission).select_related("body").order_by("sequence")
    return [_shown(row) for row in rows]


def _shown(artifact: Artifact) -> Attached:
    content = artifact.body.content
    if content is None:
        return Attached(_("Erased"), "", "cross", 0)
    if artifact.kind == ArtifactKind.LINK:
        return Attached(content["name"] or content["address"], content["address"], "link", 0)
    return Attached(content["name"], reverse("work:file", args=[artifact.public_id]), "file", artifact.size)


def _earlier(submission: Submission, zone: ZoneInfo) -> list[Feedback]:
    """What was said of earlier attempts, and of earlier rounds of this one; not what colleagues find in this round."""
    assessment = submission.assessment_revision.assessment
    rows = (
        judgements_with_words()
        .of(submission.learner)
        .filter(submission__assessment_revision__assessment=assessment)
        .exclude(submission=submission, round=submission.round)
    )
    return [feedback_of(row, zone=zone) for row in rows.order_by("-recorded_at", "-pk")]


def _found(judgement: Judgement, words: Mapping[str, str]) -> list[Found]:
    rows = sorted(judgement.levels.all(), key=lambda row: row.criterion.sequence)
    return [
        Found(row.criterion.title, row.criterion_level.level.title, words.get(str(row.criterion.public_id), ""))
        for row in rows
    ]
