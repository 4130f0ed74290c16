"""The two pages behind mailed links: confirm an address, choose a password.

Opening a link changes nothing, because mail scanners open links too; only its form does. The token is only in the mail
and in the link: opening the link stores the key of the token's row in the session and redirects to an address without
the token, so that neither the history of the browser nor a Referer header has it.
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
from core import clock

OPENED_LINK = "accounts_opened_mail_token"
CONFIRMING = frozenset({MailPurpose.CONFIRM_ADDRESS})
CHOOSING_A_PASSWORD = frozenset({MailPurpose.RESET_PASSWORD, MailPurpose.INVITATION})


def open_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Open the link of a mail that asks to confirm an address."""
    return _remember_and_redirect(request, token, purposes=CONFIRMING, page="account_confirm_email_page")


def open_password_link(request: HttpRequest, token: str) -> HttpResponse:
    """Open the link of a mail to choose a password."""
    return _remember_and_redirect(request, token, purposes=CHOOSING_A_PASSWORD, page="account_choose_password")


def _remember_and_redirect(
    request: HttpRequest, token: str, *, purposes: frozenset[MailPurpose], page: str
) -> HttpResponse:
    """Store the row of the token in the session and redirect to `page`, or answer 410 if the token is not valid."""
    row = open_mail_token(token, purposes=purposes, at=clock.now())
    if row is None:
        return _dead_link_page(request, purposes)
    # Otherwise the form would act for one user in the session of another.
    if request.user.is_authenticated and request.user.pk != row.user_id:
        logout(request)
    request.session[OPENED_LINK] = row.pk
    return redirect(page)


class MailLinkView(FormView):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A form for the browser session that has opened a valid link."""

    purposes: frozenset[MailPurpose]
    token: MailToken

    @method_decorator(sensitive_post_parameters())
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - Django's
        """Answer 410 if the session has no valid token."""
        row = open_mail_token_by_id(request.session.get(OPENED_LINK, 0), purposes=self.purposes, at=clock.now())
        if row is None:
            return _dead_link_page(request, self.purposes)
        self.token = row
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        """Spend the token; answer 410 if another browser has spent it in the meantime."""
        try:
            response = self.spend(form)
        except MailTokenSpentError:
            return _dead_link_page(self.request, self.purposes)
        self.request.session.pop(OPENED_LINK, None)
        return response

    def spend(self, form: Form) -> HttpResponse:
        """Spend the token and perform the act of the link. Raises MailTokenSpentError."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's
        """Add the token's row."""
        return super().get_context_data(token=self.token, **kwargs)


class ConfirmAddressView(MailLinkView):
    """Confirms an address."""

    purposes = CONFIRMING
    form_class = Form
    template_name = "account/email_confirm.html"

    def spend(self, _form: Form) -> HttpResponse:
        """Spend the token and mark the address as confirmed, both or neither."""
        with transaction.atomic():
            address = spend_mail_token(self.token, at=clock.now()).address
            mark_email_address_as_verified(self.request, address)
        sign_in_response = login_on_verification(self.request, address) if address.verified else None
        return sign_in_response or HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        """The list of addresses, or the sign-in page."""
        return str(reverse_lazy("account_email" if self.request.user.is_authenticated else "account_login"))


class ChoosePasswordView(MailLinkView):
    """Sets a new password, or the first one."""

    purposes = CHOOSING_A_PASSWORD
    form_class = NewPasswordForm
    template_name = "account/password_reset_from_key.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the user: the password must not resemble the name or the e-mail."""
        return {**super().get_form_kwargs(), "user": self.token.user}

    def spend(self, form: Form) -> HttpResponse:
        """Spend the token, set the password, and let allauth notify the user by mail."""
        user = set_password_by_mail(self.token, password=form.cleaned_data["password1"], at=clock.now())
        # Ends the session of this browser too, and with it the key of the spent token.
        logout(self.request)
        finalize_password_reset(self.request, user)
        return redirect("account_login")


def _dead_link_page(request: HttpRequest, purposes: frozenset[MailPurpose]) -> HttpResponse:
    return render(request, "account/dead_link.html", {"confirming": purposes == CONFIRMING}, status=410)
