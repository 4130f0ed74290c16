"""One submission: the assessor reads it next to its rubric, saves drafts, judges or returns it; then the next opens."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.queries.time_zones import learner_time_zone
from assessments.errors import AlreadyJudgedError, HandedInAgainError, NotWaitingError, NotYourWorkToJudgeError
from assessments.models import Judgement, JudgementDraft, Submission
from assessments.permissions import assesses, may_correct, may_judge
from assessments.work.actions.judging import judge_submission, return_submission, save_judgement_draft
from assessments.work.pages.judging_closed import reason_closed
from assessments.work.pages.judging_queue import judges_work
from assessments.work.pages.judging_sheet import JudgementInput, JudgementSheet, sheet_of
from assessments.work.pages.judging_view import details_of, feedback_from
from assessments.work.queries.corrections import correctable
from assessments.work.queries.work import (
    awaiting,
    criteria_of,
    draft_of,
    feedback_by,
    submissions_awaiting_judgement,
    submitted_work,
    waits_for,
)
from core import clock
from core.access import access

# Longer numbers are no round, and are not even converted.
LONGEST_ROUND = 6  # digits
# Somebody else was quicker, or the learner was. The page explains it and shows what was entered.
NO_LONGER_WAITING = (NotWaitingError, AlreadyJudgedError, NotYourWorkToJudgeError, HandedInAgainError)


@access(judges_work)
def work(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show the work and the rubric side by side; or, when it does not wait for this assessor, why."""
    submission, user = _submission(request, submission_id), _assessor(request)
    if not may_judge(user, submission) or not waits_for(user, submission, at=clock.now()):
        return _closed(request, submission)
    saved = draft_of(submission, user)
    criteria = criteria_of(submission)
    entered = JudgementInput.from_draft(criteria, saved.entries) if saved else JudgementInput(criteria)
    return _open(request, submission, sheet_of(entered, saved_at=saved.saved_at if saved else None))


