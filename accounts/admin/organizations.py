"""The admin pages of the institution, its branches and its partners."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actions.organizations import save_organization
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.models import Organization, OrganizationKind
from accounts.permissions import may_change_organizations, may_read_organizations
from core.desk import DeskAdmin


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    """Organizations: creating and changing."""

    may_view = staticmethod(may_read_organizations)
    may_add = staticmethod(may_change_organizations)
    may_change = staticmethod(may_change_organizations)
    private_search = False
    question = _("Which organizations are ours, and which are partners?")
    ordering = ("name", "pk")
    list_display = ("name", "kind", "parent", "time_zone")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name",)
    fields = ("name", "kind", "parent", "address", "time_zone", "languages", "email_domains")
    refusals: ClassVar = REFUSALS

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Organization:  # noqa: ANN401
        """Create or change an organization."""
        cleaned = form.cleaned_data
        return save_organization(
            obj if isinstance(obj, Organization) else None,
            name=cleaned["name"],
            kind=OrganizationKind(cleaned["kind"]),
            parent=cleaned["parent"],
            address=cleaned["address"],
            time_zone=cleaned["time_zone"],
            languages=cleaned["languages"],
            email_domains=cleaned["email_domains"],
            by=signed_in_user(request),
            reason=reason,
        )
