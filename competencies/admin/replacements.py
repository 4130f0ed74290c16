"""The admin pages of replacements: whether mastery of the old competency carries over to the new one."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import decide_equivalence
from competencies.admin.labels import REFUSALS
from competencies.models import Association, Equivalence, Kind
from competencies.permissions import may_change_frameworks, may_read_frameworks
from core.desk import DeskAdmin, ReasonForm, desk_action


class EquivalenceForm(ReasonForm):
    """The equivalence of the new competency."""

    field_order = ("equivalence", "why")
    equivalence = forms.ChoiceField(
        label=_("The new competency is"), choices=Equivalence.choices[1:], widget=forms.RadioSelect
    )


@admin.register(Association)
class ReplacementAdmin(DeskAdmin):
    """Associations of the kind replacedBy: deciding on the equivalence."""

    may_view = staticmethod(may_read_frameworks)
    question = _("What does each replacement mean for those who mastered the old competency?")
    private_search = False
    list_display = ("old", "new", "equivalence", "framework")
    list_filter = ("equivalence", "framework")
    list_select_related = ("framework", "origin", "destination")
    fields = ("old", "new", "equivalence", "framework", "notes", "source_identifier", "retired_at")
    readonly_fields = ("old", "new")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Only replacements."""
        return super().rows_for(user, rows).of_kind(Kind.REPLACED_BY)  # type: ignore[attr-defined, no-any-return]  # an AssociationQuerySet

    @admin.display(description=_("old"))
    def old(self, edge: Association) -> str:
        """The replaced competency, or the text of the source if it is not in the database."""
        return str(edge.origin or edge.origin_link.get("title") or edge.origin_link.get("uri", ""))

    @admin.display(description=_("new"))
    def new(self, edge: Association) -> str:
        """The replacing competency, or the text of the source if it is not in the database."""
        return str(edge.destination or edge.destination_link.get("title") or edge.destination_link.get("uri", ""))

    @desk_action(
        _("Decide"),
        may=may_change_frameworks,
        form=EquivalenceForm,
        explains=_("Only an equivalent competency carries mastery over from the old one to the new one."),
    )
    def decide(self, _request: HttpRequest, row: Association, form: EquivalenceForm) -> str:
        """Record the equivalence."""
        decide_equivalence(row, equivalence=Equivalence(form.cleaned_data["equivalence"]))
        return _now("Decided.")
