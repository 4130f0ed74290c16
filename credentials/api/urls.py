"""Routes below /api/."""

from django.urls import path

from credentials.api import base, views

app_name = "api"

urlpatterns = [
    path("v1/transcripts/", views.Transcripts.as_view(), name="transcripts"),
    path("v1/transcripts/<uuid:transcript_id>", views.OneTranscript.as_view(), name="transcript"),
    path("v1/credentials/<uuid:credential_id>", views.OneCredential.as_view(), name="credential"),
    path("v1/verify", views.Verify.as_view(), name="verify"),
    path("v1/programs/", views.Programs.as_view(), name="programs"),
    path("<path:elsewhere>", base.NoSuchPlace.as_view(), name="nowhere"),
]
