"""One submission of a learner: begin, write, submit, withdraw, and read it again with its feedback."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.pages.own_record import own_record
from accounts.queries.time_zones import learner_civil_date, learner_time_zone
from assessments.models import Artifact, Submission
from assessments.work.actions.files import add_file
from assessments.work.actions.submissions import (
    OPEN,
    WRITABLE,
    add_link,
    remove_artifact,
    save_words,
    start_submission,
    submit_work,
    withdraw_submission,
)
from assessments.work.pages.judging_view import feedback_from
from assessments.work.pages.submission_files import attached_to
from assessments.work.pages.submission_forms import WorkForm
from assessments.work.pages.submission_labels import REFUSED, refusal
from assessments.work.queries.work import artifacts_of, assessments_open, criteria_of, feedback_on, work_of
from core import clock
from core.access import access, signed_in


@access(signed_in)
@require_POST
def begin(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Begin the next attempt and open it."""
    assessment = get_object_or_404(assessments_open(), public_id=assessment_id)
    try:
        submission = start_submission(own_record(request), assessment=assessment)
    except REFUSED as refused:
        messages.warning(request, refusal(refused)[1])
        return redirect("work:work")
    return redirect("work:piece", submission.public_id)


@access(signed_in)
def piece(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show the work as a form while the learner can write in it, else to read."""
    submission = _own(request, submission_id)
    initial = {"text": submission.body.content or "", "performed_on": learner_civil_date(clock.now())}
    return _page(request, submission, WorkForm(initial=initial))


@access(signed_in)
@require_POST
def words(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Save the text while the learner writes; the answer is one line for the page."""
    submission, form = _own(request, submission_id), WorkForm(request.POST)
    form.full_clean()  # only the text is used, so errors in other fields do not matter here
    try:
        save_words(submission, text=form.cleaned_data["text"])
    except REFUSED as refused:
        return _shown(request, "_saved", {"gone": refusal(refused)[1]})
    return _shown(request, "_saved", {"saved_at": clock.now()})


@access(signed_in)
@require_POST
def write(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Save the text, whichever button was pressed, and do what the button names. Removing asks first."""
    submission, posted = _own(request, submission_id), request.POST.copy()
    if "remove" in posted and "sure" in posted:
        return _removed(request, submission, _artifact(submission, str(posted["remove"])))
    form = WorkForm(posted, request.FILES)
    if not form.is_valid():
        if "text" in form.cleaned_data:
            with suppress(*REFUSED):  # the page says what is wrong with the form already
                save_words(submission, text=form.cleaned_data["text"])
        return _page(request, submission, form)
    try:
        # First the text: whatever else is refused, nothing that was written is lost.
        save_words(submission, text=form.cleaned_data["text"])
        if "remove" in posted:
            return _asking_to_remove(request, submission, _artifact(submission, str(posted["remove"])))
        done = _act(submission, form.cleaned_data, posted)
    except REFUSED as refused:
        form.add_error(*refusal(refused))
        # Read again: the refused action may have changed the row in memory.
        return _page(request, _own(request, submission_id), form)
    messages.success(request, done)
    return redirect("work:piece", submission_id)


@access(signed_in)
@require_POST
def withdraw(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Withdraw the work; the attempt does not count."""
    try:
        withdraw_submission(_own(request, submission_id))
    except REFUSED as refused:
        messages.warning(request, refusal(refused)[1])
        return redirect("work:piece", submission_id)
    messages.success(request, _("Withdrawn. Nobody assesses it, and the attempt is not counted."))
    return redirect("work:work")


def _act(submission: Submission, cleaned: Mapping[str, Any], posted: QueryDict) -> str:
    """Do what the pressed button names, and return in words what was done.

    A link that is stored is blanked in `posted`: if a later step is refused, the form would add it a second time.
    """
    if cleaned["link"].strip():
        add_link(submission, address=cleaned["link"].strip(), name=cleaned["link_name"].strip())
        posted["link"] = posted["link_name"] = ""
    if cleaned["file"]:
        add_file(submission, upload=cleaned["file"])
    if posted.get("act") != "hand_in":
        return _("Saved. Only you see it until you hand it in.")
    submit_work(submission, performed_on=cleaned["performed_on"] or learner_civil_date(clock.now()))
    return _("Handed in. You see here when it is assessed.")


def _asking_to_remove(request: HttpRequest, submission: Submission, artifact: Artifact) -> HttpResponse:
    attached = next((each for each in attached_to(submission) if each.artifact.pk == artifact.pk), None)
    if attached is None:
        raise Http404
    return _shown(request, "removing", {"submission": submission, "each": attached})


def _removed(request: HttpRequest, submission: Submission, artifact: Artifact) -> HttpResponse:
    """Remove a file or link after the question. The question's page holds no text, so none is saved here."""
    try:
        remove_artifact(artifact)
    except REFUSED as refused:
        messages.warning(request, refusal(refused)[1])
    else:
        messages.success(request, _("Removed."))
    return redirect("work:piece", submission.public_id)


def _own(request: HttpRequest, submission_id: UUID) -> Submission:
    """Return the learner's own work; 404 for the work of others."""
    return get_object_or_404(work_of(own_record(request)), public_id=submission_id)


def _artifact(submission: Submission, name: str) -> Artifact:
    try:
        return get_object_or_404(artifacts_of(submission), public_id=UUID(name))
    except ValueError:
        raise Http404 from None


def _page(request: HttpRequest, submission: Submission, form: WorkForm) -> HttpResponse:
    zone = learner_time_zone()
    context = {
        "submission": submission,
        "revision": submission.assessment_revision,
        "criteria": criteria_of(submission),
        "form": form,
        "writable": submission.state in WRITABLE,
        "revocable": submission.state in OPEN,
        "attached": attached_to(submission),
        "feedback": feedback_from(feedback_on(submission), zone=zone),
    }
    return _shown(request, "piece", context)


def _shown(request: HttpRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    with timezone.override(learner_time_zone()):
        return render(request, f"assessments/coursework/{name}.html", dict(context))
