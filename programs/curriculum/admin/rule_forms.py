"""The forms of rules with a page of their own: conditions, limits on sharing, lists, and credits of competencies."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.desk import VerbForm
from core.forms import CarefulForm
from programs.audit.rules.known_facts import FactName
from programs.audit.rules.qualifiers import MAX_PIECES, Qualifiers
from programs.audit.rules.requirements import Operator, Unit
from programs.curriculum.admin.authoring_forms import NodeForm, amount_field
from programs.curriculum.queries.choices import competencies_coded, places_of_study
from programs.forms import day_field
from programs.models import RequirementKind

ADMITTED, BEGAN, COHORT, PLACE = "admitted", "began", "cohort", "place"
UNITS = [(Unit.COUNT.value, _("pieces of study")), (Unit.CREDITS.value, _("credits"))]
Limit = Mapping[str, Any]
"""A maximum as qualifiers have it in JSON."""


class PlaceField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # its model stands in its name
    """A choice of places, as public ids."""

    def label_from_instance(self, organization: Organization) -> str:
        """The name."""
        return organization.name


class ConditionForm(NodeForm):
    """One part or another, by a fact of the enrollment; the first part is asked for where the condition holds."""

    kind = RequirementKind.IF
    more: ClassVar[tuple[str, ...]] = ("title", "credits", "within_days")

    asks = forms.ChoiceField(
        label=_("When is the first part asked for?"),
        choices=[
            (ADMITTED, _("where the learner was admitted on this day or later")),
            (BEGAN, _("where the learner's cohort starts on this day or later")),
            (COHORT, _("where the learner belongs to one of these cohorts")),
            (PLACE, _("where the learner studies at one of these places")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Add the parts afterwards: the second one, if there is one, is asked for everywhere else."),
    )
    day = day_field(_("Day"), required=False, help_text=_("For a day of admission, or the first day of a cohort."))
    cohorts = forms.CharField(
        label=_("Cohorts"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Titles of cohorts, one on each line."),
    )
    places = PlaceField(
        queryset=Organization.objects.none(),
        label=_("Places of study"),
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("asks", "day", "cohorts", "places", *more)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        row = kwargs.get("row")
        kwargs.setdefault("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["places"].queryset = places_of_study()  # type: ignore[attr-defined]  # its kind
        if row is not None:
            self.initial = {**_initial_of_condition(row.qualifiers), "title": row.title, "credits": row.credits or None}

    def clean(self) -> dict[str, Any]:
        """Check that the value that was asked for is there."""
        entered = super().clean() or {}
        needed = {
            ADMITTED: ("day", _("Say the day.")),
            BEGAN: ("day", _("Say the day.")),
            COHORT: ("cohorts", _("Name at least one cohort.")),
            PLACE: ("places", _("Choose at least one place.")),
        }
        if entered.get("asks") in needed:
            name, words = needed[entered["asks"]]
            if not entered.get(name) and name not in self.errors:
                self.add_error(name, words)
        return entered

    def qualifiers(self, entered: Mapping[str, Any]) -> dict[str, object]:
        """Return the condition with the other conditions."""
        return {**super().qualifiers(entered), "condition": _condition_json(entered)}


def _condition_json(entered: Mapping[str, Any]) -> dict[str, object]:
    asks = entered["asks"]
    if asks in {ADMITTED, BEGAN}:
        fact = FactName.ADMITTED_ON if asks == ADMITTED else FactName.COHORT_STARTS_ON
        return {"fact": fact.value, "op": Operator.AT_LEAST.value, "values": [entered["day"].isoformat()]}
    if asks == COHORT:
        titles = [line.strip() for line in entered["cohorts"].splitlines() if line.strip()]
        return {"fact": FactName.COHORT.value, "op": Operator.AMONG.value, "values": titles}
    names = [str(place.public_id) for place in entered["places"]]
    return {"fact": FactName.PLACE_OF_STUDY.value, "op": Operator.AMONG.value, "values": names}


def _initial_of_condition(qualifiers: Mapping[str, object]) -> dict[str, Any]:
    narrowed = Qualifiers.read(qualifiers)
    asked = narrowed.condition
    initial: dict[str, Any] = {"within_days": narrowed.within_days}
    if asked is None:
        return initial
    if asked.fact in {FactName.ADMITTED_ON, FactName.COHORT_STARTS_ON}:
        asks = ADMITTED if asked.fact == FactName.ADMITTED_ON else BEGAN
        return {**initial, "asks": asks, "day": date.fromisoformat(str(asked.values[0]))}
    if asked.fact == FactName.COHORT:
        return {**initial, "asks": COHORT, "cohorts": "\n".join(map(str, asked.values))}
    return {**initial, "asks": PLACE, "places": [*asked.values]}


class ListForm(CarefulForm, forms.Form):
    """The words of a search for competencies, and of a maximum how much of them may count."""

    q = forms.CharField(required=False, max_length=200, strip=True)
    most = forms.DecimalField(
        label=_("At most"), min_value=0, max_digits=8, decimal_places=2, required=False, initial=1
    )
    unit = forms.ChoiceField(label=_("of what"), choices=UNITS, required=False)

    def clean(self) -> dict[str, Any]:
        """Check that pieces of study are whole."""
        entered = super().clean() or {}
        _refuse_parts_of_pieces(self, entered)
        return entered

    def limit(self) -> dict[str, object]:
        """Return the maximum as qualifiers have it; zero where nothing was entered."""
        return limit_json(self.cleaned_data.get("most"), self.cleaned_data.get("unit"))


class ShareForm(CarefulForm, forms.Form):
    """Limits on what two requirements below a group have in common: those that stay, and a new one."""

    kept = forms.TypedMultipleChoiceField(
        label=_("Limits now"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A limit that is not ticked is removed."),
    )
    first = forms.ChoiceField(label=_("One part"), required=False)
    second = forms.ChoiceField(label=_("The other part"), required=False)
    most = forms.DecimalField(label=_("At most"), min_value=0, max_digits=8, decimal_places=2, required=False)
    unit = forms.ChoiceField(label=_("of what"), choices=UNITS, required=False)

    def __init__(self, *args: Any, nodes: Sequence[tuple[str, str]], limits: Sequence[str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.initial["kept"] = [*range(len(limits))]
        self.fields["kept"].choices = [*enumerate(limits)]  # type: ignore[attr-defined]  # its kind
        if not limits:
            del self.fields["kept"]
        for name in ("first", "second"):
            self.fields[name].choices = [("", _("none")), *nodes]  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """Check that a new limit names two requirements and its number."""
        entered = super().clean() or {}
        named = [entered.get("first"), entered.get("second")]
        if any(named) and not (all(named) and named[0] != named[1]):
            self.add_error("second", _("Choose two different requirements."))
        if all(named) and entered.get("most") is None and "most" not in self.errors:
            self.add_error("most", _("Say how much they may have in common."))
        _refuse_parts_of_pieces(self, entered)
        return entered

    def limits(self, before: Sequence[Limit]) -> list[Limit]:
        """Return the limits that stay, and the new one."""
        entered = self.cleaned_data
        kept = [before[place] for place in entered.get("kept", ()) if place < len(before)]
        if not entered.get("first"):
            return kept
        between = [entered["first"], entered["second"]]
        return [*kept, {"between": between, **limit_json(entered["most"], entered["unit"])}]


def _refuse_parts_of_pieces(form: forms.Form, entered: Mapping[str, Any]) -> None:
    """Refuse a maximum such as 1.5 pieces, which would be saved as 1."""
    most = entered.get("most")
    if most is not None and most % 1 and entered.get("unit") != Unit.CREDITS.value:
        form.add_error("most", _("Pieces of study are counted whole: enter a whole number, or choose credits."))


def limit_json(most: Any, unit: Any) -> dict[str, object]:  # noqa: ANN401 - a cleaned amount, or None
    """Return a maximum as qualifiers have it: a whole number of pieces, or credits as text."""
    if unit == Unit.CREDITS.value:
        return {"most": str(most or 0), "unit": Unit.CREDITS.value}
    return {"most": min(int(most or 0), MAX_PIECES), "unit": Unit.COUNT.value}


class CreditForm(VerbForm):
    """What a mastered competency brings to the credits groups of a draft."""

    code = forms.CharField(
        label=_("Competency"),
        required=False,
        max_length=400,
        help_text=_("Its code. Left empty: all competencies that neither a requirement nor this table names."),
    )
    worth = amount_field(_("Credits"), _("Left empty, the entry is removed: the framework's credit counts again."))

    def clean(self) -> dict[str, Any]:
        """Find the competency by its code."""
        entered = super().clean() or {}
        code = entered.get("code", "")
        found = competencies_coded(code) if code else []
        if code and not found:
            self.add_error("code", _("No published framework has a competency with this code."))
        if len(found) > 1:
            frameworks = ", ".join(str(row.framework) for row in found)
            self.add_error("code", _("Several frameworks have this code: %(names)s.") % {"names": frameworks})
        entered["competency"] = found[0] if len(found) == 1 else None
        return entered
