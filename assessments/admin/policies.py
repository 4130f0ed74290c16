"""The desk pages of mastery policies: what is asked for, in versions, and where each applies."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.words import person
from assessments.actions import assign_policy, end_assignment, make_policy, make_policy_version, retire_policy
from assessments.admin.words import REFUSALS
from assessments.models import AssessmentKind, MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from assessments.permissions import keeps_policies, reads_assessments
from assessments.rules.methods import METHODS
from competencies.models import Competency, Framework, ProficiencyLevel
from config.base import clock
from config.base.canonical import Json
from config.base.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action

METHOD_WORDS = {
    "highest@1": _("the best piece counts"),
    "latest@1": _("the latest piece counts"),
    "n_times@1": _("so many pieces at the level or above"),
}


class RuleFields(forms.Form):
    """What a policy asks for, in plain questions."""

    level = forms.ModelChoiceField(
        ProficiencyLevel.objects.select_related("scale").order_by("scale__title", "scale", "rank"),
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
        level: ProficiencyLevel = self.cleaned_data["level"]
        return level


def definition_of(said: dict[str, Any]) -> dict[str, Json]:
    """A form's answers as the policy's JSON; levels are reached by a score equal to their rank."""
    level: ProficiencyLevel = said["level"]
    rungs = level.scale.levels.order_by("rank")
    return {
        "method": said["method"],
        "scale": {
            "id": str(level.scale.public_id),
            "levels": [{"rank": row.rank, "reached_at": f"{row.rank}.00", "name": row.title} for row in rungs],
        },
        "level": level.rank,
        "times": said["times"],
        "distinct_assessors": said["distinct_assessors"] or 0,
        "accepted_kinds": sorted(said["accepted_kinds"]) or None,
        "recency_days": said["recency_days"],
        "validity": {"amount": said["validity_months"], "unit": "months"} if said["validity_months"] else None,
    }


class PolicyForm(RuleFields, SavingForm):
    class Meta:
        model = MasteryPolicy
        fields = ("title",)


class VersionForm(RuleFields, ReasonForm):
    """The next version's questions."""


class PlaceForm(ReasonForm):
    """Where a policy applies; neither given is the whole institution."""

    framework = forms.ModelChoiceField(Framework.objects.order_by("title", "pk"), label=_("Framework"), required=False)
    competency = forms.CharField(
        label=_("Competency"),
        help_text=_("Its code, to let the policy decide this one alone. Both empty: the whole institution."),
        required=False,
        max_length=400,
    )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or {}
        code = said.get("competency", "").strip()
        said["competency"] = None
        if code:
            found = Competency.objects.standing().filter(code=code)
            if said.get("framework"):
                found = found.filter(framework=said["framework"])
            if len(several := list(found[:2])) != 1:
                raise forms.ValidationError(
                    _("No competency has this code.")
                    if not several
                    else _("Several have this code: name the framework.")
                )
            said |= {"competency": several[0], "framework": None}
        return said


class VersionInline(DeskInline):
    model = MasteryPolicyVersion
    fields = readonly_fields = ("number", "scale", "asks", "made_at", "used_at")
    ordering = ("-number",)

    @admin.display(description=_("asks for"))
    def asks(self, version: MasteryPolicyVersion) -> str:
        return str(METHOD_WORDS.get(version.definition["method"], version.definition["method"]))


def stands(policy: MasteryPolicy) -> bool:
    """Whether it is offered."""
    return policy.retired_at is None


@admin.register(MasteryPolicy)
class PolicyAdmin(DeskAdmin):
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
        asked = ["title", *RuleFields.base_fields]
        return asked if obj is None and self.has_add_permission(request) else ["title", "made_at", "retired_at"]

    def save_through(self, request: HttpRequest, _obj: Any, form: Any, _reason: str) -> MasteryPolicy:  # noqa: ANN401
        said = form.cleaned_data
        made = make_policy(said["title"], definition=definition_of(said), by=person(request), at=clock.now())
        return made.policy

    @desk_action(
        _("Write the next version"),
        may=keeps_policies,
        form=VersionForm,
        offered=stands,
        explains=_("The version before stays, and goes on deciding where it does."),
    )
    def next_version(self, _request: HttpRequest, row: MasteryPolicy, form: VersionForm) -> str:
        made = make_policy_version(row, definition=definition_of(form.cleaned_data), at=clock.now())
        return _now("Version %(number)s is written.") % {"number": made.number}

    @desk_action(
        _("Let the newest version apply"),
        may=keeps_policies,
        form=PlaceForm,
        offered=stands,
        explains=_("New evidence there is decided by it too. Mastery that was decided before is not taken away."),
    )
    def apply(self, _request: HttpRequest, row: MasteryPolicy, form: PlaceForm) -> str:
        newest = row.versions.order_by("-number")[0]
        said = form.cleaned_data
        assign_policy(newest, framework=said["framework"], competency=said["competency"], at=clock.now())
        return _now("It applies from now on.")

    @desk_action(
        _("Retire"), may=keeps_policies, offered=stands, explains=_("It goes on where it applies."), kind="danger"
    )
    def retire(self, request: HttpRequest, row: MasteryPolicy, form: ReasonForm) -> str:
        retire_policy(row, by=person(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Retired.")


def is_in_force(assignment: PolicyAssignment) -> bool:
    """Whether it still decides."""
    return assignment.ended_at is None


@admin.register(PolicyAssignment)
class AssignmentAdmin(DeskAdmin):
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
        return str(assignment.competency or assignment.framework or _now("the whole institution"))

    @desk_action(
        _("End"),
        may=keeps_policies,
        offered=is_in_force,
        explains=_("The next place up decides again: the framework, or the institution."),
        kind="danger",
    )
    def end(self, _request: HttpRequest, row: PolicyAssignment, _form: ReasonForm) -> str:
        end_assignment(row, at=clock.now())
        return _now("Ended.")
