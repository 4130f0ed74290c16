"""Work handed in: whose turn it is, and what a learner has under way."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Learner, Organization, Role, User
from accounts.rules.tenure import Tenure
from assessments.models import Assessment, Judgement, Submission, SubmissionState
from config.base.compiled import compiled

DEFAULT_PAGE = 50
MOST_TO_GO_ON_WITH = 4
Place = tuple[datetime, int]  # `submitted_at` and id of the last row of the page before


def submissions_awaiting_judgement(
    user: User, *, at: datetime, after: Place | None = None, limit: int = DEFAULT_PAGE
) -> list[Submission]:
    """Work that waits for this assessor at the instant `at`, longest first, with what a queue shows of it.

    Left out: their own, what they have judged in this round, and what is assessed where they are no assessor.
    """
    rows = awaiting(user, at=at)
    if after is not None:
        moment, key = after
        rows = rows.filter(submitted_at__gte=moment).filter(Q(submitted_at__gt=moment) | Q(pk__gt=key))
    return list(rows.order_by("submitted_at", "pk")[:limit])


def awaiting(user: User, *, at: datetime) -> QuerySet[Submission]:
    """The same work as a queryset, in no order: to be counted, or asked for one piece. `judged_count` is at hand."""
    tenures = [tenure for tenure in user.tenures if tenure.role == Role.ASSESSOR and tenure.covers(at)]
    if not tenures:
        return Submission.objects.none()
    judged = Judgement.objects.filter(submission=OuterRef("pk"), round=OuterRef("round"), assessor=user)
    persons = Learner.objects.filter(user=user).values(person=Coalesce("same_as_id", "id"))
    rows = (
        Submission.objects.waiting()
        .alias(person=Coalesce("learner__same_as_id", "learner_id"))
        .exclude(person__in=persons)
        .filter(~Exists(judged))
        .annotate(judged_count=Count("judgements", filter=Q(judgements__round=F("round")), distinct=True))
        .select_related("learner", "assessment_revision__assessment__organization")
    )
    if any(tenure.organization_id is None for tenure in tenures):
        return rows
    return rows.filter(assessment_revision__assessment__organization__in=_reached(tenures))


def _reached(tenures: list[Tenure]) -> list[int]:
    """The organizations of limited roles and their branches, to any depth; one query."""
    above: dict[int, int | None] = dict(Organization.objects.values_list("pk", "parent"))
    held = {tenure.organization_id for tenure in tenures}

    def reached(organization: int | None) -> bool:
        while organization is not None and organization not in held:
            organization = above[organization]
        return organization is not None

    return [organization for organization in above if reached(organization)]


def work_of(learner: Learner) -> QuerySet[Submission]:
    """All work of the person with what it was asked by, the newest begun first."""
    return (
        Submission.objects.of(learner)
        .select_related("assessment_revision__assessment", "body")
        .order_by("-started_at", "-pk")
    )


def work_to_go_on_with(learner: Learner) -> list[Submission]:
    """The newest few pieces of work that wait for the person: drafts, and what came back."""
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


def assessments_open() -> QuerySet[Assessment]:
    """What learners can begin work for, by title."""
    return Assessment.objects.filter(opened_at__isnull=False, retired_at=None).order_by("title", "pk")
