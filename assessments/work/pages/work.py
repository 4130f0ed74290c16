"""The list of a learner's work: what is under way, what they can begin, what was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.queries.people import learner_of
from accounts.queries.time_zones import learner_time_zone
from assessments.models import Assessment, Submission, SubmissionState
from assessments.work.actions.submissions import OPEN
from assessments.work.queries.work import open_revisions, work_of
from core.access import access, desk_user, signed_in


@dataclass(frozen=True)
class AssessmentOffer:
    """An assessment that a learner can begin. `left` is the number of attempts left; None is any number."""

    assessment: Assessment
    instructions: str
    left: int | None
    tried: bool


def hands_in_work(request: HttpRequest) -> bool:
    """Return whether the header shows the link to this page: to signed-in users who are no staff.

    The pages themselves are open to everybody signed in, because they show nothing but one's own work.
    """
    return signed_in(request) and not desk_user(request)


@access(signed_in)
def work(request: HttpRequest) -> HttpResponse:
    """Show what this learner can begin, has under way, and has finished."""
    learner = learner_of(cast("User", request.user))
    rows = list(work_of(learner)) if learner else []
    context = {
        "learner": learner,
        "open": [row for row in rows if row.state in OPEN],
        "offers": offers_for(rows) if learner else [],
        "closed": [row for row in rows if row.state not in OPEN],
    }
    with timezone.override(learner_time_zone()):
        return render(request, "assessments/coursework/work.html", context)


def offers_for(submissions: Sequence[Submission]) -> list[AssessmentOffer]:
    """Return the open assessments that the learner with these `submissions` (all they have) can begin now.

    Left out are assessments with work under way, and those without an attempt left.
    """
    offers = []
    for assessment, revision in open_revisions():
        tried = [row for row in submissions if row.assessment_revision.assessment_id == assessment.pk]
        # Withdrawn work was never judged, so it does not use up an attempt.
        spent = sum(row.state != SubmissionState.WITHDRAWN for row in tried)
        left = None if revision.attempts_allowed is None else revision.attempts_allowed - spent
        if not any(row.state in OPEN for row in tried) and (left is None or left > 0):
            offers.append(AssessmentOffer(assessment, revision.instructions, left, bool(spent)))
    return offers
