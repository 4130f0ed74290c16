"""The rules of a mastery policy as fields of a form, and the JSON that they make up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.mastery.queries.policies_in_force import competencies_with_code
from assessments.mastery.rules.methods import OFFERED
from assessments.mastery.rules.policies import RuleStrength
from assessments.models import AssessmentKind
from competencies.forms import LevelField
from competencies.models import ProficiencyLevel
from core.forms import CarefulForm
from core.text.canonical import Json

METHOD_WORDS = {
    "highest": _("the best piece of evidence counts"),
    "latest": _("the latest piece of evidence counts"),
    "n_times": _("so many pieces of evidence at the level or above"),
    "n_times_mean": _("so many pieces of evidence at the level or above, and their mean is the score"),
    "average": _("the mean of all pieces of evidence"),
    "weighted_average": _("the latest piece of evidence weighs so much, the mean of all others the rest"),
    "decaying_average": _("one piece of evidence after the other, the newer one weighs so much"),
    "best_k_of_last_n": _("the mean of the best of the last pieces of evidence"),
    "points": _("the points of all pieces of evidence together"),
}


PARENT_METHOD_WORDS = {
    "all": _("all competencies below it are mastered"),
    "points": _("the competencies below it are worth enough points"),
}
STRENGTH_WORDS = [
    (RuleStrength.COMPLETE.value, _("it is mastered")),
    (RuleStrength.RECOMMEND.value, _("it is recommended for review")),
    (RuleStrength.LOG.value, _("this is noted only")),
]


def method_in_words(method: str, *, for_parents: bool) -> str:
    """Return what a method does, whatever its version; the method itself where there are no words for it."""
    words = PARENT_METHOD_WORDS if for_parents else METHOD_WORDS
    return str(words.get(method.partition("@")[0], method))


class RuleFields(CarefulForm, forms.Form):
    """The rules of a policy as the fields of a form."""

    level = LevelField(
        label=_("Level asked for"),
        help_text=_("Each scale has levels of its own; the policy decides competencies on that scale."),
    )
    method = forms.ChoiceField(
        label=_("How pieces of evidence count"),
        choices=[(name, METHOD_WORDS[name.partition("@")[0]]) for name in OFFERED],
    )
    times = forms.IntegerField(label=_("How many pieces of evidence"), required=False, min_value=1, max_value=1000)
    weight = forms.IntegerField(
        label=_("How much the newest piece of evidence weighs, in percent"),
        help_text=_("65 is usual. For the two averages in which newer pieces of evidence weigh more."),
        required=False,
        min_value=1,
        max_value=99,
    )
    best = forms.IntegerField(
        label=_("How many of the last pieces of evidence"), required=False, min_value=1, max_value=1000
    )
    last = forms.IntegerField(
        label=_("Of how many last pieces of evidence"), required=False, min_value=1, max_value=1000
    )
    merges_results = forms.BooleanField(
        label=_("Several results of one piece of work count as one, by their mean"), required=False
    )
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
        label=_("Mastery is valid for so many months"), required=False, min_value=1, max_value=36_525
    )

    children = forms.ChoiceField(
        label=_("Decided from the competencies below"),
        help_text=_("Then the fields above are for evidence of the competency itself, where the rule does not decide."),
        choices=[("", _("no, from evidence")), *((f"{name}@1", words) for name, words in PARENT_METHOD_WORDS.items())],
        required=False,
    )
    strength = forms.ChoiceField(label=_("When they meet the rule"), choices=STRENGTH_WORDS, required=False)
    points_needed = forms.DecimalField(label=_("Points needed"), required=False, max_digits=8, decimal_places=2)
    terms = forms.CharField(
        label=_("Points of each competency below"),
        help_text=_("One line for each: its code, its points, and ! where it is required, such as: knead 1.50 !"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_terms(self) -> list[dict[str, Json]]:
        """Return the lines as terms of a policy; a code has to name exactly one competency."""
        return [_term(line) for line in self.cleaned_data["terms"].splitlines() if line.strip()]

    def clean_level(self) -> ProficiencyLevel:
        """Return the level, typed."""
        level: ProficiencyLevel = self.cleaned_data["level"]
        return level


def definition_of(cleaned: dict[str, Any]) -> dict[str, Json]:
    """Return the JSON of the policy that a form describes: one for evidence, or one for parents."""
    own = _for_evidence(cleaned)
    if not cleaned["children"]:
        return own
    completes = cleaned["strength"] in {"", RuleStrength.COMPLETE}
    points = {"points_needed": f"{cleaned['points_needed']:f}"} if cleaned["points_needed"] is not None else {}
    return {
        "method": cleaned["children"],
        "scale": str(cleaned["level"].scale.public_id),
        **points,
        "terms": cleaned["terms"],
        "strength": cleaned["strength"] or RuleStrength.COMPLETE.value,
        # A rule that completes decides alone; else a person does, by evidence for the competency itself.
        "own": None if completes else own,
    }


def _term(line: str) -> dict[str, Json]:
    code, *rest = line.split()
    required = rest[-1:] == ["!"]
    points = rest[:-1] if required else rest
    matches = competencies_with_code(code, framework=None, limit=2)
    if len(matches) != 1 or len(points) != 1:
        raise forms.ValidationError(
            _("“%(line)s” is not the code of one competency with its points."), params={"line": line.strip()}
        )
    return {"competency": str(matches[0].public_id), "points": points[0], "required": required}


def _for_evidence(cleaned: dict[str, Any]) -> dict[str, Json]:
    """Return the JSON of a policy for evidence; a level is reached by a score equal to its rank."""
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
        "weight": cleaned["weight"],
        "best": cleaned["best"],
        "last": cleaned["last"],
        "merges_results": cleaned["merges_results"],
        "distinct_assessors": cleaned["distinct_assessors"] or 0,
        "accepted_kinds": sorted(cleaned["accepted_kinds"]) or None,
        "recency_days": cleaned["recency_days"],
        "validity": {"amount": cleaned["validity_months"], "unit": "months"} if cleaned["validity_months"] else None,
    }
