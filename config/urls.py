"""Every route, with the rule that opens it."""

from django.contrib import admin
from django.urls import include, path

from core.access import anyone, desk_user, granted
from core.ui.views import favicon, set_language
from portal import pages

desk_patterns, desk_app, desk_namespace = admin.site.urls

urlpatterns = [
    path("", pages.home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("language", set_language, name="set_language"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("accounts/", include("accounts.pages.urls")),
    path("frameworks/", include("competencies.pages.urls")),
    path("coursework/", include("assessments.work.pages.urls")),
    path("judging/", include("assessments.work.pages.judging_urls")),
    path("pathway/", include("programs.urls")),
    path("record/", include("credentials.record.urls")),
    path("sharing/", include("credentials.sharing.urls")),
    path("shared/", include("credentials.transcripts.urls")),
    path("verify/", include("credentials.verification.urls")),
    path("", include("credentials.issuing.pages.urls")),
    path("", include("config.api")),
    path(
        "admin/",
        (granted(desk_patterns, desk_user, except_for={"login": anyone, "logout": anyone}), desk_app, desk_namespace),
    ),
]
