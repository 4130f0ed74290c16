"""The desk pages of single identifiers: ending, history."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.identifiers import end_identifier
from accounts.admin.words import REFUSALS, person
from accounts.models import LearnerIdentifier
from accounts.permissions import may_change_learners, may_read_learners
from config.base import clock
from config.base.desk import DeskAdmin, ReasonForm, desk_action


def in_use(identifier: LearnerIdentifier) -> bool:
    """Whether it still names its learner."""
    return identifier.ended_at is None


@admin.register(LearnerIdentifier)
class LearnerIdentifierAdmin(DeskAdmin):
    may_view = staticmethod(may_read_learners)
    question = _("Whose identifier is this?")
    list_display = ("value", "scheme", "issuer", "learner", "prints", "ended_at")
    list_filter = ("prints",)
    search_fields = ("value",)
    search_help_text = _("An identifier, whole")
    fields = ("learner", "scheme", "issuer", "value", "prints", "created_at", "ended_at")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        return super().rows_for(user, rows).select_related("learner")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.filter(value=search_term.strip()) if search_term else queryset), False

    @desk_action(
        _("End this identifier"),
        may=may_change_learners,
        offered=in_use,
        explains=_("It no longer names this learner, and another may have it."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: LearnerIdentifier, form: ReasonForm) -> str:
        end_identifier(row, by=person(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("The identifier has ended.")
