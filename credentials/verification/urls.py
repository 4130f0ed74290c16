"""Routes below /verify/: open to anybody."""

from django.urls import path

from credentials.verification import pages as verify

app_name = "verify"

urlpatterns = [
    path("", verify.verify, name="verify"),
    path("<str:code>", verify.verify_code, name="code"),
    path("<str:code>/name", verify.compare, name="name"),
]
