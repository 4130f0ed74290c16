"""The desk page of competencies: what each says, since when, and whether something rests on it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import revise_competency
from competencies.admin.words import REFUSALS
from competencies.formats.markup import line_of
from competencies.models import Competency, CompetencyRevision, ProficiencyScale
from competencies.permissions import keeps_frameworks, reads_frameworks
from config.base import clock
from config.base.desk import DeskAdmin, DeskInline, ReasonForm, desk_action

LONGEST_STATEMENT = 20_000


class RevisionForm(ReasonForm):
    """The three parts of a meaning, as they are now."""

    field_order = ("statement", "criteria", "scale", "why")

    statement = forms.CharField(
        label=_("Statement"),
        help_text=_("Markdown is understood. What the learner can do, in one sentence where possible."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_STATEMENT,
    )
    criteria = forms.CharField(
        label=_("What counts as showing it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=LONGEST_STATEMENT,
    )
    scale = forms.ModelChoiceField(
        queryset=ProficiencyScale.objects.none(), label=_("Proficiency scale"), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        current = CompetencyRevision.objects.current().get(competency=row)
        scales = ProficiencyScale.objects.filter(Q(retired_at__isnull=True) | Q(revisions=current)).distinct()
        self.fields["scale"].queryset = scales.order_by("title")  # type: ignore[attr-defined]  # it is a ModelChoiceField
        self.initial["statement"] = current.statement
        self.initial["criteria"] = current.criteria
        self.initial["scale"] = current.scale_id


class RevisionInline(DeskInline):
    model = CompetencyRevision
    ordering = ("-number",)
    fields = ("number", "statement", "criteria", "scale", "made_at", "used_at", "superseded_at", "reason")
    readonly_fields = fields


def is_standing(competency: Competency) -> bool:
    """Whether it can be revised."""
    return not competency.retired


@admin.register(Competency)
class CompetencyAdmin(DeskAdmin):
    may_view = staticmethod(reads_frameworks)
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
        return super().rows_for(user, rows).saying()  # type: ignore[attr-defined, no-any-return]  # a CompetencyQuerySet

    @admin.display(description=_("education levels"))
    def levels(self, competency: Competency) -> str:
        return ", ".join(competency.education_levels)

    @admin.display(description=_("keywords"))
    def words(self, competency: Competency) -> str:
        return ", ".join(competency.keywords)

    @admin.display(description=_("code"))
    def named(self, competency: Competency) -> str:
        return str(competency)

    @admin.display(description=_("statement"))
    def says(self, competency: Any) -> str:  # noqa: ANN401 - with the columns of `saying`
        return line_of(competency.statement)

    @admin.display(description=_("revision"))
    def revision(self, competency: Any) -> int:  # noqa: ANN401 - as above
        return int(competency.revision)

    @admin.display(description=_("in use"), boolean=True)
    def in_use(self, competency: Any) -> bool:  # noqa: ANN401 - as above
        return competency.used_at is not None

    @desk_action(
        _("Revise"),
        may=keeps_frameworks,
        form=RevisionForm,
        offered=is_standing,
        explains=_(
            "As long as nothing rests on the current revision it is corrected in place. Afterwards a new one"
            " begins: what was judged, required and awarded keeps the old wording."
        ),
    )
    def revise(self, _request: HttpRequest, row: Competency, form: RevisionForm) -> str:
        said = form.cleaned_data
        revision = revise_competency(
            row,
            statement=said["statement"],
            criteria=said["criteria"],
            scale=said["scale"],
            reason=said["why"],
            at=clock.now(),
        )
        return _now("Saved as revision %(number)d.") % {"number": revision.number}
