"""The admin pages of API clients of partners: registering one, its secret (shown once), ending it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.partners import end_partner_client, make_partner_client, replace_client_secret
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.models import Organization, PartnerClient
from accounts.permissions import may_change_partners, may_read_partners
from core import clock
from core.desk import DeskAdmin, ReasonForm, desk_action


class NewClientForm(ReasonForm):
    """The partner, the name of its program, and a contact."""

    organization = forms.ModelChoiceField(label=_("partner"), queryset=Organization.objects.none())
    name = forms.CharField(label=_("name of the API client"), max_length=200)
    contact_name = forms.CharField(label=_("contact"), max_length=200, required=False)
    contact_email = forms.EmailField(label=_("contact's e-mail"), required=False)
    field_order = ("organization", "name", "contact_name", "contact_email", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        partners = Organization.objects.partners().order_by("name", "pk")
        self.fields["organization"].queryset = partners  # type: ignore[attr-defined]  # it is a ModelChoiceField


def is_open(client: PartnerClient) -> bool:
    """Whether the client has not ended."""
    return client.ended_at is None


@admin.register(PartnerClient)
class PartnerClientAdmin(DeskAdmin):
    """API clients of partners: registering, new secrets, ending."""

    may_view = staticmethod(may_read_partners)
    private_search = False
    question = _("Which API clients of partners may ask for transcripts, and whom do we call?")
    list_display = ("name", "organization", "contact_name", "contact_email", "secret_made_at", "ended_at")
    list_select_related = ("organization",)
    fields = (
        "name", "organization", "contact_name", "contact_email", "client_id", "secret_made_at", "ended_at",
        "created", "updated",
    )  # fmt: skip
    refusals: ClassVar = REFUSALS

    @desk_action(
        _("Add API client"),
        may=may_change_partners,
        form=NewClientForm,
        explains=_(
            "The API client gets an id and a secret. The secret is shown once, on the next page: hand it over in a "
            "way that only its keeper reads. It reads nothing until learners share with the partner."
        ),
        about_row=False,
    )
    def make(self, request: HttpRequest, _row: None, form: NewClientForm) -> HttpResponse:
        """Register a client and show its secret."""
        cleaned = form.cleaned_data
        client, secret = make_partner_client(
            cleaned["organization"],
            name=cleaned["name"],
            contact_name=cleaned["contact_name"],
            contact_email=cleaned["contact_email"],
            by=signed_in_user(request),
            at=clock.now(),
            reason=cleaned["why"],
        )
        return self._secret_page(request, client, secret)

    @desk_action(
        _("Make a new secret"),
        may=may_change_partners,
        offered=is_open,
        explains=_(
            "The old secret and the tokens it got stop working at once. To change over without a gap, add a second "
            "API client, and end this one when the other works."
        ),
    )
    def rotate(self, request: HttpRequest, row: PartnerClient, form: ReasonForm) -> HttpResponse:
        """Replace the secret and show the new one."""
        secret = replace_client_secret(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return self._secret_page(request, row, secret)

    @desk_action(
        _("End this API client"),
        may=may_change_partners,
        offered=is_open,
        explains=_("Its next request is refused, for good. What it read stays on record."),
        kind="danger",
    )
    def end(self, request: HttpRequest, row: PartnerClient, form: ReasonForm) -> str:
        """End the client."""
        end_partner_client(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("The API client has ended.")

    def _secret_page(self, request: HttpRequest, client: PartnerClient, secret: str) -> HttpResponse:
        """The only page that shows a secret. It is never cached; a redirect would have to store the secret."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The secret of %(program)s") % {"program": client},
            "opts": self.opts,
            "original": client,
            "name": client.client_id,
            "secret": secret,
            "back_url": reverse(f"{self.admin_site.name}:accounts_partnerclient_change", args=[client.pk]),
        }
        response = TemplateResponse(request, "desk/secret.html", context)
        add_never_cache_headers(response)
        return response
