"""One piece of work: read beside its rubric, saved as one goes, judged or returned; then the next one opens."""

import functools
from collections.abc import Callable, Mapping
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
from accounts.queries import learners_zone
from assessments.actions import judge_submission, return_submission, save_judgement_draft
from assessments.errors import AlreadyJudgedError, HandedInAgainError, NotWaitingError, NotYourWorkToJudgeError
from assessments.models import JudgementDraft, Submission
from assessments.pages.judging import judges_work
from assessments.pages.judging_closed import what_happened
from assessments.pages.judging_reading import criteria_of, feedback_of, judgements_with_words, piece_of
from assessments.pages.judging_sheet import Sheet, Writing, sheet_of
from assessments.permissions import may_judge
from assessments.queries.work import awaiting, submissions_awaiting_judgement
from config.base import clock
from config.base.access import access

LONGEST_ROUND = 6  # digits
GONE = (NotWaitingError, AlreadyJudgedError, NotYourWorkToJudgeError, HandedInAgainError)


@access(judges_work)
def work(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """The work and the rubric side by side; or, when it does not wait for this assessor, what became of it."""
    submission, user = _submission(request, submission_id), _assessor(request)
    if not awaiting(user, at=clock.now()).filter(pk=submission.pk).exists():
        return _closed(request, submission)
    kept = JudgementDraft.objects.filter(submission=submission, assessor=user).first()
    criteria = criteria_of(submission)
    writing = Writing.kept(criteria, kept.entries) if kept else Writing(criteria)
    return _open(request, submission, sheet_of(writing, saved_at=kept.saved_at if kept else None))


def on_the_form(
    act: Callable[[HttpRequest, Submission, Writing], HttpResponse],
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A view of what the form sends: its work, what was put down, and plain words when it is no longer waiting."""

    @access(judges_work)
    @require_POST
    @functools.wraps(act)
    def view(request: HttpRequest, submission_id: UUID) -> HttpResponse:
        submission = _submission(request, submission_id)
        writing = Writing.on(criteria_of(submission), request.POST)
        try:
            return act(request, submission, writing)
        except GONE as gone:
            return _closed(request, _submission(request, submission_id), writing, gone)

    return view


@on_the_form
def draft(request: HttpRequest, submission: Submission, writing: Writing) -> HttpResponse:
    """Keep what was put down so far: as a line for the page that saves by itself, or as a page of its own."""
    saved = _save(request, submission, writing)
    if _saves_by_itself(request):
        return _page(request, "_saved", {"saved_at": saved.saved_at})
    messages.success(request, _("Saved. Only you see it until you judge the work."))
    return redirect("judging:work", submission.public_id)


@on_the_form
def judge(request: HttpRequest, submission: Submission, writing: Writing) -> HttpResponse:
    """Judge the work, and open the next."""
    if writing.missing:
        saved_at = _save(request, submission, writing).saved_at
        return _open(request, submission, sheet_of(writing, saved_at=saved_at, missing=writing.missing))
    judge_submission(
        submission,
        by=_assessor(request),
        entries=writing.chosen,
        comments=writing.said,
        read_in=_round_read(request),
    )
    return _onward(request, submission, _("Judged."))


@on_the_form
def return_for_revision(request: HttpRequest, submission: Submission, writing: Writing) -> HttpResponse:
    """Give the work back with what is to be revised, and open the next."""
    if not writing.comment:
        saved_at = _save(request, submission, writing).saved_at
        return _open(request, submission, sheet_of(writing, saved_at=saved_at, comment_missing=True))
    return_submission(submission, by=_assessor(request), comments=writing.text, read_in=_round_read(request))
    return _onward(request, submission, _("Returned for revision."))


def _assessor(request: HttpRequest) -> User:
    return cast("User", request.user)  # the rule lets nobody else in


def _saves_by_itself(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _submission(request: HttpRequest, submission_id: UUID) -> Submission:
    """The work, if this assessor may judge it and it was ever handed in; 404 otherwise."""
    rows = Submission.objects.select_related("learner", "assessment_revision__assessment__organization")
    row = get_object_or_404(rows, public_id=submission_id, submitted_at__isnull=False)
    if not may_judge(request.user, row):
        raise Http404
    return row


def _save(request: HttpRequest, submission: Submission, writing: Writing) -> JudgementDraft:
    return save_judgement_draft(
        submission, by=_assessor(request), entries=writing.entries, read_in=_round_read(request)
    )


def _round_read(request: HttpRequest) -> int:
    """The round in which the work was opened: what was put down is about the work as it was then. 0 is none."""
    given = request.POST.get("round", "")
    return int(given) if given.isdecimal() and len(given) < LONGEST_ROUND else 0


def _next(user: User, submission: Submission) -> str:
    """The page of what has waited longest after this piece of work; at the end it begins anew."""
    at = clock.now()
    place = (submission.submitted_at, submission.pk) if submission.submitted_at else None
    found = submissions_awaiting_judgement(user, at=at, after=place, limit=1)
    found = found or submissions_awaiting_judgement(user, at=at, limit=1)
    return reverse("judging:work", args=[found[0].public_id]) if found else ""


def _onward(request: HttpRequest, submission: Submission, done: str) -> HttpResponse:
    user = _assessor(request)
    count = awaiting(user, at=clock.now()).count()
    left = ngettext("%(count)s more waits for you.", "%(count)s more wait for you.", count) % {"count": count}
    messages.success(request, f"{done} {left if count else _('Nothing else waits for you.')}")
    return redirect(_next(user, submission) or "judging:queue")


def _open(request: HttpRequest, submission: Submission, sheet: Sheet) -> HttpResponse:
    return _page(request, "work", {"piece": piece_of(submission, zone=learners_zone()), "sheet": sheet})


def _closed(
    request: HttpRequest, submission: Submission, unsent: Writing | None = None, gone: Exception | None = None
) -> HttpResponse:
    """What became of work that does not wait for this assessor, with what they had put down meanwhile."""
    zone, user = learners_zone(), _assessor(request)
    says = what_happened(submission, user, gone)
    if _saves_by_itself(request):
        return _page(request, "_saved", {"gone": says})
    mine = judgements_with_words().filter(submission=submission, round=submission.round, assessor=user)
    anew = isinstance(gone, HandedInAgainError)
    context = {
        "piece": piece_of(submission, zone=zone),
        "says": says,
        "mine": [feedback_of(row, zone=zone) for row in mine],
        "unsent": unsent.feedback if unsent else None,
        "onward": reverse("judging:work", args=[submission.public_id]) if anew else _next(user, submission),
        "anew": anew,
    }
    return _page(request, "closed", context)


def _page(request: HttpRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page of ours, its times told in the institution's zone."""
    with timezone.override(learners_zone()):
        return render(request, f"assessments/judging/{name}.html", dict(context))
