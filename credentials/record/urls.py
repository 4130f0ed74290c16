"""Routes below /record/: a learner's own awards, certificates and transcripts."""

from django.urls import path

from credentials.record.pages import record

app_name = "record"

urlpatterns = [
    path("", record.record, name="record"),
    path("certificates/<uuid:credential_id>/certificate.pdf", record.certificate, name="certificate"),
    path("certificates/<uuid:credential_id>/credential.json", record.signed_record, name="signed_record"),
    path("transcripts/make/", record.make_own_copy, name="make_copy"),
    path("transcripts/<uuid:transcript_id>/transcript.pdf", record.transcript_document, name="transcript_paper"),
    path("transcripts/<uuid:transcript_id>/transcript.json", record.transcript_file, name="transcript_file"),
]
