"""Correcting a judgement: its rubric again, filled in with what was found, and the reason where one is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.time_zones import learner_time_zone
from assessments.errors import (
    AlreadyVoidedError,
    EntriesRefusedError,
    NotCorrectableError,
    NothingCorrectedError,
    NotTheNewestError,
    NotYourWorkToJudgeError,
    ReasonNeededError,
)
from assessments.models import CorrectionReason, Judgement, JudgementOutcome
from assessments.permissions import may_correct
from assessments.work.actions.correcting import correct_judgement
from assessments.work.actions.judging import OVERALL
from assessments.work.pages.judging_queue import judges_work
from assessments.work.pages.judging_sheet import JudgementInput, sheet_of
from assessments.work.pages.judging_view import details_of, feedback_from
from assessments.work.queries.work import criteria_of, feedback_by, submitted_work
from core.access import access
from core.forms import CarefulForm

REFUSALS: Mapping[type[Exception], str | Promise] = {
    AlreadyVoidedError: _(
        "The office has voided evidence of this assessment. It does not count any more, so nothing can be corrected."
    ),
    EntriesRefusedError: _(
        "Choose a level for each criterion. Returned work needs a comment that says what to revise."
    ),
    NotCorrectableError: _(
        "This cannot be corrected any more: the learner goes on with the work, or has withdrawn it."
    ),
    NothingCorrectedError: _("Nothing is different yet. Change a level or a comment first."),
    NotTheNewestError: _("This was corrected since you opened it. Open it again and look at what it says now."),
    NotYourWorkToJudgeError: _("Only the assessor who made this assessment can correct it."),
    ReasonNeededError: _("An award rests on this assessment. Choose the reason of the correction."),
}


class CorrectionForm(CarefulForm, forms.Form):
    """Why the judgement is corrected."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("none given")), *CorrectionReason.choices],
        required=False,
        help_text=_("Needed when an award rests on this assessment. The learner sees it."),
    )
    words = forms.CharField(
        label=_("What was wrong"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The learner reads it."),
    )
    newest = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class _Correction:
    """A judgement on its correcting page, and the rubric with what is entered."""

    judgement: Judgement
    entered: JudgementInput


@access(judges_work)
def correct(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show the form with what was found; corrected, the page of the work with both."""
    judgement = _judgement(request, submission_id)
    criteria = criteria_of(judgement.submission) if judgement.outcome == JudgementOutcome.JUDGED else []
    if request.method != "POST":
        form = CorrectionForm(initial={"newest": judgement.revision_number})
        return _shown(request, _Correction(judgement, JudgementInput.from_judgement(criteria, judgement)), form)
    correction = _Correction(judgement, JudgementInput.from_form(criteria, request.POST))
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            _correct(request, correction, form)
        except tuple(REFUSALS) as refusal:
            form.add_error("reason" if isinstance(refusal, ReasonNeededError) else None, str(REFUSALS[type(refusal)]))
        else:
            messages.success(request, _now("Corrected. The learner sees it as it is now, and as it was before."))
            return redirect("judging:work", submission_id)
    return _shown(request, correction, form)


def _correct(request: HttpRequest, correction: _Correction, form: CorrectionForm) -> Judgement:
    entered, cleaned = correction.entered, form.cleaned_data
    if cleaned["newest"] != correction.judgement.revision_number:
        raise NotTheNewestError
    returned = correction.judgement.outcome == JudgementOutcome.RETURNED
    return correct_judgement(
        correction.judgement,
        by=cast("User", request.user),
        entries=entered.chosen_levels,
        comments={OVERALL: entered.comment} if returned else entered.comments_by_criterion,
        reason=CorrectionReason(cleaned["reason"]) if cleaned["reason"] else None,
        words=cleaned["words"],
    )


def _judgement(request: HttpRequest, submission_id: UUID) -> Judgement:
    """Return what this assessor found in the work as it reads now; 404 where they found nothing, or may not correct."""
    submission, user = get_object_or_404(submitted_work(), public_id=submission_id), cast("User", request.user)
    found = feedback_by(user, submission).first()
    if found is None or not may_correct(user, found):
        raise Http404
    return found


def _shown(request: HttpRequest, correction: _Correction, form: CorrectionForm) -> HttpResponse:
    zone = learner_time_zone()
    submission = correction.judgement.submission
    rows = feedback_by(cast("User", request.user), submission)
    context = {
        "work": details_of(submission, zone=zone),
        "sheet": sheet_of(correction.entered),
        "form": form,
        "mine": feedback_from(rows, zone=zone),
    }
    with timezone.override(zone):
        return render(request, "assessments/judging/correct.html", context, status=422 if form.errors else 200)
