"""The desk page of cohorts: who begins together, and when."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from core.desk import DeskAdmin
from programs.curriculum.queries.learner_counts import with_learners
from programs.enrollment.actions.cohorts import save_cohort
from programs.enrollment.labels import REFUSALS
from programs.models import Cohort
from programs.permissions import keeps_enrollments, reads_programs


@admin.register(Cohort)
class CohortAdmin(DeskAdmin):
    """The list and the page of cohorts."""

    may_view = staticmethod(reads_programs)
    may_add = staticmethod(keeps_enrollments)
    may_change = staticmethod(keeps_enrollments)
    question = _("Who begins together, when, and how many are they?")
    private_search = False
    list_display = ("title", "version", "starts_on", "ends_on", "learners")
    list_select_related = ("version__program",)
    search_fields = ("title", "version__program__title")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The cohorts that this person sees, with their size."""
        return with_learners(super().rows_for(user, rows), "enrollments")

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The version is chosen once, when the cohort is made."""
        return ["version", "title", "starts_on", "ends_on"] if obj is None else ["title", "starts_on", "ends_on"]

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Cohort:  # noqa: ANN401
        """Make a cohort, or change its title and days."""
        entered = form.cleaned_data
        kept = obj if isinstance(obj, Cohort) else None
        return save_cohort(
            kept,
            version=kept.version if kept else entered["version"],
            title=entered["title"],
            starts_on=entered["starts_on"],
            ends_on=entered["ends_on"],
            by=signed_in_user(request),
            reason=reason,
        )

    @admin.display(description=_("learners now"))
    def learners(self, cohort: Any) -> int:  # noqa: ANN401 - with the columns of rows_for
        """The number of open enrollments."""
        return int(cohort.learners_now)
