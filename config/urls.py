"""Every route, with the rule that opens it."""

from django.contrib import admin
from django.urls import include, path

from config.base.access import anyone, desk_user, granted
from config.base.ui.views import favicon, set_language
from config.site import pages

desk_patterns, desk_app, desk_namespace = admin.site.urls

urlpatterns = [
    path("", pages.home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("language", set_language, name="set_language"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("accounts/", include("accounts.pages.urls")),
    path("frameworks/", include("competencies.pages.urls")),
    path("coursework/", include("assessments.pages.urls")),
    path("judging/", include("assessments.pages.judging_urls")),
    path("pathway/", include("programs.pages.urls")),
    path("record/", include("credentials.pages.record_urls")),
    path("sharing/", include("credentials.pages.sharing_urls")),
    path("shared/", include("credentials.pages.shared_urls")),
    path("verify/", include("credentials.pages.verify_urls")),
    path("", include("credentials.pages.published_urls")),
    path("", include("config.api")),
    path(
        "admin/",
        (granted(desk_patterns, desk_user, except_for={"login": anyone, "logout": anyone}), desk_app, desk_namespace),
    ),
]
