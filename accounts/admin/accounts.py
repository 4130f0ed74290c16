"""The admin pages of accounts: who can sign in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.mails import enqueue_invitation_mail
from accounts.actions.users import invite_user, set_account_open
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.models import User
from accounts.permissions import may_assign_roles, may_read_roles
from accounts.queries.access import with_current_roles
from core import clock
from core.desk import DeskAdmin, ReasonForm, VerbForm, desk_action


def is_open(user: User) -> bool:
    """Whether the account can be closed."""
    return user.is_active


def is_closed(user: User) -> bool:
    """Whether the account can be opened again."""
    return not user.is_active


def awaits_first_password(user: User) -> bool:
    """Whether the owner has not chosen a password yet."""
    return user.is_active and not user.has_usable_password()


@admin.register(User)
class UserAdmin(DeskAdmin):
    """Accounts with their current roles: inviting, closing and reopening."""

    may_view = staticmethod(may_read_roles)
    may_add = staticmethod(may_assign_roles)
    question = _("Who can sign in, and as what?")
    list_display = ("display_name", "email", "roles", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("display_name", "email")
    search_help_text = _("A name or an e-mail")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All accounts with their current roles."""
        return with_current_roles(super().rows_for(user, rows), at=clock.now())

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The fields of the invitation form, or of an existing account."""
        if obj is None:
            return ["email", "display_name", "language"]
        return ["display_name", "email", "language", "roles", "is_active", "joined_at", "last_login"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The computed column."""
        return ["roles"] if obj else []

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, reason: str) -> User:  # noqa: ANN401
        """Invite a user; existing accounts cannot be edited here."""
        cleaned = form.cleaned_data
        return invite_user(
            cleaned["email"],
            display_name=cleaned["display_name"],
            language=cleaned["language"],
            by=signed_in_user(request),
            at=clock.now(),
            reason=reason,
        )

    @admin.display(description=_("roles"))
    def roles(self, user: Any) -> str:  # noqa: ANN401 - a User with the prefetch of rows_for
        """The names of the current roles, each once."""
        return ", ".join(dict.fromkeys(str(assignment.get_role_display()) for assignment in user.roles_now))

    @desk_action(
        _("Send the invitation again"),
        may=may_assign_roles,
        form=VerbForm,
        offered=awaits_first_password,
        explains=_("A mail with a new link to choose a password; older links stop working when it is used."),
    )
    def invite(self, _request: HttpRequest, row: User, _form: VerbForm) -> str:
        """Enqueue another invitation mail."""
        enqueue_invitation_mail(row)
        return _now("The mail is on its way.")

    @desk_action(
        _("Close this account"),
        may=may_assign_roles,
        offered=is_open,
        explains=_("Nobody can sign in with it, and whoever is signed in is not any more. The records stay."),
        kind="danger",
    )
    def close(self, request: HttpRequest, row: User, form: ReasonForm) -> str:
        """Close the account."""
        set_account_open(
            row, may_sign_in=False, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"]
        )
        return _now("The account is closed.")

    @desk_action(_("Open this account again"), may=may_assign_roles, offered=is_closed)
    def reopen(self, request: HttpRequest, row: User, form: ReasonForm) -> str:
        """Open the account again."""
        set_account_open(
            row, may_sign_in=True, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"]
        )
        return _now("The account is open again.")
