"""Every route, with the rule that opens it."""

from allauth import urls as allauth_urls
from django.contrib import admin
from django.urls import include, path

from config.base.access import anyone, desk_user, granted
from config.site import pages

desk_patterns, desk_app, desk_namespace = admin.site.urls

urlpatterns = [
    path("", pages.home, name="home"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("accounts/", include(granted(allauth_urls.urlpatterns, anyone))),
    path(
        "admin/",
        (granted(desk_patterns, desk_user, except_for={"login": anyone, "logout": anyone}), desk_app, desk_namespace),
    ),
]
