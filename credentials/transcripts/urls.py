"""Routes below /shared/: the pages behind sharing links."""

from django.urls import path

from credentials.transcripts import pages as shared

app_name = "shared"

urlpatterns = [
    path("<str:token>/", shared.landing, name="landing"),
    path("<str:token>/transcript", shared.show, name="show"),
    path("<str:token>/paper", shared.transcript_file, name="paper"),
]
