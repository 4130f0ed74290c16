"""Routes below /oauth/."""

from django.urls import path

from accounts.api import tokens

app_name = "oauth"

urlpatterns = [
    path("token", tokens.token, name="token"),
    path("revoke", tokens.revoke, name="revoke"),
]
