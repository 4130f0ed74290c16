"""The desk page of program staff: whose roles are limited to which programs."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.forms import AccountEmailField
from core import clock
from core.desk import DeskAdmin, ReasonForm, SavingForm, desk_action
from programs.curriculum.actions.staff import lift_limit, limit_to_program, take_program_away
from programs.errors import NamedAlreadyError
from programs.models import ProgramStaff
from programs.permissions import limits_staff_to_programs, sees_program_staff


class StaffForm(SavingForm):
    """The account and the program."""

    email = AccountEmailField(limits_staff_to_programs, label=_("E-mail of the account"))


def works_there(row: ProgramStaff) -> bool:
    """Return whether the program can still be taken away."""
    return row.ends_at is None or row.ends_at > clock.now()


def limits(row: ProgramStaff) -> bool:
    """Return whether the row still limits the person's roles."""
    return row.lifted_at is None


@admin.register(ProgramStaff)
class ProgramStaffAdmin(DeskAdmin):
    """People whose roles are limited to programs."""

    may_view = staticmethod(sees_program_staff)
    may_add = staticmethod(limits_staff_to_programs)
    question = _("Whose roles are limited to which programs?")
    form = StaffForm
    list_display = ("user", "program", "starts_at", "ends_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "program")
    search_fields = ("user__display_name", "user__email", "program__title")
    search_help_text = _("A name, an e-mail or a program")
    refusals: ClassVar[Mapping[type[Exception], str | Promise | Any]] = {
        **REFUSALS,
        NamedAlreadyError: _("This person is named for the program already."),
    }

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """A new row asks for an e-mail in the place of a list of all accounts."""
        return ["email", "program"] if obj is None else ["user", "program", "starts_at", "ends_at", "lifted_at"]

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, reason: str) -> ProgramStaff:  # noqa: ANN401
        """Limit the person's roles to the program."""
        entered = form.cleaned_data
        return limit_to_program(
            entered["email"], program=entered["program"], at=clock.now(), by=signed_in_user(request), reason=reason
        )

    @desk_action(
        _("Remove this program"),
        may=limits_staff_to_programs,
        offered=works_there,
        explains=_("At once. The person stays limited to the programs that are left; with none left they reach none."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: ProgramStaff, form: ReasonForm) -> str:
        """End the person's work in the program."""
        take_program_away(row, at=clock.now(), by=signed_in_user(request), reason=form.cleaned_data["why"])
        return _now("The program is removed.")

    @desk_action(
        _("Lift the limit"),
        may=limits_staff_to_programs,
        offered=limits,
        explains=_("When no other row limits them, the person's roles reach all programs of their organizations."),
    )
    def lift(self, request: HttpRequest, row: ProgramStaff, form: ReasonForm) -> str:
        """Lift the limit."""
        lift_limit(row, at=clock.now(), by=signed_in_user(request), reason=form.cleaned_data["why"])
        return _now("The limit is lifted.")
