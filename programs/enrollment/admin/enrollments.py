"""The desk page of enrollments: state, progress, audit, and the acts on an enrollment."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import localize
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin.labels import signed_in_user
from accounts.queries.legal_names import display_name_of
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.desk import DeskAdmin, DeskInline, VerbForm, desk_action
from core.desk.filters import SeenChoicesFilter
from programs.awards.queries.desk import about_learners_matching
from programs.decisions.actions import grant_exception
from programs.decisions.admin.exceptions import exception_lines
from programs.decisions.forms import ExceptionForm
from programs.enrollment.actions.enrolling import change_version, correct_event, record_event
from programs.enrollment.labels import EVENTS, REFUSALS, STATES
from programs.enrollment.queries import (
    TWICE,
    correctable_events_of,
    doubles_of,
    enrollments_by_progress,
    enrollments_on,
    other_versions_for,
    state_after,
)
from programs.forms import day_field
from programs.models import Enrollment, EnrollmentEvent, EventReason, ProgramVersion
from programs.pathway.admin import audit_of_enrollment
from programs.permissions import keeps_enrollments, reads_enrollments
from programs.rules.enrollment import EnrollmentState, EventKind, possible_from


class EventForm(VerbForm):
    """The day and the reason of an event."""

    on = day_field(_("From"))
    reason = forms.ChoiceField(label=_("Reason"), choices=EventReason.choices)
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only staff see this; it can be erased."),
    )


class VersionForm(VerbForm):
    """Another version of the same program."""

    version = forms.ModelChoiceField(queryset=ProgramVersion.objects.none(), label=_("Version"))

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        self.fields["version"].queryset = other_versions_for(row)  # type: ignore[attr-defined]  # a ModelChoiceField


class CorrectionForm(VerbForm):
    """The event to correct, and a note."""

    event = forms.ModelChoiceField(queryset=EnrollmentEvent.objects.none(), label=_("Event"))
    words = forms.CharField(
        label=_("In words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        self.fields["event"].queryset = correctable_events_of(row)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["event"].label_from_instance = lambda event: f"{localize(event.effective_on)}: {EVENTS[event.kind]}"  # type: ignore[attr-defined]  # as above


class EventInline(DeskInline):
    """The events, the latest first."""

    model = EnrollmentEvent
    fk_name = "enrollment"
    ordering = ("-pk",)
    fields = ("event", "effective_on", "reason", "to_version", "corrects", "recorded_at", "recorded_by")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # A version is called as its program is; its content can be large.
        rows = super().get_queryset(request).select_related("to_version__program")
        return rows.defer("to_version__content")

    @admin.display(description=_("event"))
    def event(self, row: EnrollmentEvent) -> str:
        """The kind of event in words."""
        return str(EVENTS[row.kind])


def _state(row: Any) -> EnrollmentState:  # noqa: ANN401 - with the column of with_last_event
    return state_after(row.last_event)


def may_follow(kind: EventKind) -> Any:  # noqa: ANN401 - a predicate of rows
    """Return a predicate: whether this event is possible in the row's state of today."""

    def offered(row: Any) -> bool:  # noqa: ANN401 - as above
        return kind in possible_from(_state(row))

    return offered


