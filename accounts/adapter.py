"""What allauth asks us: who may sign up, how links and mails are made, what counts as an account, what is sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse

from accounts.actions.mail_tokens import issue_mail_token
from accounts.models import User
from accounts.models.mail_tokens import MailPurpose
from accounts.pages import mails, reauthentication, seals
from config.base import clock

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for "unknown" in the session list, nothing listens there

Context = dict[str, Any]


def display_name(user: User) -> str:
    """How a person is addressed on pages and in mails (ACCOUNT_USER_DISPLAY)."""
    return user.display_name


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail, invitations first, links with our own tokens, limits per account."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Whether strangers may make an account."""
        return bool(settings.CAIRN_OPEN_SIGNUP)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: ANN401 - theirs
        """Take over the name that our sign-up form asks for."""
        user.display_name = form.cleaned_data["display_name"]
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]  # allauth is untyped

    def send_confirmation_mail(self, _request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: ANN401
        """Mail a link with a token of ours; allauth's signed key would work until it expires, used or not."""
        user, email = emailconfirmation.email_address.user, emailconfirmation.email_address.email
        token = issue_mail_token(user, email=email, purpose=MailPurpose.CONFIRM_ADDRESS, at=clock.now())
        prefix = "account/email/email_confirmation_signup" if signup else "account/email/email_confirmation"
        self.send_mail(prefix, email, {"user": user, "url": link("account_confirm_email", token)})

    def send_password_reset_mail(self, user: User, email: str, _context: Context) -> None:
        """As above, for a new password.

        Only to an address that is known to be theirs, or that the account was made with: one that somebody merely
        added may belong to another person, who would then walk into this account.
        """
        if email.lower() != user.email.lower() and not EmailAddress.objects.filter(
            user=user, email=email, verified=True
        ):
            return
        token = issue_mail_token(user, email=email, purpose=MailPurpose.RESET_PASSWORD, at=clock.now())
        url = link("account_reset_password_from_key", token)
        self.send_mail("account/email/password_reset_key", email, {"user": user, "url": url})

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody signed up with an address that has an account: tell its owner, and nobody else."""
        url = settings.PUBLIC_URL + reverse("account_reset_password")
        self.send_mail("account/email/account_already_exists", email, {"url": url})

    def render_mail(self, template_prefix: str, email: str, context: Context, headers: Any = None) -> EmailMessage:  # noqa: ANN401
        """Text and HTML from one description, in the reader's language."""
        return mails.composed(template_prefix, email, context, headers)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind our proxies; behind a Unix socket there may be none."""
        return reauthentication.client_address(request) or NO_ADDRESS

    def is_reauthentication_required(self, **_app: str) -> bool:
        """A sign-in within the last 15 minutes counts as much as signing in again."""
        return not reauthentication.was_recent(self.request)

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401 - theirs
        """Wrong passwords are counted per account, whichever of its addresses they come with, and per nothing else."""
        email = str(credentials.get("email", "")).lower()
        accounts = sorted(user.pk for user in filter_users_by_email(email, prefer_verified=True, for_login=True))
        return f"account:{accounts[0]}" if accounts else f"nobody:{email}"


class FactorAdapter(DefaultMFAAdapter):
    """Authenticator secrets are sealed before they are stored."""

    def encrypt(self, text: str) -> str:
        """Seal `text` under CAIRN_KEY_SECRET."""
        return seals.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed, under any of the secrets."""
        return seals.opened(encrypted_text)


def link(route: str, token: str) -> str:
    """The address of `route` for a mail: on PUBLIC_URL, never on a host that a request named."""
    return settings.PUBLIC_URL + reverse(route, args=[token])
