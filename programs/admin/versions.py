"""The desk page of program versions: drafts, what is in force, and who is admitted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.words import person
from config.base import clock
from config.base.desk import ReasonForm, VerbForm, desk_action
from programs.actions import (
    ask_to_replace,
    ask_to_retire,
    close_version,
    enroll,
    enroll_many,
    preview_enrollments,
    publish_version,
    retire_version,
)
from programs.admin.authoring import Authoring
from programs.admin.fields import LearnerNumberField, day_field
from programs.admin.words import REFUSALS, row_fault_in_words
from programs.models import Cohort, ProgramVersion, VersionState
from programs.permissions import keeps_enrollments, programs_for, publishes_programs, reads_programs, writes_programs
from programs.queries import findings_of, tree_of
from programs.queries.lists import with_learners
from programs.rules import requirements as rules
from programs.words import complaint

LARGEST_LIST = 1_000_000


class ClosingForm(ReasonForm):
    """From when nobody comes in, and until when those inside are taught."""

    closed_to_entry_on = day_field(_("Closed to entry on"), help_text=_("The first day on which nobody is admitted."))
    teach_out_until = day_field(_("Taught until"), required=False)
    field_order = ("closed_to_entry_on", "teach_out_until", "why")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        closed, taught = cleaned.get("closed_to_entry_on"), cleaned.get("teach_out_until")
        if closed and taught and taught < closed:
            self.add_error("teach_out_until", _("The end lies before the closing."))
        return cleaned


class EntryForm(VerbForm):
    """From which day, and in which cohort."""

    on = day_field(_("From"))
    cohort = forms.ModelChoiceField(queryset=Cohort.objects.none(), required=False, label=_("Cohort"))

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        cohorts = Cohort.objects.filter(version=row).order_by("-starts_on", "pk")
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]  # it is a ModelChoiceField


class EnrollForm(EntryForm):
    """One person."""

    learner = LearnerNumberField()
    field_order = ("learner", "on", "cohort")


class ListForm(EntryForm):
    """A pasted list or a file; the first time it is sent it is only tried out."""

    text = forms.CharField(
        label=_("Learner numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One on each line; a day may follow after a comma: L-17, 2026-09-01."),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False, help_text=_("Columns: learner_number, starts_on."))
    sure = forms.BooleanField(label=_("Do it"), required=False)
    field_order = ("text", "file", "on", "cohort", "sure")

    def clean_file(self) -> str:
        """The file as text; a file that is too large is not read."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > LARGEST_LIST:
            raise forms.ValidationError(_("The file is too large for a list of people."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is no text in UTF-8: save it as CSV UTF-8.")) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["rows"] = cleaned.get("file") or cleaned.get("text") or ""
        preview = preview_enrollments(
            cleaned["rows"],
            version=self.row,  # type: ignore[arg-type]  # this form is of versions
            on=cleaned["on"],
            by=self.user,
            at=clock.now(),
            cohort=cleaned.get("cohort"),
        )
        for fault in preview.faults:
            self.add_error(None, row_fault_in_words(fault))
        if not preview.faults and not cleaned.get("sure"):
            told = _now("%(fresh)d people will be enrolled, %(already)d are in already. Tick “Do it” and send again.")
            self.add_error("sure", told % {"fresh": len(preview.fresh), "already": len(preview.already)})
        return cleaned


def is_draft(version: ProgramVersion) -> bool:
    """Whether it can be published."""
    return version.writable


def follows_another(version: ProgramVersion) -> bool:
    """A draft of a program that has a version in force."""
    return version.writable and ProgramVersion.objects.published().filter(program=version.program_id).exists()


def in_force(version: ProgramVersion) -> bool:
    """Whether people can study it."""
    return version.state == VersionState.PUBLISHED


@admin.register(ProgramVersion)
class ProgramVersionAdmin(Authoring):
    may_view = staticmethod(reads_programs)
    question = _("Which versions are drafts, in force or retired, and who studies them?")
    private_search = False
    list_display = ("program", "number", "state", "published_at", "closed_to_entry_on", "teach_out_until", "learners")
    list_filter = ("state",)
    list_select_related = ("program",)
    search_fields = ("program__title", "program__code")
    fields = (
        "program",
        "number",
        "state",
        "credit_unit",
        "tree",
        "to_mend",
        "closed_to_entry_on",
        "teach_out_until",
        "successor",
        "published_at",
        "retired_at",
        "digest",
        "public_id",
    )
    readonly_fields = ("tree", "to_mend")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        mine = super().rows_for(user, rows).filter(program__in=programs_for(user, at=clock.now()))
        return with_learners(mine.defer("content"), "enrollments")

    @admin.display(description=_("learners now"))
    def learners(self, version: Any) -> int:  # noqa: ANN401 - with the columns of rows_for
        return int(version.learners_now)

    @admin.display(description=_("requirements"))
    def tree(self, version: ProgramVersion) -> SafeString:
        return format_html("<ul>{}</ul>", _listed(tree_of(version)))

    @admin.display(description=_("to mend before publishing"))
    def to_mend(self, version: ProgramVersion) -> SafeString | str:
        if not version.writable:
            return _now("nothing: it is published")
        found = [
            complaint(f"{entry.finding.node} {entry.title}".strip(), entry.finding.code, entry.finding.values)
            for entry in findings_of(version)
        ]
        if not found:
            return _now("nothing: it can be published")
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((str(said),) for said in found)))

    @desk_action(
        _("Publish"),
        may=publishes_programs,
        offered=is_draft,
        explains=_(
            "The tree, the policies and the statements are frozen as they are now and never change again. A version in"
            " force before takes nobody new from today on; those inside stay in it."
        ),
    )
    def publish(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        publish_version(row, by=person(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("Published.")

    @desk_action(
        _("Ask to follow the version in force"),
        may=writes_programs,
        offered=follows_another,
        explains=_("Somebody else who is a registrar reads it and approves; then it can be published."),
    )
    def ask_replace(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        ask_to_replace(row, by=person(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(_("Close to entry"), may=publishes_programs, form=ClosingForm, offered=in_force)
    def close(self, request: HttpRequest, row: ProgramVersion, form: ClosingForm) -> str:
        said = form.cleaned_data
        close_version(
            row,
            closed_to_entry_on=said["closed_to_entry_on"],
            teach_out_until=said["teach_out_until"],
            by=person(request),
            reason=said["why"],
        )
        return _now("Saved.")

    @desk_action(
        _("Ask to retire"),
        may=publishes_programs,
        offered=in_force,
        explains=_("Needed while people study this version: somebody else who is a registrar approves."),
    )
    def ask_retire(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        ask_to_retire(row, by=person(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(
        _("Retire"),
        may=publishes_programs,
        offered=in_force,
        explains=_("Nobody is admitted any more. What was reached in it stays."),
        kind="danger",
    )
    def retire(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        retire_version(row, by=person(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("Retired.")

    @desk_action(_("Enroll a learner"), may=keeps_enrollments, form=EnrollForm, offered=in_force)
    def enroll(self, request: HttpRequest, row: ProgramVersion, form: EnrollForm) -> HttpResponse:
        said = form.cleaned_data
        enrollment = enroll(
            said["learner"], version=row, on=said["on"], cohort=said["cohort"], by=person(request), at=clock.now()
        )
        return redirect("admin:programs_enrollment_change", enrollment.pk)

    @desk_action(
        _("Enroll a list"),
        may=keeps_enrollments,
        form=ListForm,
        offered=in_force,
        explains=_("The list is tried out first. All of it is taken in, or nothing; a second time changes nothing."),
    )
    def enroll_list(self, request: HttpRequest, row: ProgramVersion, form: ListForm) -> str:
        said = form.cleaned_data
        made = enroll_many(
            said["rows"], version=row, on=said["on"], cohort=said["cohort"], by=person(request), at=clock.now()
        )
        return ngettext("%(count)d person enrolled.", "%(count)d people enrolled.", len(made)) % {"count": len(made)}


def _listed(node: rules.Requirement) -> SafeString:
    """The tree as nested lists."""
    below = format_html_join("", "{}", ((_listed(child),) for child in node.children))
    inside = format_html("<ul>{}</ul>", below) if node.children else ""
    return format_html("<li>{} <small>{} · {}</small>{}</li>", node.title, node.id, _kind(node), inside)


def _kind(node: rules.Requirement) -> str:
    kinds = {
        rules.Kind.ALL: _now("all of these"),
        rules.Kind.CHOOSE: _now("%(n)d of these") % {"n": node.n},
        rules.Kind.CREDITS: _now("credits"),
        rules.Kind.COMPETENCY: _now("a competency"),
        rules.Kind.PROGRAM: _now("another program"),
        rules.Kind.MILESTONE: _now("a milestone"),
        rules.Kind.QUANTITY: _now("a quantity"),
    }
    return kinds[node.kind]
