"""The product's routes, with the desk of tests/core/desk/pages.py in the place of its own."""

from django.urls import path

from config.urls import urlpatterns as product
from core.access import anyone, desk_user, granted
from tests.core.desk.pages import site

patterns, app, namespace = site.urls

urlpatterns = [
    path("admin/", (granted(patterns, desk_user, except_for={"login": anyone, "logout": anyone}), app, namespace)),
    *[route for route in product if getattr(route, "namespace", None) != namespace],
]
