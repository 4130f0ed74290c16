"""Our allauth adapters: sign-up, mailed links, notices, rate limits per account, encrypted second factors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.actions.mails import enqueue_account_exists_mail, enqueue_confirmation_mail, enqueue_notice_mail
from accounts.jobs import NOTICES
from accounts.models import User
from accounts.pages import encryption as seals
from accounts.pages import factors, reauthentication

# The notices that allauth sends when a factor was set up in this session.
FACTOR_ADDED = frozenset({"mfa/email/totp_activated", "mfa/email/webauthn_added"})
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for "unknown" in the session list, nothing listens there


def display_name(user: User) -> str:
    """The name of a user on pages and in mails (ACCOUNT_USER_DISPLAY)."""
    return user.display_name


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail, optional sign-up, links with our own tokens, rate limits per account."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Whether strangers may make an account."""
        return bool(settings.CAIRN_OPEN_SIGNUP)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: ANN401 - theirs
        """Save the name from our sign-up form."""
        user.display_name = form.cleaned_data["display_name"]
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]  # allauth is untyped

    def send_confirmation_mail(self, _request: HttpRequest, emailconfirmation: Any, _signup: bool) -> None:  # noqa: ANN401
        """Enqueue a mail with a token of ours: allauth's signed key could be used again until it expires."""
        enqueue_confirmation_mail(emailconfirmation.email_address)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell only the owner of `email` that somebody tried to sign up with it."""
        enqueue_account_exists_mail(email)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: object = None,  # noqa: ARG002 - allauth names it; what it holds is not mailed
        email: str | None = None,
    ) -> None:
        """Notify a user of a change to the account, without the IP address that allauth would put into the mail."""
        if template_prefix in FACTOR_ADDED:
            factors.remember_set_up(self.request)
        enqueue_notice_mail(NOTICES[template_prefix], user, email=email)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The methods to reauthenticate.

        A password is not offered if the account has a second factor that this session has not shown: a stolen password
        would be enough then.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods and factors.has_factor(user) and not factors.was_shown(self.request):
            return [method for method in methods if method["id"] != "reauthenticate"]
        return methods

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client address behind our proxies; a Unix socket has none."""
        return reauthentication.client_address(request) or NO_ADDRESS

    def is_reauthentication_required(self, **_app: str) -> bool:
        """Whether the last sign-in is too long ago."""
        return not reauthentication.was_recent(self.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - theirs
        """Count failed attempts per account and per password: one password tried on many accounts is blocked too.

        A successful sign-in takes back both counts.
        """
        super().pre_authenticate(request, **credentials)
        # allauth counts per account. This counter finds one password that is tried on many accounts.
        usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            key=f"password:{_bucket_of_password(str(credentials.get('password', '')))}",
        )
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        self._password_usage = usage

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._password_usage.rollback()

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401 - theirs
        """Failed attempts count per account, whichever of its addresses is used."""
        email = str(credentials.get("email", "")).lower()
        accounts = sorted(user.pk for user in filter_users_by_email(email, prefer_verified=True, for_login=True))
        # An unknown address gets a counter too, so that its response does not differ.
        return f"account:{accounts[0]}" if accounts else f"nobody:{email}"


def _bucket_of_password(password: str) -> str:
    """The counter for attempts with `password`: one of 65,536, so that a counter does not reveal the password."""
    return str(salted_hmac("accounts.tried_password", password, algorithm="sha256").hexdigest()[:4])


class FactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticators before they are stored."""

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's name
        """The name of a passkey until its owner renames it."""
        existing_count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey") if not existing_count else _("Passkey %(number)s") % {"number": existing_count + 1}

    def encrypt(self, text: str) -> str:
        """Encrypt `text` under CAIRN_KEY_SECRET."""
        return seals.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt text from `encrypt`, under any of the secrets."""
        return seals.opened(encrypted_text)
