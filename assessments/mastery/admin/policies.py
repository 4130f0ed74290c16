"""The desk pages of mastery policies: their versions, and the places where they apply."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from assessments.mastery.actions.policies import (
    assign_policy,
    end_assignment,
    make_policy,
    make_policy_version,
    retire_policy,
)
from assessments.mastery.admin.rule_fields import RuleFields, definition_of, method_in_words
from assessments.mastery.labels import REFUSALS
from assessments.mastery.queries.policies_in_force import competencies_with_code, newest_version_of
from assessments.models import MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from assessments.permissions import keeps_policies, reads_assessments
from competencies.forms import FrameworkField
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action


class PolicyForm(RuleFields, SavingForm):
    """A new policy: its title, and the rules of its first version."""

    class Meta:
        model = MasteryPolicy
        fields = ("title",)


class VersionForm(RuleFields, ReasonForm):
    """The rules of the next version."""


class PlaceForm(ReasonForm):
    """The place where a policy applies; with both fields empty it is the whole institution."""

    framework = FrameworkField(label=_("Framework"), required=False)
    competency = forms.CharField(
        label=_("Competency"),
        help_text=_("Its code, to let the policy decide this one alone. Both empty: the whole institution."),
        required=False,
        max_length=400,
    )

    def clean(self) -> dict[str, Any] | None:
        """Find the competency by its code; the code must name exactly one."""
        cleaned = super().clean() or {}
        code = cleaned.get("competency", "").strip()
        cleaned["competency"] = None
        if code:
            matches = competencies_with_code(code, framework=cleaned.get("framework"), limit=2)
            if len(matches) != 1:
                raise forms.ValidationError(
                    _("No competency has this code.")
                    if not matches
                    else _("Several have this code: name the framework.")
                )
            # A place is a framework or a competency, never both: the framework only told which competency is meant.
            cleaned |= {"competency": matches[0], "framework": None}
        return cleaned


class VersionInline(DeskInline):
    """All versions of the policy, the newest first."""

    model = MasteryPolicyVersion
    fields = readonly_fields = ("number", "scale", "asks", "made_at", "used_at")
    ordering = ("-number",)

    @admin.display(description=_("asks for"))
    def asks(self, version: MasteryPolicyVersion) -> str:
        """Return the method of the version in words."""
        return method_in_words(version.definition["method"], for_parents=version.for_parents)


def offered(policy: MasteryPolicy) -> bool:
    """Return whether the policy is not retired."""
    return policy.retired_at is None


@admin.register(MasteryPolicy)
class PolicyAdmin(DeskAdmin):
    """Mastery policies. A policy is never edited: a change is its next version."""

    may_view = staticmethod(reads_assessments)
    may_add = staticmethod(keeps_policies)
    question = _("What must a learner show, and how often?")
    private_search = False
    form = PolicyForm
    list_display = ("title", "made_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (VersionInline,)
    refusals: ClassVar = REFUSALS

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        """Return the fields of the form for a new policy, else the columns to read."""
        fields = ["title", *RuleFields.base_fields]
        return fields if obj is None and self.has_add_permission(request) else ["title", "made_at", "retired_at"]

    def save_through(self, request: HttpRequest, _obj: Any, form: Any, _reason: str) -> MasteryPolicy:  # noqa: ANN401
        """Make the policy with its first version."""
        cleaned = form.cleaned_data
        made = make_policy(
            cleaned["title"], definition=definition_of(cleaned), by=signed_in_user(request), at=clock.now()
        )
        return made.policy

    @desk_action(
        _("Write the next version"),
        may=keeps_policies,
        form=VersionForm,
        offered=offered,
        explains=_("The version before stays, and goes on deciding where it does."),
    )
    def next_version(self, _request: HttpRequest, row: MasteryPolicy, form: VersionForm) -> str:
        """Write the next version of the policy."""
        made = make_policy_version(row, definition=definition_of(form.cleaned_data), at=clock.now())
        return _now("Version %(number)s is written.") % {"number": made.number}

    @desk_action(
        _("Let the newest version apply"),
        may=keeps_policies,
        form=PlaceForm,
        offered=offered,
        explains=_("New evidence there is decided by it too. Mastery that was decided before is not taken away."),
    )
    def apply(self, _request: HttpRequest, row: MasteryPolicy, form: PlaceForm) -> str:
        """Assign the newest version to a place."""
        cleaned = form.cleaned_data
        assign_policy(
            newest_version_of(row), framework=cleaned["framework"], competency=cleaned["competency"], at=clock.now()
        )
        return _now("It applies from now on.")

    @desk_action(
        _("Retire"), may=keeps_policies, offered=offered, explains=_("It goes on where it applies."), kind="danger"
    )
    def retire(self, request: HttpRequest, row: MasteryPolicy, form: ReasonForm) -> str:
        """Retire the policy."""
        retire_policy(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Retired.")


def in_force(assignment: PolicyAssignment) -> bool:
    """Return whether the assignment has not ended."""
    return assignment.ended_at is None


@admin.register(PolicyAssignment)
class AssignmentAdmin(DeskAdmin):
    """The places where policies apply, past ones too."""

    may_view = staticmethod(reads_assessments)
    question = _("Which policy decides where?")
    private_search = False
    list_display = ("place", "policy_version", "scale", "assigned_at", "ended_at")
    list_select_related = ("policy_version__policy", "framework", "competency", "scale")
    fields = ("place", "policy_version", "scale", "for_parents", "assigned_at", "ended_at")
    readonly_fields = ("place",)
    refusals: ClassVar = REFUSALS

    @admin.display(description=_("decides"))
    def place(self, assignment: PolicyAssignment) -> str:
        """Return the competency, the framework, or the whole institution."""
        return str(assignment.competency or assignment.framework or _now("the whole institution"))

    @desk_action(
        _("End"),
        may=keeps_policies,
        offered=in_force,
        explains=_("The next place up decides again: the framework, or the institution."),
        kind="danger",
    )
    def end(self, _request: HttpRequest, row: PolicyAssignment, _form: ReasonForm) -> str:
        """End the assignment."""
        end_assignment(row, at=clock.now())
        return _now("Ended.")
