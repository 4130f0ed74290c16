"""Routes below /sharing/: a learner's own sharing."""

from django.urls import path

from credentials.sharing import pages as sharing

app_name = "sharing"

urlpatterns = [
    path("", sharing.sharing, name="sharing"),
    path("new/", sharing.share, name="share"),
    path("names/", sharing.name_comparison, name="name_comparison"),
    path("<uuid:grant_id>/", sharing.grant, name="grant"),
    path("<uuid:grant_id>/withdraw/", sharing.withdraw, name="withdraw"),
]
