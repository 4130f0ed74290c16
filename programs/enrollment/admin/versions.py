"""Admitting people from a version's page: one learner, or a list with a preview."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.labels import signed_in_user
from accounts.models import Learner
from accounts.permissions import may_read_learners
from core import clock
from core.desk import desk_action
from core.desk.rights import require
from programs.curriculum.admin.versions import ProgramVersionAdmin, in_force
from programs.enrollment.actions.enrolling import enroll
from programs.enrollment.actions.enrolling_many import Preview, enroll_many, preview_enrollments
from programs.enrollment.admin.enrolling_list import MAX_SHOWN_ROWS, EntryForm, ListForm, preview_rows
from programs.enrollment.labels import REFUSALS
from programs.errors import RowsRefusedError
from programs.forms import LearnerNumberField
from programs.models import ProgramVersion
from programs.permissions import keeps_enrollments


class EnrollForm(EntryForm):
    """One learner, the first day and the cohort."""

    learner = LearnerNumberField()
    field_order = ("learner", "on", "cohort")


@admin.register(ProgramVersion)
class AdmittingVersionAdmin(ProgramVersionAdmin):
    """The page of a version, with two verbs that admit one learner or a list."""

    refusals: ClassVar = {**ProgramVersionAdmin.refusals, **REFUSALS}

    @desk_action(_("Enroll a learner"), may=keeps_enrollments, form=EnrollForm, offered=in_force)
    def enroll(self, request: HttpRequest, row: ProgramVersion, form: EnrollForm) -> HttpResponse:
        """Admit one learner, and open the enrollment."""
        entered = form.cleaned_data
        require(may_read_learners, request.user, entered["learner"])
        enrollment = enroll(
            entered["learner"],
            version=row,
            on=entered["on"],
            cohort=entered["cohort"],
            by=signed_in_user(request),
            at=clock.now(),
        )
        return redirect("admin:programs_enrollment_change", enrollment.pk)

    @desk_action(
        _("Enroll a list"),
        may=keeps_enrollments,
        form=ListForm,
        offered=in_force,
        explains=_("You see first what would happen, line by line. All of it is taken in, or nothing."),
    )
    def enroll_list(self, request: HttpRequest, row: ProgramVersion, form: ListForm) -> str | HttpResponse:
        """Preview a list; enroll it once it is confirmed."""
        entered = form.cleaned_data
        arguments: dict[str, Any] = {
            "version": row,
            "on": entered["on"],
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
