"""The desk page of rubrics: written as lines, revised as a whole."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.words import person
from assessments.actions import Cell, Row, retire_rubric, revise_rubric, write_rubric
from assessments.admin.words import REFUSALS
from assessments.models import Criterion, Rubric, RubricRevision
from assessments.permissions import keeps_assessments, reads_assessments
from competencies.models import Competency, CompetencyRevision, Framework, ProficiencyLevel
from config.base import clock
from config.base.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action

LONGEST_TITLE = 200


class RubricForm(SavingForm):
    """A rubric as lines: a criterion on each, its levels below it after a dash."""

    framework = forms.ModelChoiceField(Framework.objects.order_by("title", "pk"), label=_("Framework"))
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
            rows = list(
                Criterion.objects.filter(rubric_revision__rubric=self.instance, rubric_revision__superseded_at=None)
                .select_related("competency_revision__competency__framework")
                .prefetch_related("levels__level")
                .order_by("sequence")
            )
            self.initial["criteria"] = "\n".join(line for row in rows for line in _lines_of(row))
            self.initial["framework"] = rows[0].competency_revision.competency.framework if rows else None

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or {}
        if said.get("framework") and said.get("criteria"):
            said["rows"] = _rows_in(said["criteria"], said["framework"])
        return said


def _lines_of(criterion: Criterion) -> list[str]:
    cells = sorted(criterion.levels.all(), key=lambda cell: cell.level.rank)
    told = [f"- {cell.level.title}: {cell.descriptor}" for cell in cells if cell.descriptor]
    return [f"{criterion.competency_revision.competency.code}: {criterion.title}", *told]


def _rows_in(text: str, framework: Framework) -> list[Row]:
    """The criteria that lines describe; raises ValidationError naming the line."""
    codes = {row.code: row for row in Competency.objects.standing().filter(framework=framework).exclude(code="")}
    found: list[tuple[Competency, str, list[tuple[int, str, str]]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, _colon, words = (part.strip() for part in line.lstrip("- \t").partition(":"))
        if not line.strip():
            continue
        if line.lstrip().startswith("-") and found:
            found[-1][2].append((number, name, words))
        elif name not in codes or not 0 < len(words) <= LONGEST_TITLE:
            raise forms.ValidationError(
                _("Line %(number)s: write a code of this framework, a colon, and a title of at most 200 characters.")
                % {"number": number}
            )
        else:
            found.append((codes[name], words, []))
    return [Row(competency, title, _cells_in(competency, cells)) for competency, title, cells in found]


def _cells_in(competency: Competency, told: list[tuple[int, str, str]]) -> list[Cell]:
    """Every level of the scale, with the words that were told of it."""
    scale = CompetencyRevision.objects.current().filter(competency=competency).values("scale")
    levels = {level.title: level for level in ProficiencyLevel.objects.filter(scale__in=scale).order_by("rank")}
    for number, title, _words in told:
        if title not in levels:
            raise forms.ValidationError(
                _("Line %(number)s: the scale has no level “%(title)s”.") % {"number": number, "title": title}
            )
    words = {title: text for _number, title, text in told}
    return [Cell(level, words.get(title, "")) for title, level in levels.items()]


class RevisionInline(DeskInline):
    model = RubricRevision
    fields = readonly_fields = ("number", "made_at", "used_at", "superseded_at")
    ordering = ("-number",)


def stands(rubric: Rubric) -> bool:
    """Whether it is offered."""
    return rubric.retired_at is None


@admin.register(Rubric)
class RubricAdmin(DeskAdmin):
    may_view = staticmethod(reads_assessments)
    may_add = staticmethod(keeps_assessments)
    may_change = staticmethod(keeps_assessments)
    question = _("Against what is work judged?")
    private_search = False
    form = RubricForm
    list_display = ("title", "made_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (RevisionInline,)
    refusals: ClassVar = REFUSALS

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["title", "framework", "criteria"] if writes else ["title", "made_at", "retired_at"]

    def save_through(self, request: HttpRequest, obj: Any, form: Any, reason: str) -> Rubric:  # noqa: ANN401
        said, by, at = form.cleaned_data, person(request), clock.now()
        if obj is None:
            return write_rubric(said["title"], rows=said["rows"], by=by, at=at).rubric
        return revise_rubric(obj, title=said["title"], rows=said["rows"], by=by, reason=reason, at=at).rubric

    @desk_action(
        _("Retire"),
        may=keeps_assessments,
        offered=stands,
        explains=_("It is offered no longer; assessments that use it go on."),
        kind="danger",
    )
    def retire(self, request: HttpRequest, row: Rubric, form: ReasonForm) -> str:
        retire_rubric(row, by=person(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Retired.")
