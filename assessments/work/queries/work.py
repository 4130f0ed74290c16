"""Reads of assessments and of submitted work: what waits for an assessor, and what a learner has under way."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Learner, LearnerOwnedQuerySet, Organization, Role, User
from accounts.permissions import holds
from accounts.rules.tenure import Tenure
from assessments.models import (
    Artifact,
    ArtifactKind,
    Assessment,
    AssessmentRevision,
    Criterion,
    CriterionLevel,
    Judgement,
    JudgementDraft,
    Submission,
    SubmissionBody,
    SubmissionState,
)
from core.database.compiled import compiled

DEFAULT_PAGE = 50
MOST_TO_GO_ON_WITH = 4
ASSESSED_BY = "submission__assessment_revision__assessment__organization"
Place = tuple[datetime, int]  # `submitted_at` and id of the last row of the page before


def submissions_awaiting_judgement(
    user: User, *, at: datetime, after: Place | None = None, limit: int = DEFAULT_PAGE
) -> list[Submission]:
    """Return the work that waits for this assessor at the instant `at`, the longest waiting first.

    Left out are the assessor's own work, work that they have judged in this round, and work of organizations where
    they are no assessor.
    """
    rows = awaiting(user, at=at)
    if after is not None:
        moment, key = after
        # The first condition alone lets PostgreSQL start in the index `submission_waiting`; the second one leaves out
        # rows of the same instant that the page before has shown.
        rows = rows.filter(submitted_at__gte=moment).filter(Q(submitted_at__gt=moment) | Q(pk__gt=key))
    return list(rows.order_by("submitted_at", "pk")[:limit])


def awaiting(user: User, *, at: datetime) -> QuerySet[Submission]:
    """Return the work that waits for this assessor as an unordered queryset, with `judged_count` on each row."""
    tenures = [tenure for tenure in user.tenures if tenure.role == Role.ASSESSOR and tenure.covers(at)]
    if not tenures:
        return Submission.objects.none()
    judged = Judgement.objects.filter(submission=OuterRef("pk"), round=OuterRef("round"), assessor=user)
    persons = Learner.objects.filter(user=user).values(person=Coalesce("same_as_id", "id"))
    rows = (
        Submission.objects.waiting()
        # An assessor may study here under several linked records: compare persons, not records.
        .alias(person=Coalesce("learner__same_as_id", "learner_id"))
        .exclude(person__in=persons)
        .filter(~Exists(judged))
        # Corrections are rows of their own: each assessor is counted once.
        .annotate(
            judged_count=Count(
                "judgements", filter=Q(judgements__round=F("round"), judgements__revision_number=1), distinct=True
            )
        )
        .select_related("learner", "assessment_revision__assessment__organization")
    )
    if any(tenure.organization_id is None for tenure in tenures):
        return rows
    return rows.filter(assessment_revision__assessment__organization__in=_organizations_below(tenures))


def _organizations_below(tenures: list[Tenure]) -> list[int]:
    """Return the ids of the organizations of limited roles and of their branches, to any depth; one query."""
    parents: dict[int, int | None] = dict(Organization.objects.values_list("pk", "parent"))
    own = {tenure.organization_id for tenure in tenures}

    def within(organization: int | None) -> bool:
        while organization is not None and organization not in own:
            organization = parents[organization]
        return organization is not None

    return [organization for organization in parents if within(organization)]


def waits_for(user: User, submission: Submission, *, at: datetime) -> bool:
    """Return whether the work waits for this assessor at the instant `at`."""
    return awaiting(user, at=at).filter(pk=submission.pk).exists()


def place_in_queue(public_id: UUID) -> Place | None:
    """Return where a page that follows this piece of work begins, even if the work was judged since."""
    row = Submission.objects.filter(public_id=public_id).first()
    return (row.submitted_at, row.pk) if row and row.submitted_at else None


def submitted_work() -> QuerySet[Submission]:
    """Return all work that was ever submitted, with what decides who may assess it."""
    rows = Submission.objects.filter(submitted_at__isnull=False)
    return rows.select_related("learner", "assessment_revision__assessment__organization")


def submission_with_work(pk: int) -> Submission:
    """Return the submission with its learner and assessment."""
    return Submission.objects.select_related("learner", "assessment_revision__assessment").get(pk=pk)


def judgement_with_work(pk: int) -> Judgement:
    """Return the judgement with its work and the learner and assessment of that."""
    related = ("assessor", "submission__learner", "submission__assessment_revision__assessment__organization", "body")
    return Judgement.objects.select_related(*related).get(pk=pk)


def work_of(learner: Learner) -> QuerySet[Submission]:
    """Return all work of the person with its assessment and text, the newest attempt first."""
    return (
        Submission.objects.of(learner)
        .select_related("assessment_revision__assessment", "body")
        .order_by("-started_at", "-pk")
    )


def work_to_go_on_with(learner: Learner) -> list[Submission]:
    """Return the newest few submissions that wait for the learner: drafts, and work that was returned."""
    return _to_go_on_with(learner.pk)


@compiled
def _to_go_on_with(learner: int) -> QuerySet[Submission]:
    waiting = [SubmissionState.RETURNED, SubmissionState.DRAFT]
    return work_of(Learner(pk=learner)).filter(state__in=waiting)[:MOST_TO_GO_ON_WITH]


def assessments_showing(competencies: Iterable[str]) -> dict[str, list[Assessment]]:
    """The open assessments by which each competency (public id) can be shown, by title."""
    wanted = tuple(sorted({UUID(name) for name in competencies}))
    found: dict[str, list[Assessment]] = {}
    for row in _showing(wanted) if wanted else ():
        found.setdefault(str(row.shown), []).append(row)  # type: ignore[attr-defined]  # annotated below
    return found


@compiled
def _showing(competencies: tuple[UUID, ...]) -> QuerySet[Assessment]:
    shown = "revisions__rubric_revision__criteria__competency_revision__competency__public_id"
    rows = assessments_open().filter(revisions__superseded_at=None, **{f"{shown}__in": competencies})
    return rows.annotate(shown=F(shown)).distinct()


def body_of(submission: Submission) -> SubmissionBody | None:
    """Return the text of the work, if the row is there."""
    return SubmissionBody.objects.filter(submission=submission).first()


def artifacts_of(submission: Submission) -> QuerySet[Artifact]:
    """Return the files and links of the work with their names, in their order."""
    return submission.artifacts.select_related("body").order_by("sequence")


def files_of_work() -> QuerySet[Artifact]:
    """Return all files that were not erased, with what decides who may download them."""
    rows = Artifact.objects.filter(kind=ArtifactKind.FILE, body__erased_at=None)
    return rows.select_related(
        "body", "submission__learner", "submission__assessment_revision__assessment__organization"
    )


def criteria_of(submission: Submission) -> list[Criterion]:
    """Return the criteria by which the work is judged, each with its levels from the lowest up."""
    rows = Criterion.objects.filter(rubric_revision=submission.assessment_revision.rubric_revision_id)
    levels = CriterionLevel.objects.select_related("level").order_by("level__rank")
    return list(
        rows.select_related("competency_revision").prefetch_related(Prefetch("levels", levels)).order_by("sequence")
    )


def criterion_counts(rubric_revisions: Collection[int]) -> dict[int, int]:
    """Return the number of criteria of each rubric revision, by its id; one query."""
    rows = Criterion.objects.filter(rubric_revision__in=rubric_revisions).values_list("rubric_revision")
    return dict(rows.annotate(count=Count("pk")))


def drafted_submissions(user: User, submissions: Collection[Submission]) -> set[int]:
    """Return the ids of those submissions for which this assessor has saved a draft; one query."""
    drafts = JudgementDraft.objects.filter(assessor=user, submission__in=submissions)
    return set(drafts.values_list("submission", flat=True))


def draft_of(submission: Submission, user: User) -> JudgementDraft | None:
    """Return the draft that this assessor has saved for the work."""
    return JudgementDraft.objects.filter(submission=submission, assessor=user).first()


def judgements_by(user: User, *, before: int | None, limit: int) -> list[Judgement]:
    """Return what this assessor has judged, the latest first, beginning with the one before the id `before`.

    Work of organizations where they are no assessor any more is left out.
    """
    mine = Judgement.objects.filter(assessor=user)
    places = [
        row
        for row in Organization.objects.filter(pk__in=mine.values(ASSESSED_BY))
        if holds(user, Role.ASSESSOR, organization=row)
    ]
    rows = mine.newest().filter(**{f"{ASSESSED_BY}__in": places})
    if before is not None:
        rows = rows.filter(pk__lt=before)
    related = rows.select_related("learner", "submission__assessment_revision__assessment")
    return list(related.prefetch_related("levels__criterion", "levels__criterion_level__level").order_by("-pk")[:limit])


def judgements_of(submission: Submission) -> QuerySet[Judgement]:
    """Return all judgements of the work with their assessors, the oldest first, without corrections."""
    return Judgement.objects.filter(submission=submission, revision_number=1).select_related("assessor").order_by("pk")


def feedback_on(submission: Submission) -> QuerySet[Judgement]:
    """Return all judgements of the work, corrected ones too, with their levels and comments, the newest first."""
    return _judgements_with_feedback().filter(submission=submission).order_by("-recorded_at", "-pk")


def feedback_by(user: User, submission: Submission) -> QuerySet[Judgement]:
    """Return what this assessor found in the present round of the work, with levels and comments, the newest first.

    Of returned work it is the return, which ended the round before. What was corrected is part of it.
    """
    returned = submission.state == SubmissionState.RETURNED
    rows = _judgements_with_feedback().filter(submission=submission, assessor=user)
    return rows.filter(round=submission.round - returned).order_by("-revision_number")


def earlier_feedback(submission: Submission) -> QuerySet[Judgement]:
    """Return the judgements of earlier attempts and of earlier rounds of this one, the newest first.

    Judgements of the present round are left out: assessors decide without seeing what their colleagues found.
    """
    assessment = submission.assessment_revision.assessment
    rows = (
        _judgements_with_feedback()
        .of(submission.learner)
        .filter(submission__assessment_revision__assessment=assessment)
        .exclude(submission=submission, round=submission.round)
    )
    return rows.order_by("-recorded_at", "-pk")


def _judgements_with_feedback() -> LearnerOwnedQuerySet[Judgement]:
    """Return judgements with all that a page shows of them."""
    return Judgement.objects.select_related("submission", "assessor", "body").prefetch_related(
        "levels__criterion", "levels__criterion_level__level"
    )


def current_revision_of(assessment: Assessment) -> AssessmentRevision:
    """Return the revision of the assessment that is in force, with its rubric."""
    return AssessmentRevision.objects.current().select_related("rubric_revision__rubric").get(assessment=assessment)


def assessments_open() -> QuerySet[Assessment]:
    """Return the assessments for which learners can begin work, by title."""
    return Assessment.objects.filter(opened_at__isnull=False, retired_at=None).order_by("title", "pk")


def open_revisions() -> list[tuple[Assessment, AssessmentRevision]]:
    """Return each assessment that is open to learners with its current revision, by title; two queries."""
    current = Prefetch("revisions", AssessmentRevision.objects.current(), to_attr="current")
    rows = assessments_open().prefetch_related(current)
    # The attribute is made by the prefetch; types cannot know it. One current revision each: a constraint says so.
    return [(assessment, vars(assessment)["current"][0]) for assessment in rows]
