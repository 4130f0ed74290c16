"""The desk page of partners' clients; their secrets are never shown."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerClient
from accounts.permissions import may_read_partners
from config.base.desk import DeskAdmin


@admin.register(PartnerClient)
class PartnerClientAdmin(DeskAdmin):
    may_view = staticmethod(may_read_partners)
    private_search = False
    question = _("Which programs of partners may ask for transcripts, and whom do we call?")
    list_display = ("name", "organization", "contact_name", "contact_email", "created")
    list_select_related = ("organization",)
    fields = ("name", "organization", "contact_name", "contact_email", "client_id", "created", "updated")
