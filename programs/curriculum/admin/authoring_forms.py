"""The forms of the authoring page, one for each kind of requirement; every form returns a Node."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import MasteryPolicyVersion
from competencies.forms import LevelField
from competencies.models import ProficiencyLevel
from competencies.queries.choices import levels_offered
from core.forms import CarefulForm
from programs.audit.rules.qualifiers import MAX_PIECES, MAX_WITHIN_DAYS, Qualifiers, figure
from programs.audit.rules.requirements import ANYTHING
from programs.curriculum.actions.authoring import Node
from programs.curriculum.queries.choices import (
    levels_for,
    milestones_counted,
    milestones_reached_once,
    policies_for,
    versions_to_stack,
)
from programs.models import MetBy, Milestone, ProgramVersion, Requirement, RequirementKind, Sharing
from programs.rules.attainments import Basis

ON_PAGES_OF_THEIR_OWN = ("excludes", "max_listed", "share_caps")
CAPS = {"most_transfer": Basis.TRANSFER, "most_prior": Basis.PRIOR_LEARNING, "most_external": Basis.EXTERNAL}


class ProgramField(forms.ModelChoiceField):  # type: ignore[type-arg]  # its model stands in its name
    """A choice of a version in force."""

    def label_from_instance(self, version: ProgramVersion) -> str:
        """Title, code and number of a version."""
        arguments = {"title": version.program.title, "code": version.program.code, "number": version.number}
        return str(_("%(title)s (%(code)s), version %(number)d") % arguments)


class MilestoneField(forms.ModelChoiceField):  # type: ignore[type-arg]  # its model stands in its name
    """A choice of a milestone."""

    def label_from_instance(self, milestone: Milestone) -> str:
        """The title, with the unit where there is one."""
        return f"{milestone.title} ({milestone.unit})" if milestone.unit else milestone.title


def amount_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DecimalField:  # noqa: ANN401 - lazy text
    """Return a field for credits or a quantity, with at most two places."""
    return forms.DecimalField(
        label=label, help_text=help_text, required=required, min_value=0, max_digits=8, decimal_places=2
    )


class NodeForm(CarefulForm, forms.Form):
    """The fields that all kinds share. `more` names the fields under “More conditions”."""

    kind: ClassVar[RequirementKind]
    more: ClassVar[tuple[str, ...]] = ("within_days",)

    title = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Shown to learners. Without one it names itself.")
    )
    credits = amount_field(_("Credits it is worth"), _("What a learner earns by completing it."))
    within_days = forms.IntegerField(
        label=_("How old work may be, in days"),
        required=False,
        min_value=1,
        max_value=MAX_WITHIN_DAYS,
        help_text=_("Only work of the last so many days counts. Left empty, its age does not matter."),
    )

    def __init__(self, *args: Any, version: ProgramVersion, row: Requirement | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **{"initial": initial_of(row) if row else {}, **kwargs})
        self.version, self.row = version, row

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that are shown first."""
        return [field for field in self if field.name not in self.more]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields that few requirements need."""
        return [self[name] for name in self.more]

    @property
    def more_filled(self) -> bool:
        """Whether any of the further fields is filled in, or has an error."""
        return any(field.errors or field.value() for field in self.more_fields)

    def node(self) -> Node:
        """Return what was entered, as `save_requirement` takes it."""
        entered = self.cleaned_data
        return Node(
            kind=RequirementKind(entered.get("kind") or self.kind),
            title=entered["title"],
            credits=entered["credits"] or Decimal(0),
            level=entered.get("level"),
            choose_count=entered.get("choose_count"),
            credits_least=entered.get("credits_least"),
            quantity_least=entered.get("quantity_least"),
            nested_version=entered.get("nested_version"),
            milestone=entered.get("milestone"),
            policy_version=entered.get("policy_version"),
            sharing=Sharing(entered["sharing"]) if entered.get("sharing") else None,
            met_by=MetBy(entered["met_by"]) if entered.get("met_by") else None,
            competency=self.row.competency if self.row else None,
            qualifiers=self.qualifiers(entered),
        )

    def qualifiers(self, entered: Mapping[str, Any]) -> dict[str, object]:
        """Return the conditions that are stored as JSON; those that other pages edit are kept."""
        caps = {basis.value: str(entered[name]) for name, basis in CAPS.items() if entered.get(name) is not None}
        before = self.row.qualifiers if self.row else {}
        qualifiers_json: dict[str, object] = {name: before[name] for name in ON_PAGES_OF_THEIR_OWN if name in before}
        if caps:
            qualifiers_json["max_source"] = caps
        if entered.get("min_pieces"):
            qualifiers_json["min_pieces"] = entered["min_pieces"]
        if entered.get("within_days"):
            qualifiers_json["within_days"] = entered["within_days"]
        if entered.get("earned_here"):
            qualifiers_json["earned_here"] = str(entered["earned_here"])
        return qualifiers_json


def pieces_field() -> forms.IntegerField:
    """Return the field for the least number of different competencies."""
    return forms.IntegerField(
        label=_("How many different competencies at least"),
        required=False,
        min_value=1,
        max_value=MAX_PIECES,
        help_text=_("So many different pieces of study have to count here, whatever credit they are worth."),
    )


class CompetencyForm(NodeForm):
    """The level and the policy of a competency; the competency itself is chosen when it is added."""

    kind = RequirementKind.COMPETENCY
    more = ("within_days", "policy_version")

    level = LevelField(
        queryset=ProficiencyLevel.objects.none(),
        label=_("Minimum level"),
        required=False,
        empty_label=_("as the policy decides"),
    )
    policy_version = forms.ModelChoiceField(
        queryset=MasteryPolicyVersion.objects.none(),
        label=_("Policy"),
        required=False,
        empty_label=_("the one in force for this competency"),
        help_text=_("How many pieces of work, by whom, how recent: which policy decides here."),
    )
    field_order = ("level", "credits", "title", "within_days", "policy_version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        competency = self.row.competency_id if self.row else None
        level, policy = self.fields["level"], self.fields["policy_version"]
        level.queryset = levels_for(competency)  # type: ignore[attr-defined]  # its kind
        level.scale = False  # type: ignore[attr-defined]  # as above
        policy.queryset = policies_for(competency)  # type: ignore[attr-defined]  # as above


class GroupForm(NodeForm):
    """A group of parts, and how many of them are required."""

    kind = RequirementKind.ALL
    more = ("level", "within_days", "min_pieces", "earned_here", *CAPS)

    kind_of_group = forms.ChoiceField(
        label=_("What is asked for"),
        choices=[
            (RequirementKind.ALL.value, _("all of its parts")),
            (RequirementKind.CHOOSE.value, _("a number of its parts, which the learner chooses")),
            (RequirementKind.CREDITS.value, _("an amount of credit from its parts")),
        ],
        initial=RequirementKind.ALL.value,
        widget=forms.RadioSelect,
    )
    choose_count = forms.IntegerField(
        label=_("How many parts"), required=False, min_value=1, max_value=99, help_text=_("For a choice.")
    )
    credits_least = amount_field(_("Credits at least"), _("For an amount of credit; elsewhere a minimum beside it."))
    sharing = forms.ChoiceField(
        label=_("May one piece of study count toward several of its parts?"),
        choices=[
            (Sharing.EXCLUSIVE.value, _("No: each piece counts toward one of the parts only")),
            (Sharing.SHARED.value, _("Yes: a piece may count toward several of the parts")),
            ("", _("Not decided yet")),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "To be decided where parts have competencies in common. “No” is usual where parts are choices or amounts of"
            " credit; “yes” where the same competency is asked for at several places."
        ),
    )
    min_pieces = pieces_field()
    level = LevelField(
        queryset=ProficiencyLevel.objects.none(),
        label=_("Minimum level of everything in it"),
        required=False,
        empty_label=_("none"),
    )
    earned_here = amount_field(_("Credits that must be earned here"))
    most_transfer = amount_field(_("At most so many credits by transfer"))
    most_prior = amount_field(_("At most so many credits by recognized prior learning"))
    most_external = amount_field(_("At most so many credits by outside credentials"))
    field_order = ("title", "kind_of_group", "choose_count", "credits_least", "sharing", "credits", *more)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels_offered()  # type: ignore[attr-defined]  # its kind

    def clean(self) -> dict[str, Any]:
        """Check that a choice has its number of parts, and credits their amount."""
        entered = super().clean() or {}
        entered["kind"] = chosen = entered.get("kind_of_group")
        if (
            chosen == RequirementKind.CHOOSE
            and entered.get("choose_count") is None
            and "choose_count" not in self.errors
        ):
            self.add_error("choose_count", _("Say how many of the parts are to be completed."))
        if (
            chosen == RequirementKind.CREDITS
            and not entered.get("credits_least")
            and "credits_least" not in self.errors
        ):
            self.add_error("credits_least", _("Say how many credits are asked for."))
        return entered


class CreditsForm(NodeForm):
    """Free credits: an amount from any competencies, or from chosen ones."""

    kind = RequirementKind.CREDITS
    more = ("within_days", "min_pieces", "earned_here", *CAPS)

    credits_least = amount_field(_("Credits at least"), required=True)
    min_pieces = pieces_field()
    earned_here = amount_field(_("Credits that must be earned here"))
    most_transfer = amount_field(_("At most so many credits by transfer"))
    most_prior = amount_field(_("At most so many credits by recognized prior learning"))
    most_external = amount_field(_("At most so many credits by outside credentials"))
    field_order = ("title", "credits_least", *more)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        del self.fields["credits"]  # it bears what its pieces bring

    def clean(self) -> dict[str, Any]:
        """Remove the credit: this kind has none of its own."""
        entered = super().clean() or {}
        entered["credits"] = None
        return entered

    def qualifiers(self, entered: Mapping[str, Any]) -> dict[str, object]:
        """Return the conditions and the accepted competencies: those named before, else any."""
        kept = self.row.qualifiers.get("accepts") if self.row else None
        return {**super().qualifiers(entered), "accepts": kept or [ANYTHING]}


class ProgramForm(NodeForm):
    """Another program that must be completed."""

    kind = RequirementKind.PROGRAM
    nested_version = ProgramField(
        queryset=ProgramVersion.objects.none(),
        label=_("Program"),
        help_text=_("Programs in force. What one asks for is shown inside this one."),
    )
    met_by = forms.ChoiceField(
        label=_("What meets it"),
        choices=[
            ("", _("its award, as usual")),
            (MetBy.TREE.value, _("its requirements, whether it was awarded or not")),
            (MetBy.EITHER.value, _("its award or its requirements")),
        ],
        required=False,
        help_text=_("An award may have to wait for a registrar; its requirements do not."),
    )
    more = ("within_days", "met_by")
    field_order = ("nested_version", "credits", "title", "within_days", "met_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        self.fields["nested_version"].queryset = versions_to_stack(self.version)  # type: ignore[attr-defined]  # its kind


class MilestoneForm(NodeForm):
    """Something that is reached once."""

    kind = RequirementKind.MILESTONE
    milestone = MilestoneField(
        queryset=milestones_reached_once(),
        label=_("Milestone"),
        help_text=_("Something that happens once: a briefing, a placement begun. New ones are made under Milestones."),
    )
    field_order = ("milestone", "credits", "title", "within_days")


class QuantityForm(NodeForm):
    """Something that is counted."""

    kind = RequirementKind.QUANTITY
    milestone = MilestoneField(
        queryset=milestones_counted(),
        label=_("What is counted"),
        help_text=_("Milestones with a unit, such as hours of practice. New ones are made under Milestones."),
    )
    quantity_least = amount_field(_("How much at least"), required=True)
    field_order = ("milestone", "quantity_least", "credits", "title", "within_days")


def initial_of(row: Requirement) -> dict[str, Any]:
    """Return the initial values of a requirement's form."""
    narrowed = Qualifiers.read(row.qualifiers)
    caps = {cap.basis: figure(cap.most) for cap in narrowed.max_source}
    return {
        "title": row.title,
        "credits": row.credits or None,
        "kind_of_group": row.kind,
        "choose_count": row.choose_count,
        "credits_least": row.credits_least,
        "quantity_least": row.quantity_least,
        "level": row.level_id,
        "policy_version": row.policy_version_id,
        "nested_version": row.nested_version_id,
        "milestone": row.milestone_id,
        "sharing": row.sharing,
        "met_by": "" if row.met_by == MetBy.AWARD else row.met_by,
        "min_pieces": narrowed.min_pieces or None,
        "within_days": narrowed.within_days,
        "earned_here": figure(narrowed.earned_here) if narrowed.earned_here else None,
        **{name: caps[basis] for name, basis in CAPS.items() if basis in caps},
    }
