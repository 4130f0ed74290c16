"""The two pages that mailed links open: confirm an address, choose a password.

Opening a link changes nothing, for mail scanners open links too; sending its form does. The token stands in the mail
and in the link only: after it is opened the session remembers its row, and the address bar a page without it.
"""

from typing import Any

from allauth.account.internal.flows.email_verification import login_on_verification, mark_email_address_as_verified
from allauth.account.internal.flows.password_reset import finalize_password_reset
from django.contrib.auth import logout
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from accounts.actions.mail_tokens import open_mail_token, open_mail_token_by_id, spend_mail_token
from accounts.actions.passwords import set_password_by_mail
from accounts.errors import MailTokenSpentError
from accounts.models.mail_tokens import MailPurpose, MailToken
from accounts.pages.forms import NewPasswordForm
from config.base import clock

OPENED = "accounts_opened_mail_token"
CONFIRMING = frozenset({MailPurpose.CONFIRM_ADDRESS})
CHOOSING_A_PASSWORD = frozenset({MailPurpose.RESET_PASSWORD, MailPurpose.INVITATION})


def open_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail that asks whether an address is theirs."""
    return _opened(request, token, purposes=CONFIRMING, page="account_confirm_email_page")


def open_password_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail that lets them choose a password."""
    return _opened(request, token, purposes=CHOOSING_A_PASSWORD, page="account_choose_password")


def _opened(request: HttpRequest, token: str, *, purposes: frozenset[MailPurpose], page: str) -> HttpResponse:
    """Remember whose link was opened and go on to `page`, an address without the token; say so when it is dead."""
    row = open_mail_token(token, purposes=purposes, at=clock.now())
    if row is None:
        return _dead(request, purposes)
    if request.user.is_authenticated and request.user.pk != row.user_id:
        logout(request)  # the link is another person's than the browser's
    request.session[OPENED] = row.pk
    return redirect(page)


class MailLinkView(FormView):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A form that stands open to whoever opened a good link in this browser."""

    purposes: frozenset[MailPurpose]
    token: MailToken

    @method_decorator(sensitive_post_parameters())
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - Django's
        row = open_mail_token_by_id(request.session.get(OPENED, 0), purposes=self.purposes, at=clock.now())
        if row is None:
            return _dead(request, self.purposes)
        self.token = row
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            response = self.spend(form)
        except MailTokenSpentError:
            return _dead(self.request, self.purposes)
        self.request.session.pop(OPENED, None)
        return response

    def spend(self, form: Form) -> HttpResponse:
        """Do what the link is for."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's
        return super().get_context_data(token=self.token, **kwargs)


class ConfirmAddressView(MailLinkView):
    """Yes, this address is mine."""

    purposes = CONFIRMING
    form_class = Form
    template_name = "account/email_confirm.html"

    def spend(self, _form: Form) -> HttpResponse:
        """Spend the link and mark its address, both or neither."""
        with transaction.atomic():
            address = spend_mail_token(self.token, at=clock.now()).address
            mark_email_address_as_verified(self.request, address)
        further = login_on_verification(self.request, address) if address.verified else None
        return further or HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        return str(reverse_lazy("account_email" if self.request.user.is_authenticated else "account_login"))


class ChoosePasswordView(MailLinkView):
    """A new password, or the first one."""

    purposes = CHOOSING_A_PASSWORD
    form_class = NewPasswordForm
    template_name = "account/password_reset_from_key.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.token.user}

    def spend(self, form: Form) -> HttpResponse:
        """Spend the link, set the password, and let allauth tell the person by mail."""
        user = set_password_by_mail(self.token, password=form.cleaned_data["password1"], at=clock.now())
        logout(self.request)
        finalize_password_reset(self.request, user)
        return redirect("account_login")


def _dead(request: HttpRequest, purposes: frozenset[MailPurpose]) -> HttpResponse:
    return render(request, "account/dead_link.html", {"confirming": purposes == CONFIRMING}, status=410)
