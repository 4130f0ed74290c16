"""The desk pages of roles: who may do what, where, and until when."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.roles import assign_role, end_role
from accounts.admin.words import REFUSALS, person
from accounts.models import Role, RoleAssignment, User
from accounts.permissions import may_assign_roles, may_read_roles
from config.base import clock
from config.base.desk import DeskAdmin, ReasonForm, SavingForm, desk_action
from config.base.desk.widgets import MomentInput


class AssignmentForm(SavingForm):
    """A role for the person with this e-mail, from now on unless said."""

    email = forms.EmailField(label=_("e-mail of the account"))
    starts_at = forms.DateTimeField(
        label=_("from"), required=False, widget=MomentInput, help_text=_("UTC. Empty: from now on.")
    )

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this e-mail: make it first."))
        return user


class TimeFilter(admin.SimpleListFilter):
    """Which assignments hold now."""

    title = _("time")
    parameter_name = "time"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Django's
        return [("now", _("in force")), ("past", _("ended")), ("future", _("to come"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment]:
        at = clock.now()
        chosen = {
            "now": Q(pk__in=RoleAssignment.objects.in_force(at).values("pk")),
            "past": Q(ends_at__lte=at),
            "future": Q(starts_at__gt=at) & (Q(ends_at=None) | Q(ends_at__gt=at)),
        }.get(str(self.value()))
        return queryset if chosen is None else queryset.filter(chosen)


def lasts(assignment: RoleAssignment) -> bool:
    """Whether there is something to end."""
    return assignment.ends_at is None or assignment.ends_at > clock.now()


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(DeskAdmin):
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
        who = "email" if obj is None else "user"
        return [who, "role", "organization", "starts_at", "ends_at"]

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, reason: str) -> RoleAssignment:  # noqa: ANN401
        said = form.cleaned_data
        return assign_role(
            said["email"],
            role=Role(said["role"]),
            organization=said["organization"],
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            by=person(request),
            at=clock.now(),
            reason=reason,
        )

    @admin.display(description=_("at"))
    def place(self, assignment: RoleAssignment) -> str:
        return assignment.organization.name if assignment.organization else _now("everywhere")

    @admin.display(description=_("state"))
    def state(self, assignment: RoleAssignment) -> str:
        if not lasts(assignment):
            return _now("ended")
        return _now("in force") if assignment.starts_at <= clock.now() else _now("to come")

    @desk_action(
        _("End this role"),
        may=may_assign_roles,
        offered=lasts,
        explains=_("It ends at once: the person's next page is refused. A role that has not begun is called off."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: RoleAssignment, form: ReasonForm) -> str:
        end_role(row, at=clock.now(), by=person(request), reason=form.cleaned_data["why"])
        return _now("The role has ended.")
