"""The desk page of signing keys."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.pages.reauthentication import require_recent_sign_in
from core import clock
from core.desk import DeskAdmin, ReasonForm, desk_action
from credentials.issuing.actions.keys import report_compromise
from credentials.labels import REFUSALS
from credentials.models import IssuerKey, KeyState
from credentials.permissions import keeps_issuers, reads_issuers


def is_listed(key: IssuerKey) -> bool:
    """Whether what it signed still verifies."""
    return key.state != KeyState.COMPROMISED


@admin.register(IssuerKey)
class IssuerKeyAdmin(DeskAdmin):
    """Keys are read here, and reported when their private half got out."""

    may_view = staticmethod(reads_issuers)
    private_search = False
    question = _("Which keys sign, and which only verify?")
    list_display = ("issuer", "state", "activated_at", "ended_at", "made_by")
    list_filter = ("state",)
    list_select_related = ("issuer", "made_by")
    fields = ("issuer", "state", "public_multibase", "method", "made_at", "made_by", "activated_at", "ended_at")
    readonly_fields = ("method",)
    for_support: ClassVar = ("public_multibase", "method")
    refusals: ClassVar = REFUSALS

    @admin.display(description=_("verification method"))
    def method(self, key: IssuerKey) -> str:
        """The verification method that proofs name."""
        return key.method

    @desk_action(
        _("Report it as compromised"),
        may=keeps_issuers,
        offered=is_listed,
        explains=_(
            "The key is no longer listed at once, so nothing that it signed verifies. Every credential in force that "
            "it signed is issued again under another key, and its holder is told. This cannot be undone."
        ),
        kind="danger",
    )
    def report(self, request: HttpRequest, row: IssuerKey, form: ReasonForm) -> str:
        """Report that the private half of the key got out."""
        require_recent_sign_in(request)
        report_compromise(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("The key is no longer listed. What it signed is being issued again.")
