"""What allauth asks us: who may sign up, how links and mails are made, what counts as an account, what is sealed."""

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

from accounts.actions.mails import promise_confirmation, promise_notice, promise_reminder
from accounts.models import User
from accounts.pages import factors, reauthentication, seals
from accounts.tasks import NOTICES

# What allauth says after somebody set up a factor in this session.
FACTOR_ADDED = frozenset({"mfa/email/totp_activated", "mfa/email/webauthn_added"})
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for "unknown" in the session list, nothing listens there


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

    def send_confirmation_mail(self, _request: HttpRequest, emailconfirmation: Any, _signup: bool) -> None:  # noqa: ANN401
        """Promise a mail with a token of ours; allauth's signed key would work until it expires, used or not."""
        promise_confirmation(emailconfirmation.email_address)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody signed up with an address that has an account: its owner is told, and nobody else."""
        promise_reminder(email)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: object = None,  # noqa: ARG002 - allauth names it; what it holds is not mailed
        email: str | None = None,
    ) -> None:
        """Tell people what changed about their account, without network addresses: mail is read by many machines."""
        if template_prefix in FACTOR_ADDED:
            factors.remember_set_up(self.request)
        promise_notice(NOTICES[template_prefix], user, email=email)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to answer again; a password is none where it alone has opened the session of a protected account."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if ways and factors.has_factor(user) and not factors.was_shown(self.request):
            return [way for way in ways if way["id"] != "reauthenticate"]
        return ways

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind our proxies; behind a Unix socket there may be none."""
        return reauthentication.client_address(request) or NO_ADDRESS

    def is_reauthentication_required(self, **_app: str) -> bool:
        """A sign-in within the last 15 minutes counts as much as signing in again."""
        return not reauthentication.was_recent(self.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - theirs
        """Wrong passwords count per account, and each password over all accounts: one tried on many stops working.

        Both counts are taken back when the password was right.
        """
        super().pre_authenticate(request, **credentials)
        place = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            key=f"password:{_place_of(str(credentials.get('password', '')))}",
        )
        if not place:
            raise self.validation_error("too_many_login_attempts")
        self._password_usage = place

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._password_usage.rollback()

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401 - theirs
        """Wrong passwords are counted per account, whichever of its addresses they come with, and per nothing else."""
        email = str(credentials.get("email", "")).lower()
        accounts = sorted(user.pk for user in filter_users_by_email(email, prefer_verified=True, for_login=True))
        return f"account:{accounts[0]}" if accounts else f"nobody:{email}"


def _place_of(password: str) -> str:
    """Where tries of `password` are counted: one of 65,536 places, so that a count tells nobody the password."""
    return str(salted_hmac("accounts.tried_password", password, algorithm="sha256").hexdigest()[:4])


class FactorAdapter(DefaultMFAAdapter):
    """Authenticator secrets are sealed before they are stored."""

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's name
        """What a key is called until its owner renames it."""
        held = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey") if not held else _("Passkey %(number)s") % {"number": held + 1}

    def encrypt(self, text: str) -> str:
        """Seal `text` under CAIRN_KEY_SECRET."""
        return seals.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed, under any of the secrets."""
        return seals.opened(encrypted_text)
