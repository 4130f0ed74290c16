"""The routes that programs call: every API view of the apps, each with its own rule."""

from django.urls import include, path

urlpatterns = [
    path("oauth/", include("accounts.api.urls")),
    path("api/", include("credentials.api.urls")),
    path("ims/case/", include("competencies.api.urls")),
]
