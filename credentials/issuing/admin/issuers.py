"""The desk page of issuers: who signs credentials, and making and rotating their keys."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.pages.reauthentication import require_recent_sign_in
from core import clock
from core.desk import DeskAdmin, ReasonForm, SavingForm, desk_action
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import ask_to_rotate, make_first_key, rotate_key
from credentials.labels import REFUSALS
from credentials.models import Issuer, ToldExceptions
from credentials.permissions import keeps_issuers, reads_issuers


def has_no_key(issuer: Issuer) -> bool:
    """Whether it has no key yet; the origin is fixed with the first key."""
    return not issuer.origin


def signs(issuer: Issuer) -> bool:
    """Whether it has a key."""
    return bool(issuer.origin)


class IssuerForm(SavingForm):
    """How an issuer describes itself."""

    url = forms.URLField(label=_("Web page"), required=False, max_length=500, assume_scheme="https")


@admin.register(Issuer)
class IssuerAdmin(DeskAdmin):
    """Issuers are set up here, and registrars make and rotate their keys."""

    may_view = staticmethod(reads_issuers)
    may_add = staticmethod(keeps_issuers)
    may_change = staticmethod(keeps_issuers)
    form = IssuerForm
    private_search = False
    question = _("Who signs credentials, and under which address?")
    list_display = ("name", "organization", "slug", "origin")
    list_select_related = ("organization",)
    search_fields = ("name", "slug")
    fields = ("organization", "slug", "name", "url", "email", "description", "told_exceptions", "identifier")
    readonly_fields = ("identifier",)
    refusals: ClassVar = REFUSALS

    @admin.display(description=_("identifier"))
    def identifier(self, issuer: Issuer) -> str:
        """The did:web, or that the first key is missing."""
        return issuer.did or _now("made with the first key, for good")

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Issuer:  # noqa: ANN401
        """Save by the action save_issuer."""
        require_recent_sign_in(request)
        cleaned = form.cleaned_data
        return save_issuer(
            obj if isinstance(obj, Issuer) else None,
            organization=cleaned["organization"],
            slug=cleaned["slug"],
            name=cleaned["name"],
            url=cleaned["url"],
            email=cleaned["email"],
            description=cleaned["description"],
            told_exceptions=ToldExceptions(cleaned["told_exceptions"]),
            by=signed_in_user(request),
            at=clock.now(),
            reason=reason,
        )

    @desk_action(
        _("Make the first key"),
        may=keeps_issuers,
        offered=has_no_key,
        explains=_(
            "From then on the name in addresses and the address of this installation stand in every signed document"
            " and never change. What was awarded before is signed now."
        ),
    )
    def make_key(self, request: HttpRequest, row: Issuer, form: ReasonForm) -> str:
        """Make the first key."""
        require_recent_sign_in(request)
        make_first_key(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("The issuer signs from now on.")

    @desk_action(
        _("Ask to rotate the key"),
        may=keeps_issuers,
        offered=signs,
        explains=_("Somebody else who is a registrar approves; then the new key can be made."),
    )
    def ask_rotate(self, request: HttpRequest, row: Issuer, form: ReasonForm) -> str:
        """Ask another registrar to approve a new key."""
        require_recent_sign_in(request)
        ask_to_rotate(row, reason=form.cleaned_data["why"], by=signed_in_user(request), at=clock.now())
        return _now("Asked.")

    @desk_action(
        _("Rotate the key"),
        may=keeps_issuers,
        offered=signs,
        explains=_(
            "A new key signs from now on. The old one stays listed, so that what it signed verifies; its private half"
            " is destroyed."
        ),
        kind="danger",
    )
    def rotate(self, request: HttpRequest, row: Issuer, form: ReasonForm) -> str:
        """Rotate the key, once it is approved."""
        require_recent_sign_in(request)
        rotate_key(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("A new key signs from now on.")
