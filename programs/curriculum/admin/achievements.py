"""The desk pages of what programs award: the versions in force and what they say."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import language_tag
from core.desk import DeskAdmin, VerbForm
from programs.curriculum.actions.achievements import Terms
from programs.curriculum.labels import REFUSALS
from programs.curriculum.queries.achievements import terms_of
from programs.curriculum.queries.desk import achievement_versions_of_programs
from programs.models import AchievementType, AchievementVersion, Granting
from programs.permissions import reads_programs


class TermsForm(VerbForm):
    """The award of a draft; the form begins with the chosen terms, else with the defaults."""

    achievement_type = forms.ChoiceField(label=_("Type"), choices=AchievementType.choices)
    granting = forms.ChoiceField(label=_("Granted by"), choices=Granting.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    criteria = forms.CharField(
        label=_("What is asked for"),
        required=False,
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown. Empty: a list of the requirements, written on publishing."),
    )
    language = forms.CharField(label=_("Language"), max_length=35, validators=[language_tag])
    credits = forms.DecimalField(
        label=_("Credits"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text=_("Empty: what each learner has earned in it."),
    )
    valid_for_months = forms.IntegerField(
        label=_("Valid for, in months"),
        required=False,
        validators=[MinValueValidator(1)],
        max_value=1200,
        help_text=_("Empty: for good."),
    )

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, initial=terms_of(row), **kwargs)

    @property
    def terms(self) -> Terms:
        """The terms that were entered."""
        entered = self.cleaned_data
        return Terms(
            achievement_type=AchievementType(entered["achievement_type"]),
            granting=Granting(entered["granting"]),
            title=entered["title"],
            description=entered["description"],
            criteria=entered["criteria"],
            language=entered["language"],
            credits=entered["credits"],
            valid_for_months=entered["valid_for_months"],
        )


@admin.register(AchievementVersion)
class AchievementVersionAdmin(DeskAdmin):
    """Achievement versions, with the number of people who hold them."""

    may_view = staticmethod(reads_programs)
    question = _("What do programs award, how is it granted, and how many hold it?")
    private_search = False
    list_display = ("title", "number", "achievement_type", "state", "granting", "valid_for_months", "holders")
    list_filter = ("state", "granting")
    search_fields = ("title",)
    fields = (
        "achievement",
        "achievement_type",
        "organization",
        "number",
        "state",
        "program_version",
        "title",
        "description",
        "criteria",
        "language",
        "granting",
        "credits",
        "credit_unit",
        "valid_for_months",
        "holders",
        "published_at",
        "retired_at",
        "digest",
        "public_id",
    )
    readonly_fields = ("holders",)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """What programs award that this person sees, with the number of holders."""
        return achievement_versions_of_programs(super().rows_for(user, rows))

    @admin.display(description=_("holders now"))
    def holders(self, row: Any) -> int:  # noqa: ANN401 - with the column of rows_for
        """The number of valid awards."""
        return int(row.holders_now)