class EnrollmentFilter(admin.SimpleListFilter):
    """Filter by open, ended, met but still open, and open twice for one person."""

    title = _("enrollment")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Django's
        """The choices."""
        return [
            ("open", _("running")),
            ("ended", _("ended")),
            ("met", _("requirements met, still running")),
            (TWICE, _("twice in one program, under linked records")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the choice."""
        return enrollments_by_progress(queryset, str(self.value()))


@admin.register(Enrollment)
class EnrollmentAdmin(DeskAdmin):
    """The list and the page of enrollments."""

    may_view = staticmethod(reads_enrollments)
    question = _("Who studies what, since when, where do they stand, and how far are they?")
    list_display = ("named", "learner", "version", "cohort", "state", "percent", "admitted_on", "ended_on")
    list_filter = (EnrollmentFilter, ("program", SeenChoicesFilter))
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    fields = (
        "learner",
        "version",
        "organization",
        "cohort",
        "state",
        "percent",
        "admitted_on",
        "ended_on",
        "public_id",
    )
    readonly_fields = ("state", "percent")
    change_form_template = "programs/desk/enrollment.html"
    inlines = (EventInline,)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The enrollments that this person sees, with today's state and name."""
        return enrollments_on(super().rows_for(user, rows), on=learner_civil_date(clock.now()))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @admin.display(description=_("name"))
    def named(self, row: Any) -> str:  # noqa: ANN401 - with the column of with_person
        """The learner's legal name."""
        return row.legal_name or _now("no name on record")

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:  # noqa: ANN401 - as above
        """The state in words."""
        return str(STATES[_state(row)])

    @admin.display(description=_("percent"))
    def percent(self, row: Any) -> str:  # noqa: ANN401 - as above
        """The stored percent; a stale or due row shows none, because it may be wrong."""
        progress = getattr(row, "progress", None)
        if progress is None:
            return ""
        due = progress.holds_until is not None and progress.holds_until <= clock.now()
        if progress.stale_since is not None or due:
            return _now("being worked out")
        return f"{progress.percent} %"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - Django's
        """Add the audit and the name to the enrollment's page."""
        row, at = kwargs.get("obj"), clock.now()
        if isinstance(row, Enrollment):
            context.update(audit_of_enrollment(row, at=at))
            context["doubles"] = doubles_of(row)
            context["exceptions"] = lines = exception_lines(row, at=at)
            context["waiting"] = any(line.pending for line in lines)
            context["person_name"] = display_name_of(row.learner, on=vars(row)["today"])
        return super().render_change_form(request, context, *args, **kwargs)

    @desk_action(_("Start"), may=keeps_enrollments, form=EventForm, offered=may_follow(EventKind.START))
    def start(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record the start."""
        return _recorded(request, row, form, EventKind.START)

    @desk_action(
        _("Pause"),
        may=keeps_enrollments,
        form=EventForm,
        offered=may_follow(EventKind.PAUSE),
        explains=_("Time limits stand still from that day on. What is mastered stays, and new work still counts."),
    )
    def pause(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record a pause."""
        return _recorded(request, row, form, EventKind.PAUSE)

    @desk_action(_("Resume"), may=keeps_enrollments, form=EventForm, offered=may_follow(EventKind.RESUME))
    def resume(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record that a pause ends."""
        return _recorded(request, row, form, EventKind.RESUME)

    @desk_action(
        pgettext_lazy("act", "Complete"), may=keeps_enrollments, form=EventForm, offered=may_follow(EventKind.COMPLETE)
    )
    def complete(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record the completion."""
        return _recorded(request, row, form, EventKind.COMPLETE)

    @desk_action(
        _("Withdraw"), may=keeps_enrollments, form=EventForm, offered=may_follow(EventKind.WITHDRAW), kind="danger"
    )
    def withdraw(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record a withdrawal."""
        return _recorded(request, row, form, EventKind.WITHDRAW)

    @desk_action(
        pgettext_lazy("from a program", "Dismiss"),
        may=keeps_enrollments,
        form=EventForm,
        offered=may_follow(EventKind.DISMISS),
        kind="danger",
    )
    def dismiss(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record a dismissal."""
        return _recorded(request, row, form, EventKind.DISMISS)

    @desk_action(_("Readmit"), may=keeps_enrollments, form=EventForm, offered=may_follow(EventKind.READMIT))
    def readmit(self, request: HttpRequest, row: Enrollment, form: EventForm) -> str:
        """Record a readmission."""
        return _recorded(request, row, form, EventKind.READMIT)

    @desk_action(
        _("Change version"),
        may=keeps_enrollments,
        form=VersionForm,
        offered=may_follow(EventKind.CHANGE_VERSION),
        explains=_("From today on the other version counts. All that was shown counts there too."),
    )
    def change_version(self, request: HttpRequest, row: Enrollment, form: VersionForm) -> str:
        """Change the version."""
        change_version(row, version=form.cleaned_data["version"], by=signed_in_user(request), at=clock.now())
        return _now("Changed.")

    @desk_action(
        _("Withdraw an event"),
        may=keeps_enrollments,
        form=CorrectionForm,
        explains=_("The event stays in the list, with its correction beside it."),
        kind="danger",
    )
    def correct(self, request: HttpRequest, row: Enrollment, form: CorrectionForm) -> str:
        """Correct an event."""
        entered = form.cleaned_data
        correct_event(entered["event"], by=signed_in_user(request), at=clock.now(), words=entered["words"])
        return _now("Event withdrawn for %(enrollment)s.") % {"enrollment": row}

    @desk_action(
        _("Grant an exception"),
        may=keeps_enrollments,
        form=ExceptionForm,
        explains=_(
            "Completing by force, waiving what credit depends on, and a substitute below the level are approved by a"
            " second registrar: until then they do not count, and show as projected."
        ),
    )
    def grant(self, request: HttpRequest, row: Enrollment, form: ExceptionForm) -> str:
        """Grant an exception, or ask a second registrar for approval."""
        granted = grant_exception(row, **form.arguments, by=signed_in_user(request), at=clock.now())
        return _now("A second registrar is asked to approve it.") if granted.unapproved else _now("Granted.")


def _recorded(request: HttpRequest, row: Enrollment, form: EventForm, kind: EventKind) -> str:
    entered = form.cleaned_data
    record_event(
        row,
        kind=kind,
        on=entered["on"],
        reason=EventReason(entered["reason"]),
        words=entered["words"],
        by=signed_in_user(request),
        at=clock.now(),
    )
    return _now("Recorded.")
