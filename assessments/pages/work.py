"""A learner's work at a glance: what is under way, what can be begun, what was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Learner, User
from accounts.queries import learner_of, learners_zone
from assessments.actions.submissions import OPEN
from assessments.models import Assessment, AssessmentRevision, Submission, SubmissionState
from assessments.queries import assessments_open, work_of
from config.base.access import access, desk_user, signed_in


@dataclass(frozen=True)
class Offer:
    """An assessment that can be begun; `left` is how many attempts are, None for any number."""

    assessment: Assessment
    instructions: str
    left: int | None
    tried: bool


def hands_in_work(request: HttpRequest) -> bool:
    """Whom the header leads here: everybody with an account who is no staff. Their own rows are all anybody sees."""
    return signed_in(request) and not desk_user(request)


@access(signed_in)
def work(request: HttpRequest) -> HttpResponse:
    """What this learner can begin, has under way, and has finished."""
    learner = learner_of(cast("User", request.user))
    rows = list(work_of(learner)) if learner else []
    context = {
        "learner": learner,
        "open": [row for row in rows if row.state in OPEN],
        "offers": offers_for(learner, rows) if learner else [],
        "closed": [row for row in rows if row.state not in OPEN],
    }
    with timezone.override(learners_zone()):
        return render(request, "assessments/coursework/work.html", context)


def offers_for(_learner: Learner, rows: Sequence[Submission]) -> list[Offer]:
    """The open assessments of which no work is under way and an attempt is left, given all work of the learner."""
    current = Prefetch("revisions", AssessmentRevision.objects.current(), to_attr="current")
    offers = []
    for assessment in assessments_open().prefetch_related(current):
        tried = [row for row in rows if row.assessment_revision.assessment_id == assessment.pk]
        revision = cast("list[AssessmentRevision]", vars(assessment)["current"])[0]
        spent = sum(row.state != SubmissionState.WITHDRAWN for row in tried)
        left = None if revision.attempts_allowed is None else revision.attempts_allowed - spent
        if not any(row.state in OPEN for row in tried) and (left is None or left > 0):
            offers.append(Offer(assessment, revision.instructions, left, bool(spent)))
    return offers
