"""The admin pages of advisors: whose learners are whose."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.advisors import assign_advisor, end_advising
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.forms import AccountEmailField, LearnerNumberField
from accounts.models import AdvisorAssignment
from accounts.permissions import may_assign_advisors, may_read_advisors, may_read_roles
from accounts.queries.learner_search import rows_of_learners_matching
from accounts.queries.legal_names import with_person
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.desk import DeskAdmin, SavingForm, VerbForm, desk_action


class AdvisorForm(SavingForm):
    """The learner and the advisor."""

    learner_number = LearnerNumberField(may_assign_advisors, label=_("learner number"))
    email = AccountEmailField(may_read_roles, label=_("e-mail of the advisor"))


def is_running(assignment: AdvisorAssignment) -> bool:
    """Whether the assignment can still be ended."""
    return assignment.ends_at is None or assignment.ends_at > clock.now()


@admin.register(AdvisorAssignment)
class AdvisorAssignmentAdmin(DeskAdmin):
    """Learners of advisors: assigning and ending."""

    may_view = staticmethod(may_read_advisors)
    may_add = staticmethod(may_assign_advisors)
    question = _("Which learners does an advisor look after, and so see?")
    form = AdvisorForm
    list_display = ("named", "learner", "advisor", "starts_at", "ends_at")
    list_filter = (("ends_at", admin.EmptyFieldListFilter),)
    list_select_related = ("learner", "advisor")
    search_fields = ("learner__learner_number",)
    search_help_text = _("Beginnings of names, a learner number, another system's identifier, or an e-mail")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The assignments that this person sees, with the learner's name of today."""
        return with_person(super().rows_for(user, rows), on=learner_civil_date(clock.now()))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search names, numbers and identifiers of the learner; the result has no duplicates."""
        return rows_of_learners_matching(queryset, search_term), False

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The form asks for a number and an e-mail in the place of lists of everybody."""
        if obj is None:
            return ["learner_number", "email"]
        return ["learner", "advisor", "starts_at", "ends_at", "assigned_by", "ended_by"]

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, _reason: str) -> AdvisorAssignment:  # noqa: ANN401
        """Assign the learner."""
        entered = form.cleaned_data
        return assign_advisor(
            entered["learner_number"], advisor=entered["email"], at=clock.now(), by=signed_in_user(request)
        )

    @admin.display(description=_("legal name"))
    def named(self, row: Any) -> str:  # noqa: ANN401 - with the column of with_person
        """Today's legal name."""
        return row.legal_name or ""

    @desk_action(
        _("End"),
        may=may_assign_advisors,
        form=VerbForm,
        offered=is_running,
        explains=_("It ends at once: the advisor no longer sees this learner."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: AdvisorAssignment, _form: VerbForm) -> str:
        """End the assignment."""
        end_advising(row, at=clock.now(), by=signed_in_user(request))
        return _now("Ended.")
