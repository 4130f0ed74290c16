"""Forms of exceptions: what is decided, about which requirement, and what counts, all chosen by name."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from assessments.models import MasteryPolicyVersion
from competencies.forms import CompetencyField
from competencies.models import Competency
from competencies.queries.choices import by_framework
from core import clock
from core.desk import VerbForm
from core.text.dates import DateKind
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Requirement
from programs.decisions.labels import requirement_choices
from programs.decisions.queries import applying_tree_for_decisions, learnt_or_asked
from programs.forms import day_field
from programs.models import Enrollment, ExceptionReason, ProgramVersion
from programs.models.exceptions import EXCEPTION_KINDS
from programs.pathway.admin import attainment_in_words
from programs.pathway.queries.pathways import DescribedAttainment, described_attainments, pathway_of
from programs.rules.attainments import ExceptionKind

UNDECIDED = ("", "---------")  # a decision is chosen, never preselected

FOR_SEVERAL = frozenset({ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE, ExceptionKind.ALSO_ALLOW})
"""The kinds that name nothing of one learner, so that they can be decided for several at once."""


def _distinct_words(described: Mapping[str, DescribedAttainment]) -> dict[str, str]:
    """Return attainments in words, by id; those of the same words with the policy that decided each."""
    words = {name: attainment_in_words(described, name) for name in described}
    times = Counter(words.values())
    policies = {name: name.split(":")[2] for name in words if times[words[name]] > 1 and name.startswith("mastery:")}
    rows = MasteryPolicyVersion.objects.filter(public_id__in=policies.values()).select_related("policy")
    titles = {str(row.public_id): str(row) for row in rows}
    return {
        name: f"{text} ({titles[policies[name]]})" if policies.get(name) in titles else text
        for name, text in words.items()
    }


class DecisionForm(VerbForm):
    """The parts that an exception for one learner and one for several have in common."""

    kind = forms.ChoiceField(label=_("Decision"), choices=[UNDECIDED, *EXCEPTION_KINDS])
    node = forms.ChoiceField(label=_("Requirement"))
    competency = CompetencyField(
        queryset=Competency.objects.none(),
        required=False,
        label=_("Competency that is allowed too"),
        help_text=_("For “also allow” only."),
    )
    starts_on = day_field(_("From"), required=False)
    ends_on = day_field(_("Until"), required=False, help_text=_("The first day without it."), kind=DateKind.VALIDITY)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=ExceptionReason.choices,
        initial=ExceptionReason.OTHER,
        help_text=_("Health and personal circumstances never leave the office: outside they read as another reason."),
    )
    words = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only staff see this; it can be erased."),
    )

    def offer(self, tree: Requirement, applying: set[str], competencies: QuerySet[Competency]) -> None:
        """Offer the requirements of a tree that apply, and competencies."""
        names = {str(row.public_id): row.name for row in Organization.objects.ours()}
        self.fields["node"].choices = [UNDECIDED, *requirement_choices(tree, applying, names)]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["competency"].queryset = competencies  # type: ignore[attr-defined]  # a ModelChoiceField

    @property
    def arguments(self) -> dict[str, Any]:
        """What was entered, as the arguments of the action."""
        entered = self.cleaned_data
        return {
            "kind": ExceptionKind(entered["kind"]),
            "node": entered["node"],
            "attainment": entered.get("attainment", ""),
            "competency": entered["competency"],
            "starts_on": entered["starts_on"],
            "ends_on": entered["ends_on"],
            "reason": ExceptionReason(entered["reason"]),
            "words": entered["words"],
        }


class ExceptionForm(DecisionForm):
    """An exception about one requirement of one learner; what counts is chosen from what the learner has."""

    attainment = forms.ChoiceField(
        label=_("What counts"),
        required=False,
        help_text=_("What the learner has, for “substitute” and “apply here” only."),
    )
    field_order = ("kind", "node", "attainment", "competency", "starts_on", "ends_on", "reason", "words")

    def __init__(self, *args: Any, row: Enrollment, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        pathway = pathway_of(row, at=clock.now())
        applying = {node.id for node in applying_tree_for_decisions(row).walk()}
        self.offer(tree_of(row.version), applying, learnt_or_asked(pathway))
        described = described_attainments(pathway)
        choices = sorted((words, name) for name, words in _distinct_words(described).items())
        self.fields["attainment"].choices = [("", "---------"), *((name, words) for words, name in choices)]  # type: ignore[attr-defined]  # a ChoiceField


class SeveralForm(DecisionForm):
    """The same exception for several learners of a version; the preview page sends `sure`."""

    text = forms.CharField(
        label=_("Learner numbers"), widget=forms.Textarea(attrs={"rows": 6}), help_text=_("One on each line.")
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ("text", "kind", "node", "competency", "starts_on", "ends_on", "reason", "words")

    def __init__(self, *args: Any, row: ProgramVersion, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        tree = tree_of(row)
        named = {name for node in tree.walk() for name in node.accepts}
        rows = Competency.objects.filter(public_id__in=[name for name in named if len(name) == UUID_LENGTH])
        self.offer(tree, {node.id for node in tree.walk()}, by_framework(rows))
        self.fields["kind"].choices = [UNDECIDED, *(each for each in EXCEPTION_KINDS if each[0] in FOR_SEVERAL)]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def numbers(self) -> list[str]:
        """The learner numbers, each once, in their order."""
        return numbers_in(self.cleaned_data["text"])

    def clean_text(self) -> str:
        """Refuse more learners than one request can audit."""
        text = str(self.cleaned_data["text"])
        if len(numbers_in(text)) > MAX_LEARNERS:
            raise forms.ValidationError(
                _("Enter at most %(most)d learner numbers at once."), params={"most": MAX_LEARNERS}
            )
        return text


def numbers_in(text: str) -> list[str]:
    """The learner numbers of a text, each once, in their order."""
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


UUID_LENGTH = 36
MAX_LEARNERS = 200
