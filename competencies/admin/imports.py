"""The admin pages of CASE imports: upload a file, see what the import would do, confirm it, read the report."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from competencies.actions import cancel_import, confirm_import, receive_upload
from competencies.admin.labels import REFUSALS
from competencies.formats import fault_messages as fault_words
from competencies.formats.json_source import MAX_BYTES
from competencies.models import CaseImport, DefinitionKind, ImportState
from competencies.permissions import may_change_frameworks, may_read_frameworks
from core import clock
from core.desk import DeskAdmin, VerbForm, desk_action

# The order of the types in a package. The report is JSON in the database, which does not keep the order of keys.
TYPE_ORDER = ("CFDocument", "CFItems", "CFAssociations", *DefinitionKind.values, "ProficiencyScales")
SKIPPED = {
    "repeated": _("the file holds it twice, word for word"),
    "identifier_taken": _("its identifier is that of another object, which is kept"),
}


class UploadForm(VerbForm):
    """The file, and whether to publish the framework afterwards."""

    file = forms.FileField(
        label=_("CASE package"),
        help_text=_("A JSON file of CASE 1.0 or 1.1, as frameworks are downloaded from their publishers."),
    )
    publish = forms.BooleanField(label=_("Publish the framework afterwards"), required=False)

    def clean_file(self) -> bytes:
        """The content; the size is checked first, so that a huge file is never read into memory."""
        file = self.cleaned_data["file"]
        self.file_name = str(file.name)
        if file.size > MAX_BYTES:
            message = _("The file is too large: at most %(limit)d MB can be imported.")
            raise forms.ValidationError(message % {"limit": MAX_BYTES // 1024 // 1024})
        return bytes(file.read())


def awaits_decision(row: CaseImport) -> bool:
    """Whether a person has to confirm or cancel the import."""
    return row.state == ImportState.CHECKED


@admin.register(CaseImport)
class CaseImportAdmin(DeskAdmin):
    """CASE imports: uploading, confirming, cancelling."""

    may_view = staticmethod(may_read_frameworks)
    question = _("Which files were imported, which wait for you, which were refused and why?")
    private_search = False
    list_display = ("file_name", "state", "framework", "asked_by", "asked_at")
    list_filter = ("state",)
    list_select_related = ("framework", "asked_by")
    search_fields = ("file_name",)
    fields = ("file_name", "size", "digest", "publish", "framework", "asked_by", "asked_at", "finished_at")
    change_form_template = "competencies/admin/case_import.html"
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All imports without their content, which can have many megabytes."""
        return super().rows_for(user, rows).defer("content")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - Django's
        """Add the report to the page."""
        row = kwargs.get("obj")
        if isinstance(row, CaseImport):
            context.update(_report_context(row))
        return super().render_change_form(request, context, *args, **kwargs)

    @desk_action(
        _("Import a CASE file"),
        may=may_change_frameworks,
        form=UploadForm,
        about_row=False,
        explains=_("The file is checked first and nothing is changed; you then see what it would do, and decide."),
    )
    def upload(self, request: HttpRequest, _row: None, form: UploadForm) -> HttpResponse:
        """Store the file, enqueue its check, and show its page."""
        row = receive_upload(
            form.cleaned_data["file"],
            file_name=form.file_name,
            publish=form.cleaned_data["publish"],
            by=_signed_in_user(request),
            at=clock.now(),
        )
        return redirect("admin:competencies_caseimport_change", row.pk)

    @desk_action(
        _("Import it"),
        may=may_change_frameworks,
        form=VerbForm,
        offered=awaits_decision,
        explains=_("What the check has shown will happen: all of it, or nothing."),
    )
    def confirm(self, request: HttpRequest, row: CaseImport, _form: VerbForm) -> HttpResponse:
        """Enqueue the import."""
        confirm_import(row, at=clock.now())
        return redirect(request.path.replace("/do/confirm/", "/change/"))

    @desk_action(
        _("Cancel the import"),
        may=may_change_frameworks,
        form=VerbForm,
        offered=awaits_decision,
        explains=_("Nothing has been changed, and nothing will be."),
        kind="danger",
    )
    def give_up(self, _request: HttpRequest, row: CaseImport, _form: VerbForm) -> str:
        """Cancel the import."""
        cancel_import(row, at=clock.now())
        return _now("Cancelled: nothing was changed.")


def _signed_in_user(request: HttpRequest) -> User:
    """The signed-in user. Raises TypeError for an anonymous one, which the access rules of the desk exclude."""
    if not isinstance(request.user, User):
        raise TypeError(request.user)
    return request.user


def _report_context(row: CaseImport) -> dict[str, Any]:
    """The context of the page: counts per type, notes, and faults with their messages."""
    report = row.report
    faults = [
        (fault_words.location_of(fault), fault_words.message_of(fault), fault_words.remedy_of(fault), fault.code.value)
        for fault in fault_words.from_json(report)
    ]
    types = [
        {"kind": kind, **tally, "skipped": [(SKIPPED[reason], count) for reason, count in tally["skipped"].items()]}
        for kind, tally in sorted(report.get("types", {}).items(), key=lambda found: TYPE_ORDER.index(found[0]))
        if tally["source"] or tally["retired"]
    ]
    return {
        "types": types,
        "faults": faults,
        "more": fault_words.unlisted_note(report.get("unlisted", 0)),
        "report": report,
        "under_way": row.under_way,
    }
