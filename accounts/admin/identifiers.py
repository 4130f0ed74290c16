"""The admin pages of single identifiers: search, ending, history."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.identifiers import end_identifier
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.models import LearnerIdentifier
from accounts.permissions import may_change_learners, may_read_learners
from accounts.queries.learner_search import identifiers_with_value
from accounts.queries.legal_names import with_learner
from core import clock
from core.desk import DeskAdmin, ReasonForm, desk_action


def in_use(identifier: LearnerIdentifier) -> bool:
    """Whether the identifier has not ended."""
    return identifier.ended_at is None


@admin.register(LearnerIdentifier)
class LearnerIdentifierAdmin(DeskAdmin):
    """Identifiers of learners in other systems."""

    may_view = staticmethod(may_read_learners)
    question = _("Whose identifier is this?")
    list_display = ("value", "scheme", "issuer", "learner", "prints", "ended_at")
    list_filter = ("prints",)
    search_fields = ("value",)
    search_help_text = _("An identifier, whole")
    fields = ("learner", "scheme", "issuer", "value", "prints", "created_at", "ended_at")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All identifiers with their learner."""
        return with_learner(super().rows_for(user, rows))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for a whole identifier, so that the unique index is used; the result has no duplicates."""
        return identifiers_with_value(queryset, search_term), False

    @desk_action(
        _("End this identifier"),
        may=may_change_learners,
        offered=in_use,
        explains=_("It no longer names this learner, and another may have it."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: LearnerIdentifier, form: ReasonForm) -> str:
        """End the identifier."""
        end_identifier(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("The identifier has ended.")
