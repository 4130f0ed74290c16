"""The admin pages of single names: correcting, ending, history."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.names import correct_name, end_name
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.models import LearnerName, NameKind
from accounts.permissions import may_change_learners, may_read_learners
from accounts.queries.learner_search import rows_of_learners_matching
from accounts.queries.legal_names import with_learner
from core.desk import DeskAdmin, ReasonForm, desk_action
from core.desk.widgets import DateInput


class CorrectionForm(ReasonForm):
    """The corrected spelling of a name."""

    text = forms.CharField(label=_("name as written"), max_length=300)
    sort_as = forms.CharField(label=_("sorted as"), max_length=300, required=False)
    field_order = ("text", "sort_as", "why")


class EndForm(ReasonForm):
    """The first day without the name."""

    on = forms.DateField(label=_("first day without it"), widget=DateInput)
    field_order = ("on", "why")


def may_end(name: LearnerName) -> bool:
    """Whether the name can end without a successor: only a chosen name can, because every learner has a legal one."""
    return name.kind == NameKind.CHOSEN and name.ends_on is None


@admin.register(LearnerName)
class LearnerNameAdmin(DeskAdmin):
    """Names of learners, current and former ones."""

    may_view = staticmethod(may_read_learners)
    question = _("Who is or was called this?")
    ordering = ("sort_key", "pk")
    list_display = ("text", "learner", "kind", "starts_on", "ends_on")
    list_filter = ("kind",)
    search_fields = ("text",)
    search_help_text = _("Beginnings of names")
    fields = ("learner", "kind", "text", "sort_key", "starts_on", "ends_on")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All names with their learner."""
        return with_learner(super().rows_for(user, rows))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search names, numbers and identifiers; the result has no duplicates."""
        return rows_of_learners_matching(queryset, search_term), False

    @desk_action(
        _("Correct the spelling"),
        may=may_change_learners,
        form=CorrectionForm,
        explains=_("For mistakes in writing it down. When somebody changes their name, add a new name to the learner."),
    )
    def correct(self, request: HttpRequest, row: LearnerName, form: CorrectionForm) -> str:
        """Correct the spelling."""
        cleaned = form.cleaned_data
        correct_name(
            row, text=cleaned["text"], sort_as=cleaned["sort_as"], by=signed_in_user(request), reason=cleaned["why"]
        )
        return _now("The name is corrected; its history keeps what it said.")

    @desk_action(_("End this name"), may=may_change_learners, form=EndForm, offered=may_end)
    def end(self, request: HttpRequest, row: LearnerName, form: EndForm) -> str:
        """End the name."""
        cleaned = form.cleaned_data
        end_name(
            row.learner, kind=NameKind(row.kind), on=cleaned["on"], by=signed_in_user(request), reason=cleaned["why"]
        )
        return _now("The name has an end now.")
