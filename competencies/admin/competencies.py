"""The admin pages of competencies: statement, revisions, and whether something refers to them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import revise_competency
from competencies.admin.labels import REFUSALS
from competencies.formats.markup import line_of
from competencies.models import Competency, CompetencyRevision, ProficiencyScale
from competencies.permissions import may_change_frameworks, may_read_frameworks
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, desk_action

MAX_STATEMENT_LENGTH = 20_000


class RevisionForm(ReasonForm):
    """Statement, criteria and scale of the current revision, to be changed."""

    field_order = ("statement", "criteria", "scale", "why")

    statement = forms.CharField(
        label=_("Statement"),
        help_text=_("Markdown is understood. What the learner can do, in one sentence where possible."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=MAX_STATEMENT_LENGTH,
    )
    criteria = forms.CharField(
        label=_("What counts as showing it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=MAX_STATEMENT_LENGTH,
    )
    scale = forms.ModelChoiceField(
        queryset=ProficiencyScale.objects.none(), label=_("Proficiency scale"), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        current = CompetencyRevision.objects.current_of(row)
        scales = ProficiencyScale.objects.selectable_for(current)
        self.fields["scale"].queryset = scales.order_by("title")  # type: ignore[attr-defined]  # it is a ModelChoiceField
        self.initial["statement"] = current.statement
        self.initial["criteria"] = current.criteria
        self.initial["scale"] = current.scale_id


class RevisionInline(DeskInline):
    """The revisions of the competency, latest first."""

    model = CompetencyRevision
    ordering = ("-number",)
    fields = ("number", "statement", "criteria", "scale", "made_at", "used_at", "superseded_at", "reason")
    readonly_fields = fields


def is_not_retired(competency: Competency) -> bool:
    """Whether the competency can be revised."""
    return not competency.retired


@admin.register(Competency)
class CompetencyAdmin(DeskAdmin):
    """Competencies with their current revision: revising."""

    may_view = staticmethod(may_read_frameworks)
    question = _("What does each competency say, and does something rest on it?")
    private_search = False
    list_display = ("named", "says", "item_type", "framework", "revision", "in_use")
    list_filter = ("framework", ("retired_at", admin.EmptyFieldListFilter), "item_type")
    search_fields = ("code", "short_statement", "revisions__statement", "source_identifier")
    search_help_text = _("A code or words of the statement")
    ordering = ("framework_id", "position", "pk")
    list_select_related = ("framework",)
    fields = (
        "code",
        "short_statement",
        "framework",
        "item_type",
        "notes",
        "language",
        "levels",
        "words",
        "status_from",
        "status_until",
        "retired_at",
        "source_identifier",
        "source_uri",
        "source_changed",
        "public_id",
    )
    readonly_fields = ("levels", "words")
    inlines = (RevisionInline,)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All competencies with the columns of their current revision."""
        return super().rows_for(user, rows).with_current_revision()  # type: ignore[attr-defined, no-any-return]  # a CompetencyQuerySet

    @admin.display(description=_("education levels"))
    def levels(self, competency: Competency) -> str:
        """The education levels in one line."""
        return ", ".join(competency.education_levels)

    @admin.display(description=_("keywords"))
    def words(self, competency: Competency) -> str:
        """The keywords in one line."""
        return ", ".join(competency.keywords)

    @admin.display(description=_("code"))
    def named(self, competency: Competency) -> str:
        """The code, or what stands in for it."""
        return str(competency)

    @admin.display(description=_("statement"))
    def says(self, competency: Any) -> str:  # noqa: ANN401 - with the columns of `saying`
        """The beginning of the statement as plain text."""
        return line_of(competency.statement)

    @admin.display(description=_("revision"))
    def revision(self, competency: Any) -> int:  # noqa: ANN401 - as above
        """The number of the current revision."""
        return int(competency.revision)

    @admin.display(description=_("in use"), boolean=True)
    def in_use(self, competency: Any) -> bool:  # noqa: ANN401 - as above
        """Whether something refers to the current revision."""
        return competency.used_at is not None

    @desk_action(
        _("Revise"),
        may=may_change_frameworks,
        form=RevisionForm,
        offered=is_not_retired,
        explains=_(
            "As long as nothing rests on the current revision it is corrected in place. Afterwards a new one begins: "
            "what was assessed, required and awarded keeps the old wording."
        ),
    )
    def revise(self, _request: HttpRequest, row: Competency, form: RevisionForm) -> str:
        """Change the meaning of the competency."""
        cleaned = form.cleaned_data
        revision = revise_competency(
            row,
            statement=cleaned["statement"],
            criteria=cleaned["criteria"],
            scale=cleaned["scale"],
            reason=cleaned["why"],
            at=clock.now(),
        )
        return _now("Saved as revision %(number)d.") % {"number": revision.number}
