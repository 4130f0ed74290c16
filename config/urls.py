"""Every route, with the rule that opens it."""

from allauth import urls as allauth_urls
from django.contrib import admin
from django.urls import include, path

from config.base.access import anyone, desk_user, granted, signed_in
from config.base.ui.views import favicon, set_language
from config.site import pages

# What allauth shows to people who have not finished signing in; everything else of it is for people who have.
BEFORE_SIGN_IN = dict.fromkeys(
    [
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
    ],
    anyone,
)

desk_patterns, desk_app, desk_namespace = admin.site.urls

urlpatterns = [
    path("", pages.home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("language", set_language, name="set_language"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("accounts/", include(granted(allauth_urls.urlpatterns, signed_in, except_for=BEFORE_SIGN_IN))),
    path(
        "admin/",
        (granted(desk_patterns, desk_user, except_for={"login": anyone, "logout": anyone}), desk_app, desk_namespace),
    ),
]
