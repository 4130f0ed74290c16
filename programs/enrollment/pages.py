"""The pages on which learners pause and resume their own studies."""

from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core import clock
from core.access import access
from core.forms import CarefulForm
from programs.audit.queries.audits import status_of
from programs.audit.queries.awarding import zone_of
from programs.enrollment.actions.enrolling import record_event
from programs.errors import OutOfTurnEventError
from programs.models import Enrollment, EventReason
from programs.pathway.pages.pathway import follows_pathway, own_enrollment
from programs.rules.enrollment import EventKind, possible_from

REASONS = (
    EventReason.UNSTATED,
    EventReason.HEALTH,
    EventReason.FAMILY,
    EventReason.WORK,
    EventReason.FINANCIAL,
    EventReason.SERVICE,
    EventReason.OWN_WISH,
)


class PauseForm(CarefulForm, forms.Form):
    """An optional reason for the pause."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        initial=EventReason.UNSTATED.value,
        help_text=gettext_lazy("You need not state one. The registrar sees it."),
    )


@access(follows_pathway)
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Explain a pause; on POST, pause from today on."""
    enrollment = own_enrollment(request, enrollment_id)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = EventReason(form.cleaned_data["reason"])
        done = _("Paused. Nothing is lost; resume whenever you like.")
        return _recorded(request, enrollment, EventKind.PAUSE, reason, done)
    return _confirmation(request, enrollment, EventKind.PAUSE, form)


@access(follows_pathway)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Explain what resuming means; on POST, resume from today on."""
    enrollment = own_enrollment(request, enrollment_id)
    if request.method == "POST":
        done = _("Welcome back. Your pathway goes on where you left it.")
        return _recorded(request, enrollment, EventKind.RESUME, EventReason.OWN_WISH, done)
    return _confirmation(request, enrollment, EventKind.RESUME, None)


def _confirmation(
    request: HttpRequest, enrollment: Enrollment, kind: EventKind, form: forms.Form | None
) -> HttpResponse:
    on = clock.today_in(zone_of(enrollment))
    if kind not in possible_from(status_of(enrollment, on=on).state):
        return _out_of_turn(request, enrollment)
    context = {"enrollment": enrollment, "form": form, "pausing": kind is EventKind.PAUSE, "on": on}
    return render(request, "programs/pathway/pausing.html", context)


def _recorded(
    request: HttpRequest, enrollment: Enrollment, kind: EventKind, reason: EventReason, done: str
) -> HttpResponse:
    at = clock.now()
    on = clock.civil_date(at, zone_of(enrollment))
    try:
        record_event(enrollment, kind=kind, on=on, reason=reason, by=cast("User", request.user))
    except OutOfTurnEventError:
        return _out_of_turn(request, enrollment)
    messages.success(request, done)
    return redirect("pathway:pathway", enrollment.public_id)


def _out_of_turn(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    messages.warning(
        request, _("That is not possible now: your enrollment stands as this page says. Ask the registrar if in doubt.")
    )
    return redirect("pathway:pathway", enrollment.public_id)
