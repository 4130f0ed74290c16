"""Our additions to allauth's forms."""

from allauth.account.forms import LoginForm, ResetPasswordForm, SetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actions.mails import promise_password_link


class SignInForm(LoginForm):
    """Says plainly what the tick does."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["remember"].label = _("Stay signed in on this device")


class SignupForm(AllauthSignupForm):
    """E-mail and password, and how to address the person."""

    display_name = forms.CharField(
        label=_("Your name"),
        help_text=_("As you want to be addressed. You can change it later."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("display_name", "email", "password1")


class PasskeyForm(AddWebAuthnForm):
    """A passkey by default; a key that cannot ask who holds it becomes a second step after the password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Its name")
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("Your device then asks for fingerprint, face or PIN.")
        self.fields["passwordless"].initial = True


class NewPasswordForm(SetPasswordForm):
    """A new password, typed once: what one sees, one need not repeat, and managers of passwords fill it in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        del self.fields["password2"]


class ForgottenPasswordForm(ResetPasswordForm):
    """Asks for the address; what happens then takes as long whether or not somebody has it."""

    def save(self, _request: HttpRequest, **_options: object) -> str:
        """Promise the mail."""
        email: str = self.cleaned_data["email"]
        promise_password_link(email)
        return email
