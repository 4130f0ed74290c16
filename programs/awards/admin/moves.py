"""The desk page of enrollments that were moved to a newer method of audit."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.desk import DeskAdmin
from programs.awards.queries.desk import about_learners_matching
from programs.models import AuditMove
from programs.permissions import reads_awards


@admin.register(AuditMove)
class AuditMoveAdmin(DeskAdmin):
    """Figures of enrollments before and after a newer method of audit."""

    may_view = staticmethod(reads_awards)
    question = _("Which figures changed when enrollments were moved to a newer method of audit?")
    list_display = ("enrollment", "moved_at", "status", "percent", "distance", "credits", "awards_in_question")
    list_filter = ("changed", "awards_in_question")
    list_select_related = ("enrollment__learner", "enrollment__version__program")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number or an identifier")
    fields = (
        "learner",
        "enrollment",
        "moved_at",
        "old_method",
        "new_method",
        "status",
        "percent",
        "distance",
        "credits",
        "awards_in_question",
    )
    readonly_fields = ("status", "percent", "distance", "credits")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @admin.display(description=_("status"))
    def status(self, row: AuditMove) -> str:
        """The status before and after, in words."""
        return _change(row.get_status_before_display(), row.get_status_after_display())

    @admin.display(description=_("percent"))
    def percent(self, row: AuditMove) -> str:
        """The percent before and after."""
        return _change(f"{row.percent_before} %", f"{row.percent_after} %")

    @admin.display(description=_("credits left"))
    def distance(self, row: AuditMove) -> str:
        """What is left before and after, in credits."""
        return _change(_amount(row.distance_before), _amount(row.distance_after))

    @admin.display(description=_("credits earned"))
    def credits(self, row: AuditMove) -> str:
        """The credits before and after."""
        return _change(_amount(row.credits_before), _amount(row.credits_after))


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
