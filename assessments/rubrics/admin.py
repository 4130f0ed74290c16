"""The desk page of rubrics: staff write a rubric as lines of text, and revise it as a whole."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from assessments.labels import REFUSALS
from assessments.models import Criterion, Rubric, RubricRevision
from assessments.permissions import keeps_assessments, reads_assessments
from assessments.rubrics.actions import CriterionEntry, LevelEntry, retire_rubric, revise_rubric, write_rubric
from assessments.rubrics.queries import competencies_by_code, current_criteria_of, levels_by_title
from competencies.forms import FrameworkField
from competencies.models import Competency, Framework
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action

LONGEST_TITLE = 200


class RubricForm(SavingForm):
    """A rubric as lines of text: one criterion on a line, its levels on the lines below it after a dash."""

    framework = FrameworkField(label=_("Framework"))
    criteria = forms.CharField(
        label=_("Criteria"),
        help_text=_(
            "One on each line: the competency's code, a colon, the title. Below it, after a dash, what work at a level "
            "looks like: - Proficient: shapes an even loaf. Without such lines every level of the scale is offered."
        ),
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    class Meta:
        model = Rubric
        fields = ("title",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            criteria = current_criteria_of(self.instance)
            self.initial["criteria"] = "\n".join(line for row in criteria for line in _lines_of(row))
            self.initial["framework"] = criteria[0].competency_revision.competency.framework if criteria else None

    def clean(self) -> dict[str, Any] | None:
        """Parse the lines into `entries`; an error names its line."""
        cleaned = super().clean() or {}
        if cleaned.get("framework") and cleaned.get("criteria"):
            cleaned["entries"] = _entries_in(cleaned["criteria"], cleaned["framework"])
        return cleaned


def _lines_of(criterion: Criterion) -> list[str]:
    """Return the lines of one criterion. Levels without a descriptor get no line: the parser adds them again."""
    levels = sorted(criterion.levels.all(), key=lambda row: row.level.rank)
    descriptors = [f"- {row.level.title}: {row.descriptor}" for row in levels if row.descriptor]
    return [f"{criterion.competency_revision.competency.code}: {criterion.title}", *descriptors]


def _entries_in(text: str, framework: Framework) -> list[CriterionEntry]:
    """Parse the lines of a rubric. Raises ValidationError with the number of the line that is wrong."""
    competencies = competencies_by_code(framework)
    criteria: list[tuple[Competency, str, list[tuple[int, str, str]]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, _colon, rest = (part.strip() for part in line.lstrip("- \t").partition(":"))
        if not line.strip():
            continue
        if line.lstrip().startswith("-") and criteria:
            criteria[-1][2].append((number, name, rest))
        elif name not in competencies or not 0 < len(rest) <= LONGEST_TITLE:
            raise forms.ValidationError(
                _("Line %(number)s: write a code of this framework, a colon, and a title of at most 200 characters.")
                % {"number": number}
            )
        else:
            criteria.append((competencies[name], rest, []))
    return [CriterionEntry(competency, title, _levels_in(competency, lines)) for competency, title, lines in criteria]


def _levels_in(competency: Competency, lines: list[tuple[int, str, str]]) -> list[LevelEntry]:
    """Return every level of the competency's scale, with the descriptor from the lines where there is one."""
    levels = levels_by_title(competency)
    for number, title, _descriptor in lines:
        if title not in levels:
            raise forms.ValidationError(
                _("Line %(number)s: the scale has no level “%(title)s”.") % {"number": number, "title": title}
            )
    descriptors = {title: text for _number, title, text in lines}
    return [LevelEntry(level, descriptors.get(title, "")) for title, level in levels.items()]


class RevisionInline(DeskInline):
    """All revisions of the rubric, the newest first."""

    model = RubricRevision
    fields = readonly_fields = ("number", "made_at", "used_at", "superseded_at")
    ordering = ("-number",)


def offered(rubric: Rubric) -> bool:
    """Return whether the rubric is not retired."""
    return rubric.retired_at is None


@admin.register(Rubric)
class RubricAdmin(DeskAdmin):
    """Rubrics for curriculum designers and registrars."""

    may_view = staticmethod(reads_assessments)
    may_add = staticmethod(keeps_assessments)
    may_change = staticmethod(keeps_assessments)
    question = _("Against what is work assessed?")
    private_search = False
    form = RubricForm
    list_display = ("title", "made_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (RevisionInline,)
    refusals: ClassVar = REFUSALS

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        """Return the fields of the form for users who may write, else the columns to read."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["title", "framework", "criteria"] if writes else ["title", "made_at", "retired_at"]

    def save_through(self, request: HttpRequest, obj: Any, form: Any, reason: str) -> Rubric:  # noqa: ANN401
        """Write a new rubric, or revise the one that is shown."""
        cleaned, by, at = form.cleaned_data, signed_in_user(request), clock.now()
        if obj is None:
            return write_rubric(cleaned["title"], criteria=cleaned["entries"], by=by, at=at).rubric
        return revise_rubric(
            obj, title=cleaned["title"], criteria=cleaned["entries"], by=by, reason=reason, at=at
        ).rubric

    @desk_action(
        _("Retire"),
        may=keeps_assessments,
        offered=offered,
        explains=_("It is offered no longer; assessments that use it go on."),
        kind="danger",
    )
    def retire(self, request: HttpRequest, row: Rubric, form: ReasonForm) -> str:
        """Retire the rubric."""
        retire_rubric(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Retired.")