def form_view(
    act: Callable[[HttpRequest, Submission, JudgementInput], HttpResponse],
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Make a view of a function that takes the submission and what the assessor entered in its form.

    The view shows the page of closed work when the work does not wait for this assessor any more.
    """

    @access(judges_work)
    @require_POST
    @functools.wraps(act)
    def view(request: HttpRequest, submission_id: UUID) -> HttpResponse:
        submission = _submission(request, submission_id)
        entered = JudgementInput.from_form(criteria_of(submission), request.POST)
        try:
            return act(request, submission, entered)
        except NO_LONGER_WAITING as refusal:
            # Read again: the refusal means that somebody has changed the row since.
            return _closed(request, _submission(request, submission_id), entered, refusal)

    return view


@form_view
def draft(request: HttpRequest, submission: Submission, entered: JudgementInput) -> HttpResponse:
    """Save a draft. Answers with one line when the page saves by itself, else with a redirect."""
    saved = _save(request, submission, entered)
    if _sent_by_htmx(request):
        return _page(request, "_saved", {"saved_at": saved.saved_at})
    messages.success(request, _("Saved. Only you see it until you assess the work."))
    return redirect("judging:work", submission.public_id)


@form_view
def judge(request: HttpRequest, submission: Submission, entered: JudgementInput) -> HttpResponse:
    """Judge the work, and open the next one; the form again while a level is missing."""
    if entered.missing:
        saved_at = _save(request, submission, entered).saved_at
        return _open(request, submission, sheet_of(entered, saved_at=saved_at, missing=entered.missing))
    judge_submission(
        submission,
        by=_assessor(request),
        entries=entered.chosen_levels,
        comments=entered.comments_by_criterion,
        read_in=_round_read(request),
    )
    return _onward(request, submission, _("Assessed."))


@form_view
def return_for_revision(request: HttpRequest, submission: Submission, entered: JudgementInput) -> HttpResponse:
    """Return the work with a comment on what to revise, and open the next one."""
    if not entered.comment:
        saved_at = _save(request, submission, entered).saved_at
        return _open(request, submission, sheet_of(entered, saved_at=saved_at, comment_missing=True))
    return_submission(submission, by=_assessor(request), comments=entered.text, read_in=_round_read(request))
    return _onward(request, submission, _("Returned for revision."))


def _assessor(request: HttpRequest) -> User:
    return cast("User", request.user)  # `judges_work` lets nobody else in


def _sent_by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _submission(request: HttpRequest, submission_id: UUID) -> Submission:
    """Return the work if it was ever submitted in an organization of this assessor; 404 otherwise.

    It may be the assessor's own work: a record that they judged may be linked with theirs later. They see why it is
    closed, and keep what they have typed; the actions refuse to judge it.
    """
    row = get_object_or_404(submitted_work(), public_id=submission_id)
    if not assesses(request.user, row):
        raise Http404
    return row


def _save(request: HttpRequest, submission: Submission, entered: JudgementInput) -> JudgementDraft:
    return save_judgement_draft(
        submission, by=_assessor(request), entries=entered.entries, read_in=_round_read(request)
    )


def _round_read(request: HttpRequest) -> int:
    """Return the round in which the assessor opened the work; 0 is no round at all.

    What they entered is about the work as it was in that round.
    """
    number = request.POST.get("round", "")
    return int(number) if number.isdecimal() and len(number) < LONGEST_ROUND else 0


def _next(user: User, submission: Submission) -> str:
    """Return the URL of the work that follows this one in the queue; after the last one, of the first."""
    at = clock.now()
    place = (submission.submitted_at, submission.pk) if submission.submitted_at else None
    following = submissions_awaiting_judgement(user, at=at, after=place, limit=1)
    following = following or submissions_awaiting_judgement(user, at=at, limit=1)
    return reverse("judging:work", args=[following[0].public_id]) if following else ""


def _onward(request: HttpRequest, submission: Submission, done: str) -> HttpResponse:
    user = _assessor(request)
    count = awaiting(user, at=clock.now()).count()
    left = ngettext("%(count)s more waits for you.", "%(count)s more wait for you.", count) % {"count": count}
    messages.success(request, f"{done} {left if count else _('Nothing else waits for you.')}")
    return redirect(_next(user, submission) or "judging:queue")


def _open(request: HttpRequest, submission: Submission, sheet: JudgementSheet) -> HttpResponse:
    return _page(request, "work", {"work": details_of(submission, zone=learner_time_zone()), "sheet": sheet})


def _closed(
    request: HttpRequest, submission: Submission, unsent: JudgementInput | None = None, refusal: Exception | None = None
) -> HttpResponse:
    """Show why the work does not wait for this assessor, with what they have entered and could not send."""
    zone, user = learner_time_zone(), _assessor(request)
    mine = list(feedback_by(user, submission))
    reason = reason_closed(submission, user, refusal)
    if _sent_by_htmx(request):
        return _page(request, "_saved", {"gone": reason})
    resubmitted = isinstance(refusal, HandedInAgainError)
    context = {
        "work": details_of(submission, zone=zone),
        "reason": reason,
        "mine": feedback_from(mine, zone=zone),
        "correcting": reverse("judging:correct", args=[submission.public_id]) if _offers_correction(user, mine) else "",
        "unsent": unsent.feedback if unsent else None,
        "onward": reverse("judging:work", args=[submission.public_id]) if resubmitted else _next(user, submission),
        "resubmitted": resubmitted,
    }
    return _page(request, "closed", context)


def _offers_correction(user: User, mine: Sequence[Judgement]) -> bool:
    return bool(mine) and correctable(mine[0], mine[0].submission) and may_correct(user, mine[0])


def _page(request: HttpRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render a page of the assessor with times in the institution's zone."""
    with timezone.override(learner_time_zone()):
        return render(request, f"assessments/judging/{name}.html", dict(context))
