"""Our additions to allauth's forms."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, SetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actions.mails import enqueue_password_link_mail
from core.forms import CarefulForm


class SignInForm(CarefulForm, LoginForm):
    """Sign-in with clearer labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["remember"].label = _("Stay signed in on this device")


class SignupForm(CarefulForm, AllauthSignupForm):
    """Sign-up with e-mail, password and a display name."""

    display_name = forms.CharField(
        label=_("Your name"),
        help_text=_("As you want to be addressed. You can change it later."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("display_name", "email", "password1")


class PasskeyForm(CarefulForm, AddWebAuthnForm):
    """Adding a passkey. A security key without user verification becomes a second step after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Its name")
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("Your device then asks for fingerprint, face or PIN.")
        self.fields["passwordless"].initial = True


class NewPasswordForm(CarefulForm, SetPasswordForm):
    """A new password, typed once: the field can show it, and password managers fill it in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        del self.fields["password2"]


class ForgottenPasswordForm(CarefulForm, ResetPasswordForm):
    """Asks for the address of a forgotten password; the response time does not tell whether the address is known."""

    def save(self, _request: HttpRequest, **_options: object) -> str:
        """Enqueue the mail."""
        email: str = self.cleaned_data["email"]
        enqueue_password_link_mail(email)
        return email
