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
from assessments.mastery.labels import REFUSALS
from assessments.mastery.queries.policies_in_force import competencies_with_code, levels_by_scale, newest_version_of
from assessments.mastery.rules.methods import METHODS
from assessments.models import AssessmentKind, MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from assessments.permissions import keeps_policies, reads_assessments
from competencies.models import Framework, ProficiencyLevel
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action
from core.forms import CarefulForm
from core.text.canonical import Json

METHOD_WORDS = {
    "highest@1": _("the best piece counts"),
    "latest@1": _("the latest piece counts"),
    "n_times@1": _("so many pieces at the level or above"),
}


class RuleFields(CarefulForm, forms.Form):
    """The rules of a policy as the fields of a form."""

    level = forms.ModelChoiceField(
        levels_by_scale(),
        label=_("Level asked for"),
        help_text=_("Each scale has levels of its own; the policy decides competencies on that scale."),
    )
    method = forms.ChoiceField(label=_("How pieces count"), choices=[(name, METHOD_WORDS[name]) for name in METHODS])
    times = forms.IntegerField(label=_("How many pieces"), required=False, min_value=1, max_value=1000)
    distinct_assessors = forms.IntegerField(
        label=_("By how many assessors, at least"), required=False, min_value=0, max_value=1000
    )
    accepted_kinds = forms.MultipleChoiceField(
        label=_("Kinds of evidence that count"),
        help_text=_("None chosen: all of them."),
        choices=AssessmentKind.choices,
        required=False,
    )
    recency_days = forms.IntegerField(
        label=_("Work counts for so many days"), required=False, min_value=1, max_value=36_525
    )
    validity_months = forms.IntegerField(
        label=_("Mastery holds for so many months"), required=False, min_value=1, max_value=36_525
    )

    def clean_level(self) -> ProficiencyLevel:
        """Return the level, typed."""
        level: ProficiencyLevel = self.cleaned_data["level"]
        return level


def definition_of(cleaned: dict[str, Any]) -> dict[str, Json]:
    """Return the JSON of the policy that a form describes; a level is reached by a score equal to its rank."""
    level: ProficiencyLevel = cleaned["level"]
    levels = level.scale.levels.order_by("rank")
    return {
        "method": cleaned["method"],
        "scale": {
            "id": str(level.scale.public_id),
            "levels": [{"rank": row.rank, "reached_at": f"{row.rank}.00", "name": row.title} for row in levels],
        },
        "level": level.rank,
        "times": cleaned["times"],
        "distinct_assessors": cleaned["distinct_assessors"] or 0,
        "accepted_kinds": sorted(cleaned["accepted_kinds"]) or None,
        "recency_days": cleaned["recency_days"],
        "validity": {"amount": cleaned["validity_months"], "unit": "months"} if cleaned["validity_months"] else None,
    }


class PolicyForm(RuleFields, SavingForm):
    """A new policy: its title, and the rules of its first version."""

    class Meta:
        model = MasteryPolicy
        fields = ("title",)


class VersionForm(RuleFields, ReasonForm):
    """The rules of the next version."""


class PlaceForm(ReasonForm):
    """The place where a policy applies; with both fields empty it is the whole institution."""

    framework = forms.ModelChoiceField(Framework.objects.order_by("title", "pk"), label=_("Framework"), required=False)
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
        return str(METHOD_WORDS.get(version.definition["method"], version.definition["method"]))


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
