"""The admin pages of proficiency scales, which can change until something refers to them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import create_scale, edit_scale, retire_scale
from competencies.admin.labels import REFUSALS
from competencies.models import ProficiencyLevel, ProficiencyScale
from competencies.permissions import may_change_frameworks, may_read_frameworks
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, desk_action

MAX_TITLE_LENGTH = 200


class ScaleForm(SavingForm):
    """A scale with its levels, one per line."""

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
            levels = self.instance.levels.order_by("rank")
            self.initial["levels"] = "\n".join(_line_of(level) for level in levels)

    def clean_levels(self) -> list[tuple[str, str]]:
        """Titles and descriptions, from the lowest level up."""
        lines = [line.partition(":") for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        levels = [(title.strip(), description.strip()) for title, _colon, description in lines]
        if any(len(title) > MAX_TITLE_LENGTH for title, _description in levels):
            raise forms.ValidationError(_("A level's title has at most 200 characters; put the rest after a colon."))
        return levels


def _line_of(level: ProficiencyLevel) -> str:
    """The level as a line that `clean_levels` reads back."""
    return f"{level.title}: {level.description}" if level.description else level.title


class LevelInline(DeskInline):
    """The levels of the scale, lowest first."""

    model = ProficiencyLevel
    ordering = ("rank",)
    fields = ("rank", "title", "description")
    readonly_fields = fields


def is_offered(scale: ProficiencyScale) -> bool:
    """Whether the scale can be retired."""
    return scale.retired_at is None


@admin.register(ProficiencyScale)
class ScaleAdmin(DeskAdmin):
    """Proficiency scales: creating, editing, retiring."""

    may_view = staticmethod(may_read_frameworks)
    may_add = staticmethod(may_change_frameworks)
    may_change = staticmethod(may_change_frameworks)
    question = _("On which scales is mastery decided, and which can still change?")
    private_search = False
    form = ScaleForm
    list_display = ("title", "used_at", "retired_at")
    search_fields = ("title",)
    ordering = ("title", "pk")
    inlines = (LevelInline,)
    refusals: ClassVar = REFUSALS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401 - as the base
        """Whether the user may edit scales, and this one is not in use."""
        return super().has_change_permission(request, obj) and (obj is None or not obj.in_use)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may read scales, also those in use, which nobody can change."""
        return may_read_frameworks(request.user) or super().has_view_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ANN401 - as the base
        """The form fields if the user can edit the scale, otherwise its columns."""
        editable = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ["title", "description", "levels"] if editable else ["title", "description", "used_at", "retired_at"]

    def save_through(self, _request: HttpRequest, obj: Any, form: Any, _reason: str) -> ProficiencyScale:  # noqa: ANN401
        """Create or edit a scale."""
        cleaned = form.cleaned_data
        if obj is None:
            return create_scale(
                cleaned["title"], description=cleaned["description"], levels=cleaned["levels"], at=clock.now()
            )
        return edit_scale(obj, title=cleaned["title"], description=cleaned["description"], levels=cleaned["levels"])

    @desk_action(
        _("Retire"),
        may=may_change_frameworks,
        offered=is_offered,
        explains=_("It is offered no longer; what was assessed on it stays."),
        kind="danger",
    )
    def retire(self, _request: HttpRequest, row: ProficiencyScale, _form: ReasonForm) -> str:
        """Retire the scale."""
        retire_scale(row, at=clock.now())
        return _now("Retired.")
