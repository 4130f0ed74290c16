"""The desk page of assessments: write, open to learners, revise and retire them."""

from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.models import Organization
from assessments.labels import REFUSALS
from assessments.models import Assessment, AssessmentKind, AssessmentRevision
from assessments.permissions import keeps_assessments, reads_assessments
from assessments.rubrics.queries import rubrics_offered
from assessments.work.actions.assessments import (
    AssessmentTerms,
    open_assessment,
    retire_assessment,
    revise_assessment,
    write_assessment,
)
from assessments.work.queries.work import current_revision_of
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, VerbForm, desk_action
from core.desk.rights import choices_within

TERMS = ("kind", "rubric", "instructions", "judges_needed", "attempts_allowed")


class AssessmentForm(SavingForm):
    """The title of an assessment, and the terms of its current revision."""

    organization = forms.ModelChoiceField(
        Organization.objects.ours().order_by("name", "pk"), label=_("Assessing organization")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=AssessmentKind.choices)
    rubric = forms.ModelChoiceField(rubrics_offered(), label=_("Rubric"))
    instructions = forms.CharField(label=_("What to do"), required=False, widget=forms.Textarea(attrs={"rows": 8}))
    judges_needed = forms.IntegerField(label=_("Assessors needed"), min_value=1, max_value=9, initial=1)
    attempts_allowed = forms.IntegerField(
        label=_("Attempts allowed"), help_text=_("Empty: any number."), required=False, min_value=1, max_value=99
    )

    class Meta:
        model = Assessment
        fields = ("title", "organization")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        if self.instance.pk and "kind" in self.fields:
            current = current_revision_of(self.instance)
            self.initial.update({name: getattr(current, name) for name in TERMS if name != "rubric"})
            self.initial["rubric"] = current.rubric_revision.rubric
            # Work is already assessed there: another organization means other assessors.
            self.fields["organization"].disabled = True


class RevisionInline(DeskInline):
    """All revisions of the assessment, the newest first."""

    model = AssessmentRevision
    fields = readonly_fields = ("number", "kind", "rubric_revision", "judges_needed", "made_at", "superseded_at")
    ordering = ("-number",)


def openable(assessment: Assessment) -> bool:
    """Return whether the assessment can be opened to learners."""
    return assessment.opened_at is None and assessment.retired_at is None


def offered(assessment: Assessment) -> bool:
    """Return whether the assessment is not retired."""
    return assessment.retired_at is None


@admin.register(Assessment)
class AssessmentAdmin(DeskAdmin):
    """Assessments for curriculum designers and registrars."""

    may_view = staticmethod(reads_assessments)
    may_add = staticmethod(keeps_assessments)
    may_change = staticmethod(keeps_assessments)
    question = _("What can learners hand in, and where is it assessed?")
    private_search = False
    form = AssessmentForm
    list_display = ("title", "organization", "opened_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (RevisionInline,)
    refusals: ClassVar = REFUSALS

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        """Return the fields of the form for users who may write, else the columns to read."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["title", "organization", *TERMS] if writes else list(self.list_display)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        """Return the form, which offers the organizations that the person's role covers."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if "organization" in form.base_fields:
            # A copy: the field itself is shared by the forms of all requests.
            field = form.base_fields["organization"] = deepcopy(form.base_fields["organization"])
            field.queryset = choices_within(keeps_assessments, request.user, field.queryset)
        return form

    def save_through(self, request: HttpRequest, obj: Any, form: Any, reason: str) -> Assessment:  # noqa: ANN401
        """Write a new assessment, or revise the one that is shown."""
        cleaned, by, at = form.cleaned_data, signed_in_user(request), clock.now()
        terms = AssessmentTerms(**{name: cleaned[name] for name in TERMS})
        if obj is None:
            made = write_assessment(cleaned["title"], organization=cleaned["organization"], terms=terms, by=by, at=at)
            return made.assessment
        return revise_assessment(obj, title=cleaned["title"], terms=terms, by=by, reason=reason, at=at).assessment

    @desk_action(
        _("Open to learners"),
        may=keeps_assessments,
        form=VerbForm,
        offered=openable,
        explains=_("Learners can begin work. From then on its rubric stays as it is; a change is a new revision."),
    )
    def open(self, request: HttpRequest, row: Assessment, _form: VerbForm) -> str:
        """Open the assessment to learners."""
        open_assessment(row, by=signed_in_user(request), at=clock.now())
        return _now("It is open.")

    @desk_action(
        _("Retire"),
        may=keeps_assessments,
        offered=offered,
        explains=_("Nobody begins work any more; what was begun is still handed in and assessed."),
        kind="danger",
    )
    def retire(self, request: HttpRequest, row: Assessment, form: ReasonForm) -> str:
        """Retire the assessment."""
        retire_assessment(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Retired.")
