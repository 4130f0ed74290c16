"""The admin pages of role assignments: who may do what, where, and until when."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.roles import assign_role, end_role
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.forms import AccountEmailField
from accounts.models import Role, RoleAssignment
from accounts.permissions import may_assign_roles, may_read_roles
from accounts.queries.access import assignments_in_period
from core import clock
from core.desk import DeskAdmin, ReasonForm, SavingForm, desk_action
from core.desk.widgets import MomentInput


class AssignmentForm(SavingForm):
    """A role for the account with this e-mail; it starts now unless a start is entered."""

    email = AccountEmailField(may_assign_roles)
    starts_at = forms.DateTimeField(
        label=_("from"), required=False, widget=MomentInput, help_text=_("UTC. Empty: from now on.")
    )


class TimeFilter(admin.SimpleListFilter):
    """Assignments in force, ended ones, and future ones."""

    title = _("time")
    parameter_name = "time"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Django's
        """The three periods."""
        return [("now", _("in force")), ("past", _("ended")), ("future", _("to come"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment]:
        """The assignments of the selected period."""
        return assignments_in_period(queryset, str(self.value()), at=clock.now())


def is_not_over(assignment: RoleAssignment) -> bool:
    """Whether the assignment can still be ended."""
    return assignment.ends_at is None or assignment.ends_at > clock.now()


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(DeskAdmin):
    """Role assignments: assigning and ending."""

    may_view = staticmethod(may_read_roles)
    may_add = staticmethod(may_assign_roles)
    question = _("Who may do what, where, and until when?")
    form = AssignmentForm
    list_display = ("user", "role", "place", "starts_at", "ends_at", "state")
    list_filter = (TimeFilter, "role")
    list_select_related = ("user", "organization")
    search_fields = ("user__display_name", "user__email")
    search_help_text = _("A name or an e-mail")
    refusals: ClassVar = REFUSALS

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The form asks for an e-mail instead of a list of all accounts."""
        who = "email" if obj is None else "user"
        return [who, "role", "organization", "starts_at", "ends_at"]

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, reason: str) -> RoleAssignment:  # noqa: ANN401
        """Assign the role."""
        cleaned = form.cleaned_data
        return assign_role(
            cleaned["email"],
            role=Role(cleaned["role"]),
            organization=cleaned["organization"],
            starts_at=cleaned["starts_at"],
            ends_at=cleaned["ends_at"],
            by=signed_in_user(request),
            at=clock.now(),
            reason=reason,
        )

    @admin.display(description=_("at"))
    def place(self, assignment: RoleAssignment) -> str:
        """The organization, or that the role holds everywhere."""
        return assignment.organization.name if assignment.organization else _now("everywhere")

    @admin.display(description=_("state"))
    def state(self, assignment: RoleAssignment) -> str:
        """Whether the assignment is in force, has ended, or has not begun."""
        if not is_not_over(assignment):
            return _now("ended")
        return _now("in force") if assignment.starts_at <= clock.now() else _now("to come")

    @desk_action(
        _("End this role"),
        may=may_assign_roles,
        offered=is_not_over,
        explains=_("It ends at once: the person's next page is refused. A role that has not begun is called off."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: RoleAssignment, form: ReasonForm) -> str:
        """End the assignment."""
        end_role(row, at=clock.now(), by=signed_in_user(request), reason=form.cleaned_data["why"])
        return _now("The role has ended.")
