"""The desk page of proficiency scales: written here, frozen once something rests on them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import edit_scale, make_scale, retire_scale
from competencies.admin.words import REFUSALS
from competencies.models import ProficiencyLevel, ProficiencyScale
from competencies.permissions import keeps_frameworks, reads_frameworks
from config.base import clock
from config.base.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action

LONGEST_TITLE = 200


class ScaleForm(SavingForm):
    """A scale with its levels, one on each line."""

    levels = forms.CharField(
        label=_("Levels"),
        help_text=_(
            "The lowest first, one on each line; after a colon, what it takes. Example: Assists: does parts of it."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    class Meta:
        model = ProficiencyScale
        fields = ("title", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            levels = ProficiencyLevel.objects.filter(scale=self.instance).order_by("rank")
            self.initial["levels"] = "\n".join(": ".join(filter(None, (row.title, row.description))) for row in levels)

    def clean_levels(self) -> list[tuple[str, str]]:
        """Titles and descriptions, from the lowest up."""
        lines = [line.partition(":") for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        levels = [(title.strip(), description.strip()) for title, _colon, description in lines]
        if any(len(title) > LONGEST_TITLE for title, _description in levels):
            raise forms.ValidationError(_("A level's title has at most 200 characters; put the rest after a colon."))
        return levels


class LevelInline(DeskInline):
    model = ProficiencyLevel
    ordering = ("rank",)
    fields = ("rank", "title", "description")
    readonly_fields = fields


def is_offered(scale: ProficiencyScale) -> bool:
    """Whether it can be retired."""
    return scale.retired_at is None


@admin.register(ProficiencyScale)
class ScaleAdmin(DeskAdmin):
    may_view = staticmethod(reads_frameworks)
    may_add = staticmethod(keeps_frameworks)
    may_change = staticmethod(keeps_frameworks)
    question = _("On which ladders is mastery judged, and which can still change?")
    private_search = False
    form = ScaleForm
    list_display = ("title", "used_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (LevelInline,)
    refusals: ClassVar = REFUSALS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401 - as the base
        """A scale in use is only read."""
        return super().has_change_permission(request, obj) and (obj is None or not obj.in_use)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return reads_frameworks(request.user) or super().has_view_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["title", "description", "levels"] if writes else ["title", "description", "used_at", "retired_at"]

    def save_through(self, _request: HttpRequest, obj: Any, form: Any, _reason: str) -> ProficiencyScale:  # noqa: ANN401
        said = form.cleaned_data
        if obj is None:
            return make_scale(said["title"], description=said["description"], levels=said["levels"], at=clock.now())
        return edit_scale(obj, title=said["title"], description=said["description"], levels=said["levels"])

    @desk_action(
        _("Retire"),
        may=keeps_frameworks,
        offered=is_offered,
        explains=_("It is offered no longer; what was judged on it stays."),
        kind="danger",
    )
    def retire(self, _request: HttpRequest, row: ProficiencyScale, _form: ReasonForm) -> str:
        retire_scale(row, at=clock.now())
        return _now("Retired.")
