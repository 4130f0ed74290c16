"""Routes below /accounts/: allauth's pages, with our own pages behind mailed links."""

from allauth.account.urls import urlpatterns as allauth_patterns
from django.urls import include, path

from accounts.pages.mail_links import ChoosePasswordView, ConfirmAddressView, open_confirmation, open_password_link
from core.access import anyone, granted, signed_in

# allauth's mailed links have keys that can be used more than once. Sign-in by mailed code is not offered.
REPLACED_ROUTES = {
    "account_confirm_email",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
}

# The routes for people who have not finished signing in; all others require a signed-in user.
OPEN_ROUTES = dict.fromkeys(
    [
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_email_page",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_choose_password",
        "mfa_authenticate",
        "mfa_login_webauthn",
    ],
    anyone,
)

urlpatterns = granted(
    [
        path("confirm-email/link/<str:token>/", open_confirmation, name="account_confirm_email"),
        path("confirm-email/answer/", ConfirmAddressView.as_view(), name="account_confirm_email_page"),
        path("password/link/<str:token>/", open_password_link, name="account_reset_password_from_key"),
        path("password/choose/", ChoosePasswordView.as_view(), name="account_choose_password"),
        *(pattern for pattern in allauth_patterns if pattern.name not in REPLACED_ROUTES),
        path("2fa/", include("allauth.mfa.urls")),
        path("sessions/", include("allauth.usersessions.urls")),
    ],
    signed_in,
    except_for=OPEN_ROUTES,
)
