"""Acts for many people from a version's page: admitting one or a list, and the same exception for several."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.labels import signed_in_user
from accounts.forms import LearnerNumberField
from accounts.models import Learner
from accounts.permissions import may_read_learners
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.desk import desk_action
from programs.curriculum.admin.versions import ProgramVersionAdmin, in_force
from programs.decisions.actions.exceptions import (
    PreviewedException,
    Wanted,
    grant_exceptions,
    previewed_exceptions,
)
from programs.decisions.forms import SeveralForm
from programs.enrollment.actions.enrolling import enroll
from programs.enrollment.actions.enrolling_many import Preview, enroll_many, preview_enrollments
from programs.enrollment.admin.enrolling_list import MAX_SHOWN_ROWS, EntryForm, ListForm, preview_rows
from programs.enrollment.labels import REFUSALS
from programs.enrollment.queries import names_by_number, open_enrollments_by_number
from programs.errors import RowsRefusedError
from programs.models import Enrollment, ProgramVersion
from programs.permissions import enrolls, keeps_enrollments


class EnrollForm(EntryForm):
    """One learner, the place of study, the first day and the cohort."""

    learner = LearnerNumberField(may_read_learners)
    field_order = ("learner", "organization", "on", "cohort")


@admin.register(ProgramVersion)
class AdmittingVersionAdmin(ProgramVersionAdmin):
    """The page of a version, with verbs that admit one learner or a list, and that grant an exception to several."""

    refusals: ClassVar = {**ProgramVersionAdmin.refusals, **REFUSALS}

    @desk_action(_("Enroll a learner"), may=enrolls, form=EnrollForm, offered=in_force)
    def enroll(self, request: HttpRequest, row: ProgramVersion, form: EnrollForm) -> HttpResponse:
        """Admit one learner, and open the enrollment."""
        entered = form.cleaned_data
        enrollment = enroll(
            entered["learner"],
            version=row,
            on=entered["on"],
            organization=entered["organization"],
            cohort=entered["cohort"],
            by=signed_in_user(request),
            at=clock.now(),
        )
        return redirect("admin:programs_enrollment_change", enrollment.pk)

    @desk_action(
        _("Enroll a list"),
        may=enrolls,
        form=ListForm,
        offered=in_force,
        explains=_("You see first what would happen, line by line. All of it is imported, or nothing."),
    )
    def enroll_list(self, request: HttpRequest, row: ProgramVersion, form: ListForm) -> str | HttpResponse:
        """Preview a list; enroll it once it is confirmed."""
        entered = form.cleaned_data
        arguments: dict[str, Any] = {
            "version": row,
            "on": entered["on"],
            "organization": entered["organization"],
            "cohort": entered["cohort"],
            "learners": may_read_learners.among(request.user, Learner.objects.all()),
            "by": signed_in_user(request),
            "at": clock.now(),
        }
        if not entered["sure"]:
            return self._previewed(request, row, form, preview_enrollments(entered["rows"], **arguments))
        try:
            made = enroll_many(entered["rows"], **arguments)
        except RowsRefusedError:  # somebody was quicker: what is wrong now is shown as it was before
            return self._previewed(request, row, form, preview_enrollments(entered["rows"], **arguments))
        return ngettext("%(count)d person enrolled.", "%(count)d people enrolled.", len(made)) % {"count": len(made)}

    @desk_action(
        _("Grant an exception to several"),
        may=keeps_enrollments,
        form=SeveralForm,
        offered=lambda row: row.published_at is not None,
        explains=_(
            "You see first what would change for each learner. Where a second registrar has to approve, one approval"
            " covers all of them."
        ),
    )
    def except_several(self, request: HttpRequest, row: ProgramVersion, form: SeveralForm) -> str | HttpResponse:
        """Preview an exception for several learners; grant it, or ask for it, once it is confirmed."""
        reached = keeps_enrollments.among(request.user, Enrollment.objects.all())
        found = open_enrollments_by_number(row, form.numbers, among=reached)
        unknown = [number for number in form.numbers if number not in found]
        if unknown or not found:
            form.add_error("text", _now("Nobody in this version has: %(numbers)s") % {"numbers": ", ".join(unknown)})
            return self._ask(request, next(it for it in self.verbs() if it.name == "except_several"), row, form)
        rows = [found[number] for number in form.numbers]
        wanted, by, at = Wanted(**form.arguments), signed_in_user(request), clock.now()
        if not form.cleaned_data["sure"]:
            return self._preview_exceptions(request, row, form, previewed_exceptions(rows, wanted, by=by, at=at))
        granted = grant_exceptions(rows, wanted, by=by, at=at)
        if any(exception.unapproved for exception in granted):
            return _now("A second registrar is asked to approve them.")
        return ngettext("Granted to %(count)d person.", "Granted to %(count)d people.", len(granted)) % {
            "count": len(granted)
        }

    def _preview_exceptions(
        self, request: HttpRequest, row: ProgramVersion, form: SeveralForm, lines: tuple[PreviewedException, ...]
    ) -> TemplateResponse:
        """Show what an exception would change for each learner, to be confirmed."""
        names = names_by_number(form.numbers, on=learner_civil_date(clock.now()))
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Grant an exception to several"),
            "opts": self.opts,
            "original": row,
            "lines": [(names.get(line.enrollment.learner.learner_number, ""), line) for line in lines],
            "waits": any(line.waits for line in lines),
            "kept": [(name, value) for name, value in form.data.items() if name in form.fields and name != "sure"],
            "back_url": self._back_url(row),
        }
        return TemplateResponse(request, "programs/desk/excepting.html", context)

    def _previewed(
        self, request: HttpRequest, row: ProgramVersion, form: ListForm, preview: Preview
    ) -> TemplateResponse:
        """Show the preview of a list, to be confirmed or corrected."""
        rows = preview_rows(form.cleaned_data["rows"], preview, on=form.cleaned_data["on"])
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Enroll a list"),
            "opts": self.opts,
            "original": row,
            "form": form,
            "rows": rows[:MAX_SHOWN_ROWS],
            "more": max(0, len(rows) - MAX_SHOWN_ROWS),
            "rows_text": form.cleaned_data["rows"],
            "fresh": len(preview.fresh),
            "already": len(preview.already),
            "faults": len(preview.faults),
            "back_url": self._back_url(row),
        }
        status = 422 if preview.faults and form.cleaned_data["sure"] else 200
        return TemplateResponse(request, "programs/desk/enrolling.html", context, status=status)
